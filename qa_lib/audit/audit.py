"""What the rules of a scheme look at: one provider's data as they were known on a day, and the rule values of that day.

A scheme adds to :class:`Audit` what is its own (the months or the period in question, draws, returns).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar, cast

import pandas as pd

from qa_lib.audit.answering import NotAssessable
from qa_lib.audit.as_known import as_known
from qa_lib.errors import IntakeError
from qa_lib.parameter_values import as_text
from qa_lib.rulebook import RuleBook, RuleValue
from qa_lib.scheme import Scheme
from qa_lib.strict_yaml import nearest

Tables = Mapping[str, pd.DataFrame]
_MOST_NAMED = 10
_Made = TypeVar("_Made")


@dataclass(frozen=True, kw_only=True)
class Audit:
    """One provider on a day, and the rule book it is held against; :meth:`begin` makes one.

    Attributes
    ----------
    scheme
        Whose tables, words and rules these are.
    tables
        The tables of a data set as they were known on ``as_of``: later rows are gone, later dates blank.
    book
        The rule book.
    provider
        Who is looked at.
    as_of
        What happened after this day is not known.
    rules_on
        The day whose rules count, where one was named; else the day in question, by default :attr:`usual_day`.
    kept
        What several rules need, made once (:meth:`keep`).
    """

    scheme: Scheme
    tables: Tables
    book: RuleBook
    provider: str
    as_of: pd.Timestamp
    rules_on: str = ""
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def begin(
        cls, scheme: Scheme, tables: Tables, book: RuleBook, *, provider: str, as_of: str | dt.date, **own: Any
    ) -> Self:
        """Return the audit of a provider, its tables cut to what was known on a day.

        Parameters
        ----------
        scheme, tables, book
            Accepted tables of a data set of the scheme, of all providers that it knows, and a rule book.
        provider, as_of
            As in the class.
        **own
            What the scheme's own kind of audit has beside.

        Raises
        ------
        IntakeError
            If there is no table that says whose rows are whose, no such provider, or the as-of day is no date.
        """
        known, provider = providers_of(scheme, tables), as_text(provider, name="provider")
        if provider not in known:
            there = ", ".join(known[:_MOST_NAMED]) + (" ..." if len(known) > _MOST_NAMED else "")
            raise IntakeError(
                f"no {scheme.provider_word} {provider!r} in the data set; "
                f"there are: {there or 'none'}{nearest(provider, known)}"
            )
        day = as_day(as_of, name="as_of", called="as-of day")
        return cls(
            scheme=scheme, tables=as_known(tables, scheme.tables, day), book=book, provider=provider, as_of=day, **own
        )

    @property
    def usual_day(self) -> dt.date | str:
        """The day whose rules count where no other day is in question."""
        return self.as_of.date()

    def rule(self, rule_id: str, day: object = None) -> RuleValue:
        """Return the value of a rule on a day; on ``rules_on`` where one was named, by default on the usual day."""
        if self.rules_on or day is None or pd.isna(day):  # type: ignore[call-overload, unused-ignore]
            return self.book[rule_id].on(self.rules_on or self.usual_day)
        return self.book[rule_id].on(pd.Timestamp(day).date())  # type: ignore[arg-type, unused-ignore]

    def value(self, rule_id: str, day: object = None) -> Any:
        """Return the plain value of a rule, as :meth:`rule` does."""
        return self.rule(rule_id, day).value

    def table(self, name: str, *columns: str) -> pd.DataFrame:
        """Return a table that has these columns.

        Raises
        ------
        NotAssessable
            Where the data set lacks the table or a column.
        """
        if name not in self.tables:
            raise NotAssessable(f"the data set has no table {name}")
        missing = [column for column in columns if column not in self.tables[name].columns]
        if missing:
            raise NotAssessable(f"the table {name} has no column {' and no '.join(missing)}")
        return self.tables[name]

    def has(self, name: str, *columns: str) -> bool:
        """Say whether a table is there with these columns."""
        return name in self.tables and set(columns) <= set(self.tables[name].columns)

    def tells(self, name: str, column: str) -> bool:
        """Say whether a table has a column that tells something of the provider: one of blanks tells no more than none.

        A table without rows may say by it that there was nothing.
        """
        if not self.has(name, column):
            return False
        rows = self.own(name) if self.has(name, self.scheme.provider_column) else self.tables[name]
        return rows.empty or bool(rows[column].notna().any())

    def own(self, name: str, *columns: str) -> pd.DataFrame:
        """Return the provider's rows of a table that has these columns.

        Raises
        ------
        NotAssessable
            Where the data set lacks the table or a column.
        """
        owner = self.scheme.provider_column
        table = self.table(name, owner, *columns)
        return self.keep(f"own {name}", lambda: table[table[owner] == self.provider].reset_index(drop=True))

    def keep(self, name: str, make: Callable[[], _Made]) -> _Made:
        """Return what many rules ask for, made once; nobody may change it in place."""
        if name not in self.kept:
            self.kept[name] = make()
        return cast("_Made", self.kept[name])


def providers_of(scheme: Scheme, tables: Tables) -> list[str]:
    """Return the providers of a data set: those with rows in the table that every answer needs, sorted.

    Raises
    ------
    IntakeError
        If there is no such table.
    """
    rows, owner = tables.get(scheme.provider_table), scheme.provider_column
    if rows is None or owner not in rows.columns:
        raise IntakeError(
            f"the data set has no table {scheme.provider_table} with a column {owner}; "
            f"every {scheme.name.upper()} answer needs it"
        )
    return sorted(rows[owner].dropna().unique())


def as_day(text: str | dt.date, *, name: str, called: str) -> pd.Timestamp:
    """Return a day that was given as a date or as the text of one.

    Parameters
    ----------
    text
        The day.
    name, called
        The parameter in which it arrived, and what a message calls it.

    Raises
    ------
    IntakeError
        If it is no date.
    """
    try:
        # A bare number would be taken for nanoseconds since 1970.
        day = text if isinstance(text, dt.date) else dt.date.fromisoformat(as_text(text, name=name))
        return pd.Timestamp(day).normalize()
    except ValueError:
        raise IntakeError(f"the {called} is {text!r}; expected a date as 2024-04-30") from None
