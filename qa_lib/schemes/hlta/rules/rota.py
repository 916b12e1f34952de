"""A rota for peer review (HLTA.PEER.1, HLTA.PEER.2): pairings, named reviewers and deputies, absences.

Who reviews whom is :mod:`~qa_lib.schemes.hlta.rules.pairings`. Within an RPA whoever has reviewed least comes next,
and the one after is the deputy. An absent person's place is taken by the deputy, and the next in turn is named deputy.
Where a whole RPA is absent for a month, another one stands in for that month, and the pairing stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from qa_lib.audit.as_known import as_known
from qa_lib.calendar.months import check_month, month_after, month_number
from qa_lib.errors import IntakeError
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.hlta.rules.pairings import Pairing, Past, next_pairing, past_pairings
from qa_lib.schemes.hlta.rules.rpas_of_people import partnership, with_role
from qa_lib.schemes.hlta.tables import TABLES

#: Columns of a rota.
COLUMNS = [
    *("month", "from_month", "to_month", "reviewed_rpa", "reviewing_rpa", "stand_in_rpa", "peer_reviewer", "deputy"),
    "note",
]
_TWO = "two RPAs: no change of pairing is possible"
#: Name of a person or an RPA -> the months of absence.
Absent = Mapping[str, Collection[str]]


def peer_review_rota(
    people: Mapping[str, Sequence[str]],
    *,
    first_month: str,
    months: int,
    period: int,
    absent: Absent | None = None,
    past: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return a rota of peer review: in each month each RPA reviews one other and is reviewed by one.

    Parameters
    ----------
    people
        RPA -> its peer reviewers; two RPAs or more. Without names the rota has pairings alone.
    first_month, months
        The first month and how many there are.
    period
        How many months a pairing lasts: the value of HLTA.PEER.2.
    absent
        Name of a person or an RPA -> months of absence.
    past
        Months gone by, as a rota or with its columns ``month``, ``reviewed_rpa``, ``reviewing_rpa`` and perhaps
        ``peer_reviewer``. A period that has begun is brought to its end, and what was used is not used again first.

    Returns
    -------
    DataFrame
        Columns :data:`COLUMNS`, a row per month and reviewed RPA. ``from_month`` and ``to_month`` are those of the
        pairing, as far as they lie in the rota. ``stand_in_rpa`` reviews in place of an absent
        ``reviewing_rpa``; ``note`` says what is other than usual.

    Raises
    ------
    IntakeError
        If there are fewer than two RPAs, or with everything that is wrong with months and absences.
    """
    absent = absent or {}
    _check(people, first_month, months, period, absent)
    rpas = sorted(people)
    done = pd.DataFrame(columns=COLUMNS) if past is None else past[past["month"] < first_month]
    turns = _Turns(people={rpa: _order(people[rpa], done) for rpa in rpas}, absent=absent)
    rows = []
    for pairing, span in _stretches(rpas, first_month, months, period, past_pairings(done, rpas)):
        for month in span:
            turns.busy.clear()
            for reviewed in rpas:
                row = {"month": month, "from_month": span[0], "to_month": span[-1], "reviewed_rpa": reviewed}
                rows.append(row | turns.review(month, reviewed, pairing[reviewed]))
    return pd.DataFrame(rows, columns=COLUMNS)


def proposed_rota(
    tables: Mapping[str, pd.DataFrame],
    book: RuleBook,
    *,
    first_month: str,
    months: int,
    absent: Absent | None = None,
) -> pd.DataFrame:
    """Return a rota that continues the events of a data set with those who are its peer reviewers.

    Parameters
    ----------
    tables, book
        Of the whole Partnership; the rule book says how long a pairing lasts (HLTA.PEER.2).
    first_month, months, absent
        As for :func:`peer_review_rota`, whose frame it returns.
    """
    day = pd.Timestamp(f"{check_month(first_month)}-01")
    known = as_known({name: tables[name] for name in ("assessors", "actions") if name in tables}, TABLES, day)
    named = with_role(known, "peer_reviewer", day)
    names = {"rpa": "reviewed_rpa", "peer_rpa": "reviewing_rpa", "peer_reviewer_id": "peer_reviewer"}
    events = tables.get("events", pd.DataFrame()).rename(columns=names)
    past = events.reindex(columns=["month", *names.values()]).astype("str")
    return peer_review_rota(
        {rpa: named.get(rpa, []) for rpa in partnership(tables)},
        first_month=first_month,
        months=months,
        period=book["HLTA.PEER.2"].on(first_month).value,
        absent=absent,
        past=past.dropna(subset=["month", "reviewed_rpa", "reviewing_rpa"]),
    )


def _check(people: Mapping[str, Sequence[str]], first: str, months: int, period: int, absent: Absent) -> None:
    check_month(first)
    faults = []
    if len(people) < 2:
        faults.append(f"{len(people)} RPAs arrived; expected two or more, for each is reviewed by another")
    if months < 1 or period < 1:
        faults.append(f"{months} months in periods of {period} arrived; expected 1 or more of both")
    span = {month_after(first, n) for n in range(months)}
    known = {*people, *(person for names in people.values() for person in names)}
    for name, away in sorted(absent.items()):
        if name not in known:
            faults.append(f"{name!r} is absent and is no RPA or peer reviewer of the rota; correct the name")
        if wrong := sorted(set(away) - span):
            faults.append(f"{name!r} is absent in {', '.join(wrong)}; expected months of the rota, from {first}")
    if faults:
        raise IntakeError("\n".join(faults))


def _order(names: Sequence[str], past: pd.DataFrame) -> list[str]:
    """Return an RPA's people, those first who reviewed longest ago or never."""
    reviewed = past.dropna(subset=["peer_reviewer"]) if "peer_reviewer" in past.columns else past.head(0)
    last = dict(reviewed.groupby("peer_reviewer")["month"].max()) if len(reviewed) else {}
    return sorted(set(names), key=lambda person: (last.get(person, ""), person))


def _stretches(
    rpas: list[str], first: str, months: int, period: int, past: Past
) -> Iterator[tuple[Pairing, list[str]]]:
    """Yield each pairing with its months; what has begun and is whole goes on until the period is over."""
    held = max((month_number(first) - month_number(since) for since in past.since.values()), default=period)
    whole = sorted(past.last) == sorted(past.last.values()) == rpas
    place, left = 0, period - held if whole and held < period else 0
    used, pairing = past.used, past.last
    while place < months:
        if not left:
            pairing = next_pairing(rpas, Past(used, pairing))
            used = used + Counter(pairing.items())
            left = period
        span = [month_after(first, n) for n in range(place, min(place + left, months))]
        yield pairing, span
        place, left = place + left, 0


@dataclass
class _Turns:
    """Whose turn it is: counts of what each has done so far, and who has a task in the month."""

    people: Mapping[str, list[str]]
    absent: Absent
    served: Counter[str] = field(default_factory=Counter)
    stood_in: Counter[str] = field(default_factory=Counter)
    busy: set[str] = field(default_factory=set)

    def review(self, month: str, reviewed: str, reviewing: str) -> dict[str, str]:
        """Return who reviews an RPA in a month."""
        notes = [_TWO] if len(self.people) == 2 else []
        acting, stand_in = reviewing, ""
        if self._away(reviewing, month):
            able = [rpa for rpa in self.people if rpa not in (reviewed, reviewing) and not self._away(rpa, month)]
            stand_in = min(able, key=lambda rpa: (self.stood_in[rpa], rpa), default="")
            self.stood_in[stand_in] += 1
            acting = stand_in
            other = f"{stand_in} stands in for the month" if stand_in else "no other can stand in; agree who reviews"
            notes.append(f"{reviewing} is absent: {other}")
        reviewer, deputy, note = self._named(month, acting, reviewed)
        return {
            "reviewing_rpa": reviewing, "stand_in_rpa": stand_in, "peer_reviewer": reviewer, "deputy": deputy,
            "note": "; ".join(filter(None, [*notes, note])),
        }  # fmt: skip

    def _away(self, rpa: str, month: str) -> bool:
        people = self.people[rpa]
        return self._absent(rpa, month) or (bool(people) and all(self._absent(person, month) for person in people))

    def _absent(self, name: str, month: str) -> bool:
        return month in self.absent.get(name, ())

    def _named(self, month: str, rpa: str, reviewed: str) -> tuple[str, str, str]:
        """Return reviewer, deputy and what is to be said of them."""
        if not rpa or not any(self.people.values()):
            return "", "", ""
        barred = self.busy | set(self.people[reviewed])
        names = [person for person in self.people[rpa] if person not in barred]
        queue = sorted(names, key=lambda person: (self.served[person], self.people[rpa].index(person)))
        here = [person for person in queue if not self._absent(person, month)]
        reviewer, deputy = [*here, "", ""][:2]
        self.served[reviewer] += 1
        self.busy |= {reviewer, deputy}
        if not reviewer:
            return "", "", f"no peer reviewer of {rpa} is free"
        missing = [person for person in queue[:2] if person not in here]
        note = f"{' and '.join(missing)} absent" if missing else ""
        if queue[0] in missing:
            note += f": {reviewer} steps in"
        return reviewer, deputy, note if deputy else "; ".join(filter(None, [note, f"no deputy of {rpa} is free"]))
