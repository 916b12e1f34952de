"""A run: every provider's reports in their order, several providers at once, one page over all of them."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from qa_lib.batch.bound import existing_register
from qa_lib.batch.index import INDEX, Failure, report_folders, write_index
from qa_lib.batch.lock import only_run_here
from qa_lib.batch.manifest import basis
from qa_lib.batch.reasons import reason_of, without_data
from qa_lib.batch.report import DATA, Task, make_report
from qa_lib.batch.report_plan import OVER_ALL, Report, plan_reports
from qa_lib.batch.runfile import RunFile
from qa_lib.batch.up_to_date import returned_state, stands
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.dataset import read_dataset
from qa_lib.intake.near_providers import refuse_near_providers, refuse_unknown_names
from qa_lib.intake.prepared import write_prepared
from qa_lib.register.store import DEFAULT, Register
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import find_scheme, load_rulebook

#: The folder of what is not whole yet, in a run's own.
WORK = ".work"


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
    kept
        Those that a run with ``resume`` left as they stand.
    faults
        Why the page over all reports could not be written.
    """

    folder: Path
    made: list[str] = field(default_factory=list)
    failed: dict[str, Failure] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

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
    resume: bool = False,
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
    resume
        Leave a report as it stands where it is whole and was made from the same inputs, parameters, notebooks, rule
        book, versions and returns, and nothing that it rests on is made anew.
    advance
        Called with the number of reports done and of all.

    Raises
    ------
    QAError
        If nothing can be run at all. What befalls single providers is in the result instead.
    """
    mapped: dict[str, Any] = {"columns": run.columns, "values": run.values, "header_rows": run.header_rows}
    dataset = read_dataset(run.dataset, scheme=run.scheme or None, reader=run.reader, **mapped)
    run = replace(run, scheme=dataset.scheme, rule_book=run.rule_book or dataset.scheme)
    book = load_rulebook(Path(run.rule_book) if run.rule_book.endswith(".yaml") else run.rule_book)
    column = find_scheme(run.scheme).provider_column
    refuse_unknown_names(dataset.tables, run.accept_near_equal, column=column)
    refuse_near_providers(dataset.tables, column=column, accept=run.accept_near_equal)
    planned = plan_reports(run, dataset, book, providers=providers, month=month, made=report_folders(out))
    out.mkdir(parents=True, exist_ok=True)
    with only_run_here(out), _work_folder(out) as work:
        result = RunResult(out)
        batch = _Batch(run, dataset, book, result, work, _register_place(register, out), resume)
        try:
            with workers(min(jobs, len(planned))) as executor:
                batch.execute(planned, executor, advance)
        finally:  # an interrupted run has left whole reports too
            made = [*result.made, *result.kept]
            try:
                write_index(
                    out, run=run.name, title=run.title, made=made, failed=result.failed, register=batch.register
                )
            except OSError as error:  # the reports are whole all the same
                result.faults.append(reason_of(error))
    return result


def _register_place(register: str | None, out: Path) -> str:
    """Return where the register is, so that a kernel finds it from its own folder."""
    place = register or str(out / DEFAULT)
    return place if "://" in place else str(Path(place).resolve())


_Queue = list[Report]


@dataclass(frozen=True)
class _Batch:
    """Hands out each provider's reports one after another; a month that fails ends its provider's turn."""

    run: RunFile
    dataset: Dataset
    book: RuleBook
    result: RunResult
    work: Path
    register: str
    resume: bool
    anew: list[Report] = field(default_factory=list)

    def execute(
        self, planned: Mapping[str, _Queue], workers: Executor, advance: Callable[[int, int], None] | None
    ) -> None:
        """Make every report; say after each how many of how many are done."""
        total = sum(map(len, planned.values()))

        def say() -> None:
            if advance:
                advance(sum(map(len, (self.result.made, self.result.kept, self.result.failed))), total)

        over_all = [report for queue in planned.values() for report in queue if report.per == "partnership"]
        self._stage([queue for queue in planned.values() if queue[0].per != "partnership"], workers, say)
        # A month over all providers rests on the reports of each.
        self._stage([[report] for report in over_all], workers, say)

    def _stage(self, queues: Collection[_Queue], workers: Executor, say: Callable[[], None]) -> None:
        running: dict[Future[str], tuple[Report, _Queue]] = {}
        for queue in queues:
            self._hand_out(queue, workers, running)
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                report, queue = running.pop(future)
                self._note(report, queue, _outcome(future))
                self._hand_out(queue, workers, running)
                say()

    def _hand_out(self, queue: _Queue, workers: Executor, running: dict[Future[str], tuple[Report, _Queue]]) -> None:
        """Start the next report of a queue; one that stands, or cannot be started, is noted and the next one tried."""
        while queue:
            report = queue.pop(0)
            lacking = self._lacking(report)
            if lacking:
                self._fail(report, f"not attempted, because {lacking} failed")
                continue
            try:
                record = existing_register(self.register)
                returns = returned_state(record, report, find_scheme(self.run.scheme), self.book)
                content = basis(self.run, report, self.book, self.dataset.inputs, returns=returns)
                if self._stands(report, content, record):
                    self.result.kept.append(report.folder)
                    continue
                self.anew.append(report)
                running[workers.submit(make_report, self._task(report, content))] = (report, queue)
                return
            except Exception as error:  # a provider's data or a broken pool; the others go on
                self._note(report, queue, reason_of(error))

    def _lacking(self, report: Report) -> str:
        """Return which providers' months a report over all of them cannot do without, as they failed."""
        if report.per != "partnership":
            return ""
        failed = self.result.failed.values()
        names = sorted({one.provider for one in failed if one.per == "month" and one.period <= report.period})
        return f"{report.period} or a month before it of {', '.join(names)}" if names else ""

    def _stands(self, report: Report, content: Mapping[str, Any], record: Register | None) -> bool:
        if not self.resume:
            return False
        last = report.months[-1] if report.months else ""
        beneath = (one for one in self.anew if one.per == "month" and one.period <= last)
        if any(report.per == "partnership" or one.provider == report.provider for one in beneath):
            return False
        return stands(self.result.folder / report.folder, content, record)

    def _task(self, report: Report, content: Mapping[str, Any]) -> Task:
        work = self.work / report.folder.replace("/", "-")
        provider = None if report.per in OVER_ALL else report.provider
        # A month is audited as it was known at the end of the next; a year's pages draw every month that they see.
        ahead = report.per in ("month", "partnership")
        try:
            write_prepared(
                self.dataset, work / DATA, provider=provider, months=report.months, ahead=ahead, later=report.later
            )
        except BaseException:  # what fills the disk must not stay in the way of the reports to come
            shutil.rmtree(work, ignore_errors=True)
            raise
        place = self.result.folder / report.folder
        return Task(report=report, basis=content, work=work, place=place, register=self.register)

    def _note(self, report: Report, queue: _Queue, reason: str) -> None:
        if not reason:
            self.result.made.append(report.folder)
            return
        self._fail(report, f"failed: {without_data(reason, self.dataset)}")
        if report.per == "month":  # the draws of later months rest on this one's
            for later in queue:
                self._fail(later, f"not attempted, because {report.period} failed")
            queue.clear()

    def _fail(self, report: Report, why: str) -> None:
        whom = {"provider": report.provider, "per": report.per, "period": report.period}
        self.result.failed[report.folder] = Failure(**whom, why=why)


def _outcome(future: Future[str]) -> str:
    error = future.exception()
    return reason_of(error) if error else future.result()


class _Here(Executor):
    """Runs each task at once in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextmanager
def workers(jobs: int) -> Iterator[Executor]:
    """Give processes that work at once; after Ctrl-C each finishes what it is at, and nothing more is begun."""
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
    work = out / WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
