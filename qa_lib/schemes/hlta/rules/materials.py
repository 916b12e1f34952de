"""What materials carry: national ones every partner's logo and the title, regional ones membership (HLTA.PAR.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from qa_lib.audit.answering import Statement, all_parts, answers, statement_on
from qa_lib.audit.words import is_word
from qa_lib.schemes.hlta.audit import Audit, blanks, with_summary


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What materials of one reach have to carry: the column that tells, and the severity in the rule's value.

    What is said of one that does not may name the ``title`` of the value.
    """

    reach: str
    column: str
    severity: str
    what: str
    lacking: str
    unsaid: str


_ASKED = (
    _Asked(
        reach="national",
        column="logos",
        severity="a_logo_missing",
        what="national materials carry the logo of every partner",
        lacking="national material without the logo of every partner",
        unsaid="whether it carries the logo of every partner",
    ),
    _Asked(
        reach="national",
        column="titled",
        severity="title_missing",
        what="national materials have the Partnership's title",
        lacking="national material that is not entitled {title}",
        unsaid="whether it has the Partnership's title",
    ),
    _Asked(
        reach="regional",
        column="membership",
        severity="membership_missing",
        what="regional materials acknowledge membership of the Partnership",
        lacking="regional material that does not say that the RPA is a member of the Partnership",
        unsaid="whether it acknowledges membership of the Partnership",
    ),
)


@answers("HLTA.PAR.6")
def materials_show_the_partnership(audit: Audit) -> Iterator[Statement]:
    """Look at each piece that was used in the months, by its reach; a blank yes or no is not assessable."""
    yield from all_parts(_of_no_reach(audit), *(_carried(audit, asked) for asked in _ASKED))


def _used(audit: Audit, *columns: str) -> pd.DataFrame:
    """Return the RPA's pieces that were used in the months; a blank day is no hindrance."""
    rows = audit.own("materials", "material_id", "reach", *columns)
    first, last = pd.Timestamp(f"{audit.months[0]}-01"), audit.year_so_far[1]
    if "used_from" in rows.columns:
        rows = rows[~(rows["used_from"] > last)]
    if "withdrawn_on" in rows.columns:
        rows = rows[~(rows["withdrawn_on"] < first)]
    return rows.sort_values("material_id", ignore_index=True)


def _of_no_reach(audit: Audit) -> Iterator[Statement]:
    rows = _used(audit)
    why = "whether it is for the whole country or for the region is blank"
    yield from blanks(rows[rows["reach"].isna()], "material_id", "material", why)


def _carried(audit: Audit, asked: _Asked) -> Iterator[Statement]:
    rows = _used(audit, asked.column)
    rows, value = rows[is_word(rows["reach"], asked.reach)], audit.value("HLTA.PAR.6")
    lacking = asked.lacking.format(title=value["title"])
    why = f"{asked.unsaid} is blank"
    found = [*blanks(rows[rows[asked.column].isna()], "material_id", "material", why)]
    for row in rows[rows[asked.column].eq(other=False).fillna(False)].to_dict("records"):
        kind = "" if pd.isna(row.get("kind", pd.NA)) else f" ({row['kind']})"
        found.append(statement_on("material", row["material_id"], value[asked.severity], f"{lacking}{kind}"))
    yield from with_summary(found, whole=len(rows), what=asked.what)
