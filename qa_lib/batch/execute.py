"""One notebook through papermill, checked and tidied, so that the same inputs give the same bytes."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa_lib.batch.reasons import cell_words, kernel_words, with_lines
from qa_lib.batch.source import Source, Value, nbformat_module, notebook_of
from qa_lib.errors import NothingToShow, RunError
from qa_lib.register.store import ENVIRONMENT
from qa_lib.register.working_folder import BEGIN

#: Seconds for a cell; for a kernel to start, and to hand over what a cell showed: a busy machine takes its time.
PATIENCE = {"timeout": 3600, "startup_timeout": 600, "iopub_timeout": 600}
_LONGEST_SOCKET_PATH = 90
_WARNING = re.compile(r"\b([A-Z][A-Za-z]*Warning): ")


def execute(source: Source, parameters: Mapping[str, Value], *, folder: Path) -> Any:
    """Run a notebook in a folder with these parameters and return it, tidy.

    Raises
    ------
    NothingToShow
        If a cell said so: there is nothing to report on, which is no fault.
    RunError
        If a cell failed, did not run, or wrote to standard error, naming each such cell.
    """
    nb = notebook_of(source.content, source.shown)
    nbformat_module()
    import papermill

    from qa_lib.reports.notebook import normalise_notebook

    # It warns of names that its own parser does not see; the run file's were held against the cell itself.
    # What goes wrong with a kernel is told by our own words, not by its log.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    try:
        with kernel_options() as options:
            done = papermill.execute_notebook(
                nb,
                None,
                parameters=dict(parameters),
                cwd=str(folder),
                language="python",
                progress_bar=False,
                autosave_cell_every=0,
                request_save_on_cell_execute=False,
                execution_timeout=PATIENCE["timeout"],
                start_timeout=PATIENCE["startup_timeout"],
                iopub_timeout=PATIENCE["iopub_timeout"],
                **options,
            )
    except papermill.PapermillExecutionError as error:
        if error.ename == NothingToShow.__name__:
            raise NothingToShow(" ".join(str(error.evalue).split())) from None
        # The cell that papermill put in stands before the one that failed; people count those of the file.
        words, quoted = cell_words(error.ename, error.evalue)
        raise RunError(with_lines(f"{source.shown}, cell {error.cell_index}: {words}", [quoted])) from error
    except Exception as error:
        if words := kernel_words(error):
            raise RunError(f"{source.shown} {words}") from error
        raise
    check_executed(done, source.shown)
    return nbformat_module().from_dict(normalise_notebook(done))


def page_without_content(source: Source, parameters: Mapping[str, Value], sentence: str) -> Any:
    """Return a notebook in place of one that has nothing to show: its heading, its parameters and a sentence."""
    import papermill

    from qa_lib.reports.folder import Note
    from qa_lib.reports.notebook import normalise_notebook

    nb = notebook_of(source.content, source.shown)
    nb = papermill.execute_notebook(nb, None, parameters=dict(parameters), language="python", prepare_only=True)
    heading = next((cell for cell in nb.cells if cell.cell_type == "markdown"), None)
    given = [cell for cell in nb.cells if {"parameters", "injected-parameters"} & set(cell.metadata.get("tags", []))]
    for count, cell in enumerate(given, start=1):
        cell["execution_count"], cell["outputs"] = count, []
    v4, note = nbformat_module().v4, Note(["There is nothing to show.", sentence])
    shown = v4.new_output("display_data", {"text/html": note._repr_html_(), "text/plain": repr(note)})
    nb.cells = [*([heading] if heading else []), *given, v4.new_code_cell("", outputs=[shown])]
    return nbformat_module().from_dict(normalise_notebook(nb))


@contextmanager
def kernel_options() -> Iterator[dict[str, Any]]:
    """Give the options of a kernel that no profile of the user changes, and that no other kernel's ports disturb."""
    from traitlets.config import Config

    room = tempfile.TemporaryDirectory(prefix="qa-", ignore_cleanup_errors=True)
    with room as place, environment(IPYTHONDIR=place, MPLBACKEND=None):
        config = Config()
        if (
            os.name != "nt" and len(place) < _LONGEST_SOCKET_PATH
        ):  # sockets as files: nobody else can listen, and two kernels never want one port
            config.KernelManager.transport = "ipc"
            config.KernelManager.ip = str(Path(place, "k"))
        yield {
            "kernel_name": "python3",
            "kernel_manager_class": "qa_lib.batch.quiet_kernel.QuietKernelManager",
            "config": config,
            "shutdown_kernel": "immediate",
        }


@contextmanager
def environment(**values: str | None) -> Iterator[None]:
    """Set environment variables, or remove those given as None, for a while; kernels inherit them."""
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def _set(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def register_environment(register: str) -> Any:
    """Tell kernels where the register is, never by a parameter, which would show its password; and where they began.

    They work in the report's folder; a path that a run file gives as a parameter is read from where the run began.
    """
    return environment(**{ENVIRONMENT: register, BEGIN: str(Path(os.environ.get(BEGIN, "")).resolve())})


def check_executed(nb: Any, shown: str) -> None:
    """Refuse a notebook of which not every code cell ran, one after another, without error or warning.

    ``sys.exit(0)`` in a cell ends a run without any error, and the rest of the report is missing.

    Raises
    ------
    RunError
        Naming every cell with its fault; what cells wrote stands on further lines.
    """
    faults, quoted, number, expected = list[str](), list[str](), 0, 1
    for cell in nb["cells"]:
        number += "injected-parameters" not in cell["metadata"].get("tags", [])  # people count the cells of the file
        if cell["cell_type"] != "code":
            continue
        for fault, text in _output_faults(cell["outputs"]):
            faults.append(f"cell {number} {fault}")
            quoted.append(text)
        if not "".join(cell["source"]).strip():
            continue
        if cell.get("execution_count") != expected:
            faults.append(f"cell {number} did not run in its turn")
        expected += 1
    if faults:
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise RunError(with_lines(f"{shown} did not run as a whole: {'; '.join(faults[:5])}{more}", quoted))


def _output_faults(outputs: Any) -> Iterator[tuple[str, str]]:
    """Yield each fault, and what the cell said, which may quote the data."""
    for output in outputs:
        if output["output_type"] == "error" and output["ename"] == "SystemExit":
            yield "ended the notebook by sys.exit or exit(); remove that", ""
            return  # what follows is IPython's own remark on it
        elif output["output_type"] == "error":
            words, quoted = cell_words(output["ename"], output["evalue"])
            yield f"ended with {words}", quoted
        elif output["output_type"] == "stream" and output["name"] == "stderr":
            text = "".join(output["text"])
            kind = _WARNING.search(text)
            which = f" ({kind[1]})" if kind else ""
            yield f"wrote to standard error{which}, which differs from run to run; mend its cause", text
