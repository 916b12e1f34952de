"""A warm kernel is a fork of a process that has the libraries loaded, and behaves as one that is started by itself."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from threading import Thread

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from qa_lib.batch import fork_server, warm_kernels
from qa_lib.batch.execute import kernel_options
from qa_lib.batch.warm_kernels import COLD

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")

WHO = "import os\nprint(os.getpid(), os.getppid())"
FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
CHANCE = "import random, uuid\nimport numpy as np\nprint(random.random(), np.random.rand(), uuid.uuid4())"
#: A parent that has a kernel, says who server and kernel are, and waits to be killed.
PARENT = """
import subprocess, sys, time
from qa_lib.batch.warm_kernels import _servers, fork_kernel
import os
kernel = fork_kernel(["-f", sys.argv[1]], dict(os.environ), ".", 2, 2)
(server,) = _servers.values()
print(server.process.pid, kernel.pid, flush=True)
time.sleep(600)
"""


def run(*cells: str, cwd: Path | None = None, **options: object) -> list[list[dict[str, object]]]:
    """Run cells in a kernel as the batch starts it, and return the outputs of each."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with kernel_options() as kernel:
        NotebookClient(nb, resources={"metadata": {"path": str(cwd or Path.cwd())}}, **kernel, **options).execute()
    return [cell["outputs"] for cell in nb.cells]


def printed(*cells: str, **options: object) -> list[str]:
    """Return what each cell printed."""
    return ["".join(str(one.get("text", "")) for one in outputs).strip() for outputs in run(*cells, **options)]


def server_pids() -> set[int]:
    """Return the processes that fork."""
    return {server.process.pid for server in warm_kernels._servers.values()}


def test_a_kernel_is_forked_from_the_server_and_not_started() -> None:
    """Its parent is the process that has the libraries loaded; the next kernel has the same parent and another id."""
    (first,), (second,) = printed(WHO), printed(WHO)
    (one, parent), (other, same) = map(str.split, (first, second))
    assert int(parent) in server_pids()
    assert parent == same
    assert one != other


def test_a_cold_kernel_is_a_child_of_who_starts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable set, kernels are started by themselves."""
    monkeypatch.setenv(COLD, "1")
    assert printed(WHO)[0].split()[1] == str(os.getpid())


def test_chance_differs_and_figures_show_and_nothing_is_left_behind(tmp_path: Path) -> None:
    """Two kernels draw other random numbers, show figures, work where they are told, and see nothing of each other."""
    cells = (CHANCE, FIGURE, "import os, pandas\npandas.left = 1\nos.environ['LEFT'] = '1'\nprint(os.getcwd())")
    first, second = run(*cells, cwd=tmp_path), run(*cells, "print(os.environ.get('LEFT'))", cwd=tmp_path)
    texts = [str(outputs[0][0]["text"]).split() for outputs in (first, second)]
    assert not set(texts[0]) & set(texts[1])
    for outputs in (first, second):
        assert "image/png" in outputs[1][0]["data"]  # type: ignore[operator]
        assert outputs[2][0]["text"] == f"{tmp_path.resolve()}\n"
    assert printed("import pandas\nprint(hasattr(pandas, 'left'))") == ["False"]


def test_the_environment_is_that_of_the_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable set after the server began reaches the kernel, from a server that began with it."""
    before = printed("import os\nprint(os.environ.get('QA_TRIED'), os.getppid())")[0].split()
    monkeypatch.setenv("QA_TRIED", "yes")
    after = printed("import os\nprint(os.environ.get('QA_TRIED'), os.getppid())")[0].split()
    assert (before[0], after[0]) == ("None", "yes")
    assert before[1] != after[1]
    assert server_pids() == {int(after[1])}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_kernel_that_dies_is_told(number: signal.Signals) -> None:
    """A kernel killed by the machine, or by a fault of its own, ends the notebook with an error."""
    with pytest.raises(DeadKernelError):
        run(f"import os\nos.kill(os.getpid(), {int(number)})")


def test_a_cell_that_never_ends_is_interrupted() -> None:
    """After its time a cell is interrupted like one of a kernel that was started by itself."""
    with pytest.raises(CellTimeoutError):
        run("while True: pass", timeout=1)
    told = run("import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('stopped')", timeout=1,
               interrupt_on_timeout=True)  # fmt: skip
    assert told[0][0]["text"] == "stopped\n"


def test_a_killed_server_is_replaced() -> None:
    """Whoever kills the server loses the kernels that run, and the next notebook gets another server."""
    printed("1")
    (before,) = server_pids()
    with pytest.raises(DeadKernelError):
        run("import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)")
    assert printed("print(6 * 7)") == ["42"]
    assert server_pids().isdisjoint({before})


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_has_kernels_of_its_own() -> None:
    """Neither its parent's threads nor its parent's lock, taken at that moment, keep it waiting."""
    fork = multiprocessing.get_context("fork")
    (before,) = printed(WHO)
    with ProcessPoolExecutor(1, fork) as pool, warm_kernels._one_at_a_time:
        (there,) = pool.submit(printed, WHO).result(timeout=60)
    assert there.split()[1] != before.split()[1]
    assert printed(WHO)[0].split()[1] == before.split()[1]


def test_the_end_of_a_kernel_is_the_same_to_whoever_asks() -> None:
    """The server tells it once and closes; a thread that asks meanwhile does not hear that the server is gone."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    kernel = warm_kernels.ForkedKernel(0, ours)
    its.send(b"0\n")
    its.close()
    with ThreadPoolExecutor(1) as thread, kernel.asked:
        meanwhile = thread.submit(kernel.poll)
        with pytest.raises(TimeoutError):
            meanwhile.result(timeout=0.1)
        assert kernel.returncode is None
    assert (meanwhile.result(), kernel.poll()) == (0, 0)


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    """Server and kernel end with the process that they serve, however it ends."""
    command = [sys.executable, "-c", PARENT, str(tmp_path / "connection.json")]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert all(map(runs, pids))
    parent.kill()
    parent.wait()
    for _ in until(lambda: not any(map(runs, pids))):
        pass


def test_a_server_that_may_not_fork_says_so_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system allows no further process, the kernel is started by itself, and the server's others go on."""
    printed("1")
    (server,) = warm_kernels._servers.values()
    asked, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def refuse() -> None:
        _, files, _, _ = socket.recv_fds(its, 1, 4)
        with socket.socket(fileno=files[3]) as told:
            fork_server._tell(told, max(fork_server._forked(), 0))
        for file in files[:3]:
            os.close(file)

    def no_process(*_: object) -> int:
        raise BlockingIOError

    with asked, its, monkeypatch.context() as patched:
        patched.setattr(server, "control", asked)
        patched.setattr(os, "fork", no_process)
        refusing = Thread(target=refuse)
        refusing.start()
        assert printed(WHO)[0].split()[1] == str(os.getpid())
        refusing.join()
    assert server_pids() == {server.process.pid}
    assert printed(WHO)[0].split()[1] == str(server.process.pid)


def test_other_kernels_are_started_by_themselves() -> None:
    """A command of another Python, of another module, or with a pipe to read from is none to fork."""
    own = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "c.json"]
    assert warm_kernels._arguments(own) == ["-f", "c.json"]
    assert warm_kernels._arguments(["/usr/bin/python3", *own[1:]]) is None
    assert warm_kernels._arguments([sys.executable, "-m", "xkernel", "-f", "c.json"]) is None
    assert warm_kernels._streams({"stderr": subprocess.PIPE}) is None


def runs(pid: int) -> bool:
    """Say whether a process is there and has not ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def until(holds: Callable[[], bool], seconds: float = 30) -> Iterator[None]:
    """Yield until something holds; fail after some time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
        yield
