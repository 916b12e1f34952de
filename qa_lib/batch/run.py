"""A run: every provider's reports in their order, several providers at once, one page over all of them."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from qa_lib.batch.index import INDEX, Failure, report_folders, write_index
from qa_lib.batch.lock import only_run_here
from qa_lib.batch.manifest import basis
from qa_lib.batch.plan import Report, plan_reports
from qa_lib.batch.report import DATA, Task, make_report
from qa_lib.batch.runfile import RunFile
from qa_lib.intake.dataset import Dataset, read_dataset
from qa_lib.intake.prepared import write_prepared
from qa_lib.register.store import DEFAULT
from qa_lib.rulebook import RuleBook, load_rulebook

_WORK = ".work"


@dataclass(frozen=True)
class RunResult:
    """What a run left.

    Attributes
    ----------
    folder
        The run's folder, with ``index.html``.
    made
        The report folders made, relative to it.
    failed
        Report folder -> why it could not be made, or was not attempted.
    """

    folder: Path
    made: list[str] = field(default_factory=list)
    failed: dict[str, Failure] = field(default_factory=dict)

    @property
    def index(self) -> Path:
        """The page over all reports."""
        return self.folder / INDEX


def run_reports(
    run: RunFile,
    out: Path,
    *,
    providers: Collection[str] = (),
    month: str | None = None,
    jobs: int = 1,
    register: str | None = None,
    advance: Callable[[int, int], None] | None = None,
) -> RunResult:
    """Make the reports of a run.

    Parameters
    ----------
    run
        A run file, read.
    out
        The run's folder.
    providers, month
        Narrow the run file's own choice.
    jobs
        How many providers at once, each in a process of its own. It changes nothing in the reports.
    register
        URL or path of the register; ``register.sqlite`` in the run's folder where nothing is said.
    advance
        Called with the number of reports done and of all.

    Raises
    ------
    QAError
        If nothing can be run at all. What befalls single providers is in the result instead.
    """
    book = load_rulebook(Path(run.rule_book) if run.rule_book.endswith(".yaml") else run.rule_book)
    dataset = read_dataset(run.dataset, scheme=run.scheme, columns=run.columns, values=run.values, reader=run.reader)
    planned = plan_reports(run, dataset, book, providers=providers, month=month, made=report_folders(out))
    out.mkdir(parents=True, exist_ok=True)
    with only_run_here(out), _work_folder(out) as work:
        result = RunResult(out)
        batch = _Batch(run, dataset, book, result, work, _register_place(register, out), planned)
        try:
            with _workers(min(jobs, len(planned))) as workers:
                batch.execute(workers, advance)
        finally:  # an interrupted run has left whole reports too
            write_index(out, run=run.name, title=run.title, made=result.made, failed=result.failed)
    return result


def _register_place(register: str | None, out: Path) -> str:
    """Return where the register is, so that a kernel finds it from its own folder."""
    place = register or str(out / DEFAULT)
    return place if "://" in place else str(Path(place).resolve())


@dataclass(frozen=True)
class _Batch:
    """Hands out each provider's reports one after another; a month that fails ends its provider's turn."""

    run: RunFile
    dataset: Dataset
    book: RuleBook
    result: RunResult
    work: Path
    register: str
    waiting: dict[str, list[Report]]

    def execute(self, workers: Executor, advance: Callable[[int, int], None] | None) -> None:
        """Make every report; say after each how many of how many are done."""
        running: dict[Future[str], Report] = {}
        total = sum(map(len, self.waiting.values()))
        for provider in self.waiting:
            self._hand_out(provider, workers, running)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                report = running.pop(future)
                self._note(report, _outcome(future))
                self._hand_out(report.provider, workers, running)
                if advance:
                    advance(len(self.result.made) + len(self.result.failed), total)

    def _hand_out(self, provider: str, workers: Executor, running: dict[Future[str], Report]) -> None:
        """Start a provider's next report; one that cannot even be started is noted and the next one tried."""
        while self.waiting[provider]:
            report = self.waiting[provider].pop(0)
            try:
                running[workers.submit(make_report, self._task(report))] = report
                return
            except Exception as error:  # a provider's data or a broken pool; the others go on
                self._note(report, f"{type(error).__name__}: {error}")

    def _task(self, report: Report) -> Task:
        content = basis(self.run, report, self.book, self.dataset.inputs)
        work = self.work / report.folder.replace("/", "-")
        provider = None if report.per == "whole" else report.provider
        write_prepared(self.dataset, work / DATA, provider=provider, months=report.months)
        place = self.result.folder / report.folder
        return Task(report=report, basis=content, work=work, place=place, register=self.register)

    def _note(self, report: Report, reason: str) -> None:
        if not reason:
            self.result.made.append(report.folder)
            return
        self._fail(report, f"failed: {reason}")
        if report.per == "month":  # the draws of later months rest on this one's
            for later in self.waiting[report.provider]:
                self._fail(later, f"not attempted, because {report.period} failed")
            self.waiting[report.provider].clear()

    def _fail(self, report: Report, why: str) -> None:
        whom = {"provider": report.provider, "per": report.per, "period": report.period}
        self.result.failed[report.folder] = Failure(**whom, why=why)


def _outcome(future: Future[str]) -> str:
    error = future.exception()
    if error is None:
        return future.result()
    return f"the process that made it ended abruptly ({type(error).__name__}); is there enough memory?"


class _Here(Executor):
    """Runs each task at once in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextmanager
def _workers(jobs: int) -> Iterator[Executor]:
    if jobs <= 1:
        yield _Here()
        return
    # Forked processes would share sockets and locks with this one.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_finish_when_interrupted)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _finish_when_interrupted() -> None:
    """Let the first process alone answer Ctrl-C: the others finish the report they are at."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """Give a folder for what is not whole yet; what a killed run left in it goes first."""
    work = out / _WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
