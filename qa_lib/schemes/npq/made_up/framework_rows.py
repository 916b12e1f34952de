"""The rows of the made-up NPQ tables, one class per table; what is usual in a column is said once, here."""

from __future__ import annotations

from dataclasses import dataclass, field

from qa_lib.made_up.row import Row, row_of
from qa_lib.schemes.npq.tables import TABLES


@row_of(TABLES["schools"], without="la_district")
class School(Row):
    """A made-up school."""

    @property
    def fsm(self) -> str:
        """``high`` where at least 30 % of the pupils are eligible for free school meals, from counts; else ``low``."""
        return "high" if 10 * self.fsm_pupils >= 3 * self.pupils else "low"


@row_of(
    TABLES["participants"],
    result="none",
    staff_role="none",
    previous_attempt="none",
)
class Participant(Row):
    """Somebody enrolled at one level with one provider."""

    age_band: str = ""


@row_of(TABLES["targets"])
class Target(Row):
    """What a provider should reach: people for M1, shares from 0 to 1 for M2 and M3."""


@row_of(TABLES["scripts"])
class Script(Row):
    """The final assessment of a participant."""


@row_of(TABLES["national_moderation"])
class NationalModeration(Row):
    """What national moderation would find in a script."""


@row_of(TABLES["feedback"])
class Feedback(Row):
    """A participant's rating of the provider, 0 to 10."""


@row_of(TABLES["self_assessment"])
class SelfAssessment(Row):
    """A provider's judgement of one requirement of the framework."""


@row_of(TABLES["personnel"])
class Person(Row):
    """Somebody who delivers a level for a provider."""


@row_of(TABLES["delivery"])
class Delivery(Row):
    """When a level's content is designed to be delivered, and where."""


@row_of(TABLES["publications"])
class Publication(Row):
    """Something that a provider made public."""


@row_of(TABLES["returns"])
class Return(Row):
    """A return that a provider made."""


@row_of(TABLES["malpractice"])
class Malpractice(Row):
    """An investigation or finding, when it was known and when reported."""


@row_of(TABLES["actions"])
class Action(Row):
    """A remedial action or a revocation."""


@dataclass(kw_only=True)
class Framework:
    """All tables."""

    schools: list[School]
    participants: list[Participant]
    targets: list[Target] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    national_moderation: list[NationalModeration] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    self_assessment: list[SelfAssessment] = field(default_factory=list)
    personnel: list[Person] = field(default_factory=list)
    delivery: list[Delivery] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    malpractice: list[Malpractice] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
