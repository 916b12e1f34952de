"""How long ``qa --help`` takes: a new process each time, beside Python that does nothing.

``python benchmarks/startup.py`` prints the least and the middle of 15 runs by the clock, and the processor's seconds.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15
COMMANDS = {
    "qa --help": [str(Path(sys.executable).with_name("qa")), "--help"],
    "python -m qa_lib.cli --help": [sys.executable, "-m", "qa_lib.cli", "--help"],
    "python -c pass": [sys.executable, "-c", "pass"],
}


def seconds(arguments: list[str]) -> tuple[float, float]:
    """Return clock and processor seconds of one process."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(arguments, check=True, capture_output=True)  # noqa: S603
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print one line for each command."""
    print(f"{'':30}{'least s':>10}{'middle s':>10}{'processor s':>13}")
    for name, arguments in COMMANDS.items():
        runs = [seconds(arguments) for _ in range(RUNS)]
        clock = [run[0] for run in runs]
        print(f"{name:30}{min(clock):10.3f}{sorted(clock)[RUNS // 2]:10.3f}{min(run[1] for run in runs):13.3f}")


if __name__ == "__main__":
    main()
