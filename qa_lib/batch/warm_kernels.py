"""Kernels that begin with the libraries loaded: forked from a process that has them, in place of being started anew.

A kernel that is started by itself spends most of its first seconds on importing. On Linux one process imports
(:mod:`qa_lib.batch.fork_server`), and each kernel is a fork of it. Papermill, nbclient, nbval and JupyterLab know
nothing of it: it is a kernel provisioner of jupyter_client, under the name that ``pyproject.toml`` gives it. Elsewhere,
with :data:`COLD` set, and for any kernel but this environment's own, kernels are started as ever.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from qa_lib.register.store import ENVIRONMENT
from qa_lib.register.working_folder import BEGIN

#: Set in the environment, it lets every kernel be started by itself.
COLD = "QA_COLD_KERNELS"
#: What a kernel reads when it is asked for something; everything else may have been read while libraries were loaded.
_READ_LATE = frozenset(
    [ENVIRONMENT, BEGIN, "IPYTHONDIR", "MPLBACKEND", "PWD", "OLDPWD", "PYTEST_CURRENT_TEST", "JPY_SESSION_NAME"]
)
_SERVE = "from qa_lib.batch.fork_server import main; main({})"


@dataclass
class ForkedKernel:
    """A kernel's process, which is no child of this one, with what :class:`subprocess.Popen` says of a child."""

    pid: int
    status: socket.socket
    returncode: int | None = None
    stdin: None = None
    stdout: None = None
    stderr: None = None
    #: The end is told once, and several threads may ask: whose kernel it is, and who starts another one.
    asked: Lock = field(default_factory=Lock, repr=False)

    def poll(self) -> int | None:
        """Return how the process ended, negative for a signal, or None while it runs."""
        with self.asked:
            if self.returncode is None:
                try:
                    told = self.status.recv(32, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    return None
                # Without a word the server is gone, and kernels do not outlive it.
                self.returncode = int(told) if told else -signal.SIGKILL
                self.status.close()
            return self.returncode

    def wait(self) -> int:
        """Wait for the end and return how it ended."""
        while (code := self.poll()) is None:
            self.status.recv(1, socket.MSG_PEEK)
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)


@dataclass
class _Server:
    """The process that forks, and the kernels that it forked."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    kernels: list[ForkedKernel] = field(default_factory=list)

    @classmethod
    def start(cls, environment: Mapping[str, str]) -> _Server:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            command = [sys.executable, "-c", _SERVE.format(its.fileno())]
            nothing = subprocess.DEVNULL
            process = subprocess.Popen(  # noqa: S603 - this very Python
                command, env=dict(environment), pass_fds=[its.fileno()],
                stdin=nothing, stdout=nothing, stderr=nothing,
            )  # fmt: skip
        return cls(process, ours)

    def fork(self, arguments: list[str], environment: Mapping[str, str], cwd: str, out: int, err: int) -> ForkedKernel:
        """Fork a kernel; :class:`BlockingIOError` says that it cannot now, another :class:`OSError` that it is gone."""
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked = json.dumps({"arguments": arguments, "env": dict(environment), "cwd": cwd})
        request = os.memfd_create("kernel")
        try:
            with its:
                os.pwrite(request, asked.encode(), 0)
                socket.send_fds(self.control, [b"k"], [request, out, err, its.fileno()])
            told = ours.recv(32)
            if not told:
                raise ConnectionResetError
            if not int(told):  # it could not
                raise BlockingIOError
        except OSError:
            ours.close()
            raise
        finally:
            os.close(request)
        self.kernels = [kernel for kernel in self.kernels if kernel.poll() is None]
        self.kernels.append(ForkedKernel(int(told), ours))
        return self.kernels[-1]

    def runs_kernels(self) -> bool:
        return any(kernel.poll() is None for kernel in self.kernels)

    def stop(self) -> None:
        self.control.close()
        self.process.wait()


_servers: dict[frozenset[tuple[str, str]], _Server] = {}
_one_at_a_time = Lock()


def fork_kernel(arguments: list[str], environment: Mapping[str, str], cwd: str, out: int, err: int) -> ForkedKernel:
    """Return a new kernel, forked from the server of its environment; the first waits until that has loaded.

    Raises
    ------
    OSError
        If there is no server to be had.
    """
    begins = frozenset((name, text) for name, text in environment.items() if name not in _READ_LATE)
    with _one_at_a_time:
        for key in [key for key, server in _servers.items() if key != begins and not server.runs_kernels()]:
            _servers.pop(key).stop()
        if begins in _servers:
            try:
                return _servers[begins].fork(arguments, environment, cwd, out, err)
            except BlockingIOError:  # it serves its other kernels still
                raise
            except OSError:  # somebody killed it; the next one serves
                _servers.pop(begins).stop()
        _servers[begins] = _Server.start(dict(begins))
        return _servers[begins].fork(arguments, environment, cwd, out, err)


def forget_servers() -> None:
    """In a forked process: they are its parent's, and so is the thread that may have held the lock."""
    global _one_at_a_time
    _one_at_a_time = Lock()
    for server in _servers.values():
        server.control.close()
    _servers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=forget_servers)


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel of this environment as a fork of a process that has the libraries loaded."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Start the kernel, warm where that can be done."""
        arguments = _arguments(cmd)
        if arguments is None or not (streams := _streams(options)):
            return await super().launch_kernel(cmd, **options)
        environment, cwd = options.get("env") or dict(os.environ), str(options.get("cwd") or Path.cwd())
        out, err, nothing = streams
        try:
            # The loop's own threads may be those of a parent, who forked and in whose child they do not run.
            with ThreadPoolExecutor(1) as thread:
                kernel = await asyncio.get_running_loop().run_in_executor(
                    thread, fork_kernel, arguments, environment, cwd, out, err
                )
        except OSError:
            return await super().launch_kernel(cmd, **options)
        finally:
            os.close(nothing)
        self.process, self.pid, self.pgid, self.cwd = kernel, kernel.pid, kernel.pid, cwd
        return self.connection_info


def _arguments(cmd: list[str]) -> list[str] | None:
    """Return what a kernel's command says after its module; None where it is not this environment's own kernel."""
    launcher = ["-m", "ipykernel_launcher"]
    own = sys.platform == "linux" and not os.environ.get(COLD) and Path(cmd[0]) == Path(sys.executable)
    places = [n for n in range(1, len(cmd) - 1) if cmd[n : n + 2] == launcher]
    return cmd[places[0] + 2 :] if own and places else None


def _streams(options: Mapping[str, Any]) -> tuple[int, int, int] | None:
    """Return where standard output and error go, and what is to be closed then; None where a pipe is asked for."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    found = []
    for name, inherited in (("stdout", 1), ("stderr", 2)):
        wanted = options.get(name)
        if wanted == subprocess.DEVNULL:
            found.append(nothing)
        elif wanted is None:
            found.append(inherited)
        elif isinstance(wanted, int) and wanted >= 0:
            found.append(wanted)
        elif hasattr(wanted, "fileno"):
            found.append(wanted.fileno())
        else:
            os.close(nothing)
            return None
    return found[0], found[1], nothing
