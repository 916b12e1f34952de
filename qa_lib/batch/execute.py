"""One notebook through papermill, checked and tidied, so that the same inputs give the same bytes."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa_lib.batch.source import Source, Value, nbformat_module, notebook_of
from qa_lib.errors import NothingToShow, RunError
from qa_lib.register.store import ENVIRONMENT

_LONGEST_CELL_SECONDS = 3600
_LONGEST_REASON = 500
_LONGEST_SOCKET_PATH = 90


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
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from qa_lib.reports.notebook import normalise_notebook

    # It warns of names that its own parser does not see; the run file's were held against the cell itself.
    logging.getLogger("papermill").setLevel(logging.ERROR)
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
                execution_timeout=_LONGEST_CELL_SECONDS,
                **options,
            )
    except papermill.PapermillExecutionError as error:
        if error.ename == NothingToShow.__name__:
            raise NothingToShow(" ".join(str(error.evalue).split())) from None
        # The cell that papermill put in stands before the one that failed; people count those of the file.
        raise RunError(f"{source.shown}, cell {error.cell_index}: {error.ename}: {_short(error.evalue)}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise RunError(f"{source.shown} was cut off: {type(error).__name__}; {_first_line(error)}") from None
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
        yield {"kernel_name": "python3", "config": config, "shutdown_kernel": "immediate"}


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
    """Tell kernels where the register is; never by a parameter, which would stand on the page with its password."""
    return environment(**{ENVIRONMENT: register})


def check_executed(nb: Any, shown: str) -> None:
    """Refuse a notebook of which not every code cell ran, one after another, without error or warning.

    ``sys.exit(0)`` in a cell ends a run without any error, and the rest of the report is missing.

    Raises
    ------
    RunError
        Naming every cell with its fault.
    """
    faults, number, expected = [], 0, 1
    for cell in nb["cells"]:
        number += "injected-parameters" not in cell["metadata"].get("tags", [])  # people count the cells of the file
        if cell["cell_type"] != "code":
            continue
        faults += [f"cell {number} {fault}" for fault in _output_faults(cell["outputs"])]
        if not "".join(cell["source"]).strip():
            continue
        if cell.get("execution_count") != expected:
            faults.append(f"cell {number} did not run in its turn")
        expected += 1
    if faults:
        more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise RunError(f"{shown} did not run as a whole: {'; '.join(faults[:5])}{more}")


def _output_faults(outputs: Any) -> Iterator[str]:
    for output in outputs:
        if output["output_type"] == "error" and output["ename"] == "SystemExit":
            yield "ended the notebook by sys.exit or exit(); remove that"
            return  # what follows is IPython's own remark on it
        elif output["output_type"] == "error":
            yield f"ended with {output['ename']}: {_first_line(output['evalue'])}"
        elif output["output_type"] == "stream" and output["name"] == "stderr":
            lines = "".join(output["text"]).strip().splitlines() or [""]
            yield f"wrote to standard error, which differs from run to run: {_first_line(lines[0])}; mend its cause"


def _first_line(message: object) -> str:
    return _short((str(message).strip().splitlines() or [""])[0])


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST_REASON else message[:_LONGEST_REASON] + "…"
