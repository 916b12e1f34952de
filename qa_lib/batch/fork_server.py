"""A process that has the libraries loaded and becomes a notebook's kernel by forking, as often as it is asked (Linux).

It is started by :mod:`qa_lib.batch.warm_kernels` and does as it is told over one socket: each message carries what a
kernel is started with and where its output goes. It knows no data. It ends when whoever started it does, and its
kernels with it.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import re
import selectors
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import NoReturn

#: The figures of a notebook; whoever imports pyplot before a kernel is there has to know.
FIGURES = "module://matplotlib_inline.backend_inline"
#: What every notebook's kernel imports; the modules of ``qa_lib``, and what they import, are found by themselves.
LIBRARIES = ("ipykernel.kernelapp", "ipykernel.ipkernel", "matplotlib.pyplot")
#: What no notebook needs: it starts kernels, reads a command line, or makes data up.
_NOT_IN_NOTEBOOKS = re.compile(r"qa_lib\.(batch|cli|made_up|register\.migrations|schemes\.\w+\.made_up)(\.|$)")


@dataclass
class _Kernels:
    """The running kernels: where each one's end is told, by a descriptor that becomes readable at the end."""

    selector: selectors.BaseSelector
    ends: dict[int, tuple[int, socket.socket]] = field(default_factory=dict)

    def add(self, pid: int, told: socket.socket) -> None:
        watched = os.pidfd_open(pid)
        self.ends[watched] = (pid, told)
        self.selector.register(watched, selectors.EVENT_READ)

    def reap(self, watched: int) -> None:
        pid, told = self.ends.pop(watched)
        self.selector.unregister(watched)
        os.close(watched)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with told:
            _tell(told, code)

    def forget(self) -> None:
        """In a kernel: close what is its siblings' affair."""
        for watched, (_, told) in self.ends.items():
            os.close(watched)
            told.close()
        self.selector.close()

    def kill(self) -> None:
        for pid, _ in self.ends.values():
            with suppress(ProcessLookupError):  # a kernel that just begins has no group yet
                os.killpg(pid, signal.SIGKILL)
            os.kill(pid, signal.SIGKILL)


def main(control: int) -> NoReturn:
    """Load the libraries, then fork a kernel for every message; in a fork, be that kernel until it ends.

    Parameters
    ----------
    control
        The descriptor of the socket over which messages come.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches it too, and is for the first process
    if sys.path[0] == "":  # as a kernel's launcher does
        del sys.path[0]
    load()
    arguments = _serve(socket.socket(fileno=control))
    if arguments is not None:
        from ipykernel import kernelapp

        sys.argv = ["ipykernel_launcher", *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
        kernelapp.launch_new_instance()
    sys.exit(0)


def load() -> None:
    """Import what a notebook needs, and let the garbage collector pass over it, so that kernels share the memory."""
    os.environ["MPLBACKEND"] = FIGURES
    # nbformat and others would each make jsonschema build a grammar that serves nothing, which takes a second.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for name in (*LIBRARIES, *_own_modules()):
        import_module(name)
    gc.collect()
    gc.freeze()


def _own_modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(import_module("qa_lib").__path__, "qa_lib."):
        if not _NOT_IN_NOTEBOOKS.match(found.name):
            yield found.name


def _serve(control: socket.socket) -> list[str] | None:
    """Fork a kernel for every message; return its arguments in the kernel, and None here when nobody asks any more."""
    with selectors.DefaultSelector() as selector:
        kernels = _Kernels(selector)
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is not control:
                    kernels.reap(key.fd)
                    continue
                message, files, _, _ = socket.recv_fds(control, 1, 4)
                if not message:
                    kernels.kill()
                    return None
                request, out, err, status = files
                told = socket.socket(fileno=status)
                if pid := _forked():
                    _tell(told, max(pid, 0))
                    if pid > 0:
                        kernels.add(pid, told)
                    else:
                        told.close()
                    for file in (request, out, err):
                        os.close(file)
                    continue
                for one in (control, told):
                    one.close()
                kernels.forget()
                return _become_kernel(request, out, err)


def _forked() -> int:
    """Fork, and return what the system does; -1 where it lets no more processes be."""
    try:
        return os.fork()
    except OSError:
        return -1


def _tell(told: socket.socket, number: int) -> None:
    with suppress(OSError):  # nobody listens any more
        told.send(b"%d\n" % number)


def _become_kernel(request: int, out: int, err: int) -> list[str]:
    """Make this process what a kernel started by itself would be, and return its arguments."""
    os.setsid()  # a signal to a kernel reaches what it started, and nothing else
    with open(request, "rb") as file:
        asked = json.loads(file.read())
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, standard in ((nothing, 0), (out, 1), (err, 2)):
        os.dup2(ours, standard)
        os.close(ours)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import matplotlib as mpl
    import numpy as np

    mpl.rcParams["backend"] = os.environ.get("MPLBACKEND") or FIGURES  # read at its import, which is over
    np.random.seed()  # or every kernel would have the same numbers
    arguments: list[str] = asked["arguments"]
    return arguments
