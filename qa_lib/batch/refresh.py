"""Execute the notebooks in their own folders and refresh the outputs that are committed with them.

``python -m qa_lib.batch.refresh`` writes back what changed; ``--check`` only says what would. A second refresh changes
no byte.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from qa_lib.batch.execute import PATIENCE, check_executed, kernel_options, register_environment
from qa_lib.batch.reasons import kernel_words
from qa_lib.batch.source import nbformat_module, notebook_of
from qa_lib.errors import QAError
from qa_lib.files import write_whole
from qa_lib.project_files import ROOT
from qa_lib.strict_yaml import shown_path


def notebook_files(folder: Path) -> list[Path]:
    """Return every notebook below a folder, sorted; checkpoints of JupyterLab are none."""
    return [path for path in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts]


def refreshed(path: Path) -> bytes:
    """Execute a notebook in its own folder with its own parameters and return it as it is committed.

    Raises
    ------
    QAError
        If a cell failed, did not run, or wrote to standard error.
    """
    nbformat = nbformat_module()
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    from qa_lib.reports.notebook import normalise_notebook

    nb = notebook_of(path.read_bytes(), shown_path(path))
    resources = {"metadata": {"path": str(path.parent)}}
    with kernel_options() as options:
        options |= {**PATIENCE, "record_timing": False, "raise_on_iopub_timeout": True}
        client = NotebookClient(nb, resources=resources, **options)
        try:
            with register_environment("sqlite://"):  # no register of whoever refreshes may show on a page
                client.execute()
        except CellExecutionError as error:
            raise QAError(f"{shown_path(path)}: {error.ename}: {error.evalue}") from None
        except Exception as error:
            if words := kernel_words(error):
                raise QAError(f"{shown_path(path)} {words}") from error
            raise
    check_executed(nb, shown_path(path))
    done: Any = nbformat.from_dict(normalise_notebook(nb))
    content: str = nbformat.writes(done)
    return content.encode() + b"\n"


def main(arguments: list[str] | None = None) -> int:
    """Refresh every notebook, or with ``--check`` say which of them would change; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m qa_lib.batch.refresh", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a notebook would change")
    parser.add_argument("paths", nargs="*", type=Path, metavar="NOTEBOOK", help="only these")
    chosen = parser.parse_args(arguments)
    stale, failed = 0, 0
    for path in chosen.paths or notebook_files(ROOT / "notebooks"):
        try:
            content = refreshed(path)
        except QAError as error:
            failed += 1
            print(error, file=sys.stderr)  # noqa: T201 - this module is a command
            continue
        changed = content != path.read_bytes()
        stale += changed
        if changed and not chosen.check:
            write_whole(path, content)
        print(f"{'changed' if changed else 'same   '}  {shown_path(path)}")  # noqa: T201 - this module is a command
    return 2 if failed else int(chosen.check and stale > 0)


if __name__ == "__main__":
    sys.exit(main())
