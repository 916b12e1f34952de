"""Which reports a run makes: each provider's months in order and its years, then each month over all of them.

Or, over a data set without months: one per provider, or one over everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from qa_lib.batch.runfile import TIMELESS, Period, RunFile, RunNotebook
from qa_lib.batch.source import Value
from qa_lib.calendar.months import check_month, listed_months, month_in_words, nearest_month
from qa_lib.errors import RunError
from qa_lib.files import folder_name
from qa_lib.intake.accepted import Dataset
from qa_lib.intake.prepared import provider_months
from qa_lib.rulebook import RuleBook
from qa_lib.scheme import find_scheme
from qa_lib.strict_yaml import nearest

#: Stands for the provider of a report over everything, and for the period of a report without one.
ALL = "all"
#: Kinds of report that are about no single provider.
OVER_ALL = ("partnership", "whole")
#: The folder of a month's report over all providers; a provider's own ends in a hash, so none can be called the same.
_TOGETHER = "all-providers"
#: A year such as ``2018-19``, which can name a folder as it is.
_PLAIN = re.compile(rf"{ALL}|[0-9][0-9-]{{0,19}}")
#: A month -> the first month of its year.
_Year = Callable[[str], str]


@dataclass(frozen=True)
class Report:
    """One report folder to be.

    Attributes
    ----------
    provider, per, period
        Whom and what it is about: a month ``2024-01``, a year by its first month, or what the run file's parameter
        ``period`` says; ``all`` for everybody and for everything.
    months
        The months of data that its notebooks see; None where the data have none.
    rules_on
        The day whose rules it applies.
    notebooks
        What is executed for it.
    later
        Later months of a year of which there are files, and no report yet: its page says that it does not see them.
    """

    provider: str
    per: Period
    period: str
    months: tuple[str, ...] | None
    rules_on: str
    notebooks: tuple[RunNotebook, ...]
    later: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder's path below the run's, with ``/`` between its parts."""
        whom = _TOGETHER if self.per == "partnership" else folder_name(self.provider)
        return f"{period_folder(self.per, self.period)}/{whom}"

    @property
    def title(self) -> str:
        """What the page is called."""
        whom = "All providers" if self.per in OVER_ALL else self.provider
        return f"{whom}, {period_words(self.per, self.period)}"

    def parameters(
        self, notebook: RunNotebook, *, seed_series: str, rule_book: str, accept_near_equal: str = ""
    ) -> dict[str, Value]:
        """Return everything that a notebook is given, in the order of names."""
        given = {"dataset": "data", "out": "."}
        if self.per not in OVER_ALL or "provider" in notebook.source.defaults:
            given["provider"] = self.provider
        if self.per not in TIMELESS:
            given["year" if self.per == "year" else "month"] = self.period
        # An empty register is the one that the environment names.
        optional = {"register": "", "rule_book": rule_book, "seed_series": seed_series}
        optional |= {"accept_near_equal": accept_near_equal} if accept_near_equal else {}
        given |= {name: text for name, text in optional.items() if name in notebook.source.defaults}
        return dict(sorted({**notebook.parameters, **given}.items()))


def period_folder(per: str, period: str) -> str:
    """Return the name of the folder over a period's reports."""
    if per in TIMELESS:
        return period if _PLAIN.fullmatch(period) else folder_name(period)
    return f"year-{period}" if per == "year" else period


def period_words(per: str, period: str) -> str:
    """Return a period in words.

    Examples
    --------
    >>> period_words("month", "2024-01"), period_words("year", "2023-09")
    ('January 2024', 'year from September 2023')
    >>> period_words("provider", "2018-19"), period_words("whole", "all")
    ('2018-19', 'all data')
    """
    if per in TIMELESS:
        return "all data" if period == ALL else period
    words = month_in_words(period)
    return f"year from {words}" if per == "year" else words


def plan_reports(
    run: RunFile,
    dataset: Dataset,
    book: RuleBook,
    *,
    providers: Collection[str] = (),
    month: str | None = None,
    made: Collection[str] = (),
) -> dict[str, list[Report]]:
    """Return the reports of each provider, in the order in which they must be made; under ``all`` those over all.

    Parameters
    ----------
    providers, month
        Narrow the run file's own choice.
    made
        Report folders of earlier runs. A year is reported on as far as its months are made, now or before: its notebook
        sees them and those before them, and draws none that comes after.

    Raises
    ------
    RunError
        If a provider or month is not in the data, or nothing is left to report on.
    """
    if run.notebooks[0].per in TIMELESS:
        return _timeless(run, dataset, providers=providers, month=month)
    scheme, fixed = find_scheme(dataset.scheme), _fixed_rules(run)
    year: _Year = partial(scheme.year_of, book, rules_on=fixed)
    by_provider = provider_months(dataset).groupby(scheme.provider_column)
    there = {str(name): sorted(set(rows["month"])) for name, rows in by_provider}
    chosen = _chosen(run, there, providers)
    wanted = {name: [one for one in there[name] if one in run.months and month in (None, one)] for name in chosen}
    every = sorted({one for name in chosen for one in there[name]})
    _refuse_other_months({*(run.months.named or ()), *([month] if month else [])}, every)
    if not any(wanted.values()):
        held = listed_months(every)
        raise RunError(f"no month is left to report on; the data set's months of these providers are {held}")
    planned = {name: _of_provider(run, year, name, there[name], months, made) for name, months in wanted.items()}
    planned[ALL] = [] if providers or run.providers is not None else _over_all(run, year, there, wanted)
    if not any(planned.values()):
        raise RunError(
            "nothing is left to report on: a report over all providers is made only where no provider is chosen"
        )
    return {name: reports for name, reports in planned.items() if reports}


def _refuse_other_months(named: Collection[str], held: Collection[str]) -> None:
    """Refuse months that were named and of which none of the chosen providers has a file, each with the nearest."""
    faults = [
        f"no provider that was chosen has files of {one}; did you mean {nearest_month(one, held)}?"
        for one in sorted(set(named) - set(held))
        if check_month(one)
    ]
    if faults:
        left = "" if set(named) & set(held) else "no month is left to report on: "
        raise RunError(f"{left}{'; '.join(faults)} The data set's months of these providers are {listed_months(held)}")


def _over_all(
    run: RunFile, year: _Year, there: Mapping[str, list[str]], wanted: Mapping[str, list[str]]
) -> list[Report]:
    """Return one report over all providers for each month that is wanted, which sees the year so far."""
    notebooks = tuple(one for one in run.notebooks if one.per == "partnership")
    if notebooks and ALL in there:
        raise RunError(f"a provider is called {ALL!r}, as the report over all is; rename it with the key values")
    every = sorted({month for months in there.values() for month in months})
    fixed = _fixed_rules(run)
    return [
        Report(ALL, "partnership", month, _year_until(year, every, month), fixed or f"{month}-01", notebooks)
        for month in sorted({month for months in wanted.values() for month in months})
        if notebooks
    ]


def _fixed_rules(run: RunFile) -> str:
    return next((one.rules_on for one in run.notebooks if one.rules_on), "")


def _year_until(year: _Year, months: list[str], last: str) -> tuple[str, ...]:
    """Return the months that can be known when the last is reported on: coverage needs those of the year before it."""
    own = year(last)
    return tuple(month for month in months if month <= last and year(month) == own)


def _timeless(
    run: RunFile, dataset: Dataset, *, providers: Collection[str], month: str | None
) -> dict[str, list[Report]]:
    """Return one report per provider, and one over everything unless some providers were chosen."""
    if month is not None:
        raise RunError("this run's reports have no months; leave the month out")
    there = dict.fromkeys(dataset.named_providers, ())
    by_kind = {per: tuple(one for one in run.notebooks if one.per == per) for per in TIMELESS}
    if by_kind["provider"] and not there:
        column = find_scheme(dataset.scheme).provider_column
        raise RunError(f"no table of the data set names a provider in a column {column}; see what is there: qa check")
    period = str(next((one.parameters["period"] for one in run.notebooks if one.parameters.get("period")), ALL))
    whom: dict[str, Period] = {}
    if by_kind["provider"]:
        whom |= dict.fromkeys(_chosen(run, there, providers), "provider")
    if by_kind["whole"] and not providers and run.providers is None:
        if ALL in whom:
            raise RunError(f"a provider is called {ALL!r}, as the report over all is; rename it with the key values")
        whom[ALL] = "whole"
    if not whom:
        raise RunError(
            "nothing is left to report on: a report over everything is made only where no provider is chosen"
        )
    day = run.notebooks[0].rules_on
    return {name: [Report(name, per, period, None, day, by_kind[per])] for name, per in whom.items()}


def _chosen(run: RunFile, there: Mapping[str, Collection[str]], providers: Collection[str]) -> list[str]:
    allowed = set(there) if run.providers is None else set(run.providers)
    held = ", ".join(sorted(there))
    faults = [
        f"the data set has no files of provider {name!r}{nearest(name, there) or f'; it has {held}'}"
        for name in sorted(set(providers) | (allowed - set(there)))
        if name not in there
    ]
    faults += [f"the run file leaves provider {name!r} out" for name in sorted(set(providers) & set(there) - allowed)]
    if faults:
        raise RunError("; ".join(faults))
    return sorted(providers or allowed)


def _of_provider(
    run: RunFile, year: _Year, provider: str, every: list[str], months: list[str], made: Collection[str]
) -> list[Report]:
    """Return the reports of a provider: the months of a year, then the year."""
    fixed = _fixed_rules(run)
    kinds = {per: tuple(one for one in run.notebooks if one.per == per) for per in ("month", "year")}
    reports = []
    for first, of_year in groupby(months, key=year):
        if kinds["month"]:
            reports += [
                Report(
                    provider, "month", month, _year_until(year, every, month), fixed or f"{month}-01", kinds["month"]
                )
                for month in of_year
            ]
        if kinds["year"]:
            known = [month for month in every if year(month) == first]
            last = max(one for one in known if one in months or f"{one}/{folder_name(provider)}" in made)
            so_far, later = [tuple(one for one in known if (one > last) is after) for after in (False, True)]
            day = fixed or f"{so_far[0]}-01"
            reports.append(Report(provider, "year", first, so_far, day, kinds["year"], later))
    return reports
