"""The rows of the made-up NPQ tables, by the columns of ``qa_lib.schemes.npq.tables``."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

Day = dt.date | None


@dataclass(kw_only=True, slots=True)
class School:
    """A made-up school."""

    urn: str
    name: str
    la: str
    region: str
    phase: str
    type: str
    ofsted: str
    pupils: int
    fsm_pupils: int

    @property
    def fsm(self) -> str:
        """``high`` where at least 30 % of the pupils are eligible for free school meals, from counts; else ``low``."""
        return "high" if 10 * self.fsm_pupils >= 3 * self.pupils else "low"


@dataclass(kw_only=True, slots=True)
class Participant:
    """Somebody enrolled at one level with one provider."""

    participant_id: str
    provider: str
    level: str
    year: str
    enrolled_on: dt.date
    commenced_on: dt.date
    presented_on: Day = None
    result: str = "none"
    withdrawn_on: Day = None
    deferred_on: Day = None
    reason: str = ""
    awarded_on: Day = None
    feedback_completed_on: Day = None
    name: str = ""
    staff_role: str = "none"
    previous_attempt: str = "none"
    trn: str = ""
    job_role: str = ""
    school_urn: str = ""
    sex: str = ""
    disability: str = ""
    ethnicity: str = ""
    age_band: str = ""


@dataclass(kw_only=True, slots=True)
class Target:
    """What a provider should reach: people for M1, shares from 0 to 1 for M2 and M3."""

    provider: str
    level: str
    year: str
    metric: str
    target: str


@dataclass(kw_only=True, slots=True)
class Script:
    """The final assessment of a participant."""

    participant_id: str
    final_mark: int
    passed: bool
    peer_moderated: bool
    changed: bool
    assessed_on: dt.date
    assessor_id: str


@dataclass(kw_only=True, slots=True)
class NationalModeration:
    """What national moderation would find in a script."""

    participant_id: str
    moderated_on: dt.date
    original_mark: int
    moderated_mark: int
    original_passed: bool
    moderated_passed: bool


@dataclass(kw_only=True, slots=True)
class Feedback:
    """A participant's rating of the provider, 0 to 10."""

    participant_id: str
    rating: int
    completed_on: dt.date


@dataclass(kw_only=True, slots=True)
class SelfAssessment:
    """A provider's judgement of one requirement of the framework."""

    provider: str
    period: str
    requirement: str
    judgement: str
    evidence: str
    owner: str
    assessed_on: Day


@dataclass(kw_only=True, slots=True)
class Person:
    """Somebody who delivers a level for a provider."""

    person_id: str
    provider: str
    level: str
    role: str
    serving_leader: bool
    trained: bool
    trained_on: Day


@dataclass(kw_only=True, slots=True)
class Delivery:
    """When a level's content is designed to be delivered, and where."""

    provider: str
    level: str
    cohort: str
    designed_from: dt.date
    designed_to: dt.date
    area_las: list[str]


@dataclass(kw_only=True, slots=True)
class Publication:
    """Something that a provider made public."""

    provider: str
    level: str
    item: str
    published_on: Day
    place: str


@dataclass(kw_only=True, slots=True)
class Return:
    """A return that a provider made."""

    provider: str
    kind: str
    returned_on: dt.date
    note: str


@dataclass(kw_only=True, slots=True)
class Malpractice:
    """An investigation or finding, when it was known and when reported."""

    malpractice_id: str
    provider: str
    stage: str
    known_on: dt.date
    reported_on: Day
    note: str


@dataclass(kw_only=True, slots=True)
class Action:
    """A remedial action or a revocation."""

    action_id: str
    provider: str
    level: str
    metric: str
    kind: str
    serious_case: str = ""
    state: str
    opened_on: dt.date
    closed_on: Day = None
    appealed_on: Day = None
    set_by: str
    note: str


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
