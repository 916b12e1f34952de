"""The ``qa`` command. Each command lives in a module of its own, imported only when it is asked for.

``qa --help`` therefore costs no more than Python and click.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from qa_lib.cli.endings import READER_GONE, STOPPED, ending
from qa_lib.failures import DEBUG
from qa_lib.screen import harmless_output

#: Command -> module and one-line help. The line stands here so that ``qa --help`` imports nothing.
COMMANDS = {
    "check": ("qa_lib.cli.check", "Validate a data set: every fault at once."),
    "compare": ("qa_lib.cli.compare", "Compare groups of people in any table."),
    "demo": ("qa_lib.cli.demo", "Build the made-up data and run everything on them."),
    "draw": ("qa_lib.cli.draw", "Draw the sample of a frozen population with the reviewer's seed."),
    "freeze": ("qa_lib.cli.freeze", "Freeze a month's population before the seed is given."),
    "import-return": ("qa_lib.cli.import_return", "Read a filled moderation return back: every fault at once."),
    "lab": ("qa_lib.cli.lab", "Open copies of the notebooks in JupyterLab."),
    "plan": ("qa_lib.cli.plan", "Say how many files a claim needs, and what a sample can show."),
    "register": ("qa_lib.cli.register", "Show or verify the register's draw chains."),
    "rules": ("qa_lib.cli.rules", "Show a rule, its value on a date, and its clause."),
    "run": ("qa_lib.cli.run", "Execute a run file: one report per provider and month."),
    "template": ("qa_lib.cli.template", "Write an empty workbook for the data of a scheme."),
    "verify": ("qa_lib.cli.verify", "Check a draw or a report folder: identical, or what differs."),
}


class LazyGroup(click.Group):
    """A click group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or nothing where there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; Ctrl-C and a reader that goes away are no findings, which click's exit code 1 would say."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nqa: stopped; what was whole before still is (a run goes on with --resume)", err=True)
            raise SystemExit(STOPPED) from None
        except BrokenPipeError:
            raise SystemExit(READER_GONE) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from the table above, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the whole of an error, which may quote the data.")
@click.version_option(package_name="qa-lib", prog_name="qa")
def qa(debug: bool) -> None:
    """Check the assessors: draw verifiable samples, cover the year, compare groups, report.

    Exit codes: 0 done, 1 findings or a failed check, 2 wrong use, unreadable input or a machine that refuses (a full
    disk), 3 some providers of a batch failed and the others are complete.
    """


@harmless_output
def main(arguments: list[str] | None = None) -> Any:
    """Run ``qa``; end whatever goes wrong with plain lines on stderr and an exit code that is not *findings*."""
    given = sys.argv[1:] if arguments is None else arguments
    # --debug is taken wherever it stands, so that it can be put behind a command that has just failed.
    arguments, debug = [word for word in given if word != "--debug"], "--debug" in given
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may be cp1252; a report's words must not stop on a character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        with _debugging(debug):
            return qa.main(args=arguments, prog_name="qa", standalone_mode=True)
    except Exception as error:  # a fault of ours too: a traceback would quote the data, and exit with 1
        if debug:
            raise
        code, message = ending(error)
        with contextlib.suppress(OSError):
            click.echo(f"qa: {message}", err=True)
        sys.exit(code)


@contextlib.contextmanager
def _debugging(wanted: bool) -> Iterator[None]:
    """Let this process and all that it starts show whole tracebacks."""
    if wanted:
        os.environ[DEBUG] = "1"
    try:
        yield
    finally:
        if wanted:
            os.environ.pop(DEBUG, None)
