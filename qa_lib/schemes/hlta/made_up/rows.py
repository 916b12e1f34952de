"""The rows of the made-up tables, one class per table; what is usual in a column is said once, here."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa_lib.made_up.row import Row, row_of
from qa_lib.schemes.hlta.tables import TABLES


@row_of(
    TABLES["cases"],
    first_solo=False,
    preparation_days="3",
    preparation_set_apart=False,
    funded=True,
    judged_ready=True,
    opportunity=True,
    employer_support=True,
)
class Case(Row):
    """A row of ``cases``; what belongs to the file but to another table is kept in :class:`Year`."""


@row_of(TABLES["assessors"])
class Assessor(Row):
    """A row of ``assessors``."""


@row_of(TABLES["pops"])
class Pop(Row):
    """A row of ``pops``."""


@row_of(TABLES["scrutiny"], issue_of_principle=False)
class Scrutiny(Row):
    """A row of ``scrutiny``."""


@row_of(TABLES["events"])
class Event(Row):
    """A row of ``events``."""


@row_of(TABLES["national_standards"])
class NationalStandard(Row):
    """A row of ``national_standards``."""


@row_of(TABLES["moderations"], decision="endorsed")
class Moderation(Row):
    """A row of ``moderations``: what a moderator finds, or would find, in one file."""


@row_of(
    TABLES["appeals"],
    by_candidate=True,
    ground="procedure",
    answered_in_writing=True,
    partnership_route_explained=True,
)
class Appeal(Row):
    """A row of ``appeals``."""


@row_of(TABLES["enquiries"])
class Enquiry(Row):
    """A row of ``enquiries``."""


@row_of(TABLES["actions"])
class Action(Row):
    """A row of ``actions``."""


@row_of(TABLES["training"])
class Training(Row):
    """A row of ``training``."""


@row_of(TABLES["feedback_log"], feedback_id="")
class Feedback(Row):
    """A row of ``feedback_log``."""


@row_of(TABLES["publications"])
class Publication(Row):
    """A row of ``publications``."""


@row_of(TABLES["forums"])
class Forum(Row):
    """A row of ``forums``."""


@dataclass(kw_only=True)
class Year:
    """All tables of a made-up Partnership, before they are written.

    Attributes
    ----------
    insufficient
        Case id -> standards judged insufficient; all others are met.
    missing_forms
        Case id -> forms that the file lacks.
    """

    cases: list[Case] = field(default_factory=list)
    assessors: list[Assessor] = field(default_factory=list)
    pops: list[Pop] = field(default_factory=list)
    scrutiny: list[Scrutiny] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    national_standards: list[NationalStandard] = field(default_factory=list)
    moderations: list[Moderation] = field(default_factory=list)
    appeals: list[Appeal] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    training: list[Training] = field(default_factory=list)
    feedback_log: list[Feedback] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    forums: list[Forum] = field(default_factory=list)
    insufficient: dict[str, list[int]] = field(default_factory=dict)
    missing_forms: dict[str, set[str]] = field(default_factory=dict)
