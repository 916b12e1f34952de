"""Make the project's environment and run it: ``python run.py demo``, ``python run.py test``.

Standard library only, so that it works on a machine with nothing but Python 3.11 or later, pip and git.
Anything that is not one of the commands below is handed to ``qa``: ``python run.py plan --population 250``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
TESTED_PARTS = ["qa_lib", "run.py", "tests", "tools", "benchmarks"]
# JupyterLab's own files have paths of 151 characters; Windows allows 260 in all.
LONGEST_CHECKOUT_ON_WINDOWS = 95

USAGE = """\
python run.py COMMAND

  demo        draw a made-up year, report on its June, print the page to start from (demo --full: every report)
  test        run all tests, the notebooks included
  notebooks   execute the notebooks and refresh their committed outputs
  check       format, lint, types, rule books, tests
  lab         copy the notebooks to where you are, unless that is the project, and open them in JupyterLab
  ...         anything else is handed to qa: try "python run.py --help"
"""


def main(arguments: list[str]) -> int:
    """Make or refresh the environment where needed, then run one command in it."""
    if not arguments:
        print(USAGE)
        return 2
    command, *rest = arguments
    problem = unsuitable_machine()
    if problem:
        print(problem, file=sys.stderr)
        return 2
    needs_tests = command in {"test", "check", "notebooks"}
    status = install(extra="test" if needs_tests else "")
    if status:
        return status
    steps = {"test": test, "notebooks": notebooks, "check": check}
    if command in steps:
        return steps[command](rest)
    return run("-m", "qa_lib.cli", *arguments)


def unsuitable_machine() -> str:
    """Say in one sentence why this machine cannot run the project, or return nothing."""
    if sys.version_info < (3, 11):  # noqa: UP036 - it is an older Python that must be told
        return f"This is Python {sys.version.split()[0]}; the project needs 3.11 or later: start run.py with that."
    if WINDOWS and len(str(ROOT)) > LONGEST_CHECKOUT_ON_WINDOWS:
        return (
            f"The checkout's path has {len(str(ROOT))} characters; on Windows it must stay under "
            f"{LONGEST_CHECKOUT_ON_WINDOWS}, or JupyterLab's files cannot be written. Move it, e.g. to C:\\qa."
        )
    return ""


def install(*, extra: str) -> int:
    """Install the project into ``.venv`` unless what is there was made from the same files."""
    wanted = fingerprint()
    marker = VENV / f"installed-{extra or 'base'}.txt"
    with_tests = VENV / "installed-test.txt"
    if any(path.exists() and path.read_text() == wanted for path in {marker, with_tests}) and PYTHON.exists():
        return 0
    print("Installing into .venv (once; a few minutes) ...", file=sys.stderr, flush=True)
    if not PYTHON.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        # Debian ships Python without ensurepip; its own pip can fill the environment from outside.
        venv.create(VENV, with_pip=importlib.util.find_spec("ensurepip") is not None)
    pip = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True).returncode:
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    command = [*pip, "install", "--quiet", "-c", str(ROOT / "constraints.txt"), "-e", target]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stderr, "pip could not install the project; its own message is above.", sep="\n", file=sys.stderr)
        return 2
    marker.write_text(wanted)
    return 0


def fingerprint() -> str:
    """Return a hash of everything that decides what is installed."""
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def run(*arguments: str) -> int:
    """Run the environment's Python, in the caller's folder, and hand back its exit code."""
    return subprocess.run([str(PYTHON), *arguments]).returncode


def in_project(*arguments: str) -> int:
    """Run the environment's Python in the project's folder and hand back its exit code.

    Tests and notebooks start a hundred processes; if none of them may keep what it compiled, each compiles it again.
    """
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT, env=environment).returncode


def test(rest: list[str]) -> int:
    """Run the tests, then the notebooks against their committed outputs."""
    if rest:
        return in_project("-m", "pytest", *rest)
    tests = in_project("-m", "pytest", "-n", "2", "--dist", "loadfile")
    # nbval compares cell by cell and in order: no shuffling there. Its kernels begin with the libraries loaded.
    together = ["-n", "2", "--dist", "loadfile", "-p", "no:randomly"]
    os.environ["JUPYTER_DEFAULT_PROVISIONER_NAME"] = "qa-warm"
    pages = in_project("-m", "pytest", "-p", "nbval", "--nbval", *together, "notebooks")
    return tests or pages


def notebooks(rest: list[str]) -> int:
    """Execute the notebooks and write their outputs back."""
    return in_project("-m", "qa_lib.batch.refresh", *rest)


def check(_: list[str]) -> int:
    """Run format, lint, types and tests; stop at the first that fails."""
    for step in (["ruff", "format", "--check"], ["ruff", "check"]):
        if status := in_project("-m", *step, *[part for part in TESTED_PARTS if (ROOT / part).exists()]):
            return status
    return in_project("-m", "mypy") or in_project("-m", "qa_lib.cli", "rules", "--check") or test([])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
