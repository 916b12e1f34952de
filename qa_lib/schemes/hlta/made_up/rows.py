"""The rows of the made-up tables, one class per table; field order is column order, what is usual is the default."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

Date = dt.date


@dataclass(kw_only=True)
class Case:
    """A row of ``cases``; what belongs to the file but to another table is kept in :class:`Year`."""

    case_id: str
    rpa: str
    month: str
    candidate_id: str
    assessor_id: str
    pop_id: str
    school_urn: str
    school_region: str
    school_county: str
    school_la: str
    attempt: str
    outcome: str
    difficult: bool
    first_solo: bool = False
    allocated_on: Date
    assessed_on: Date
    submitted_on: Date
    l2_english_submitted_on: Date | None
    l2_maths_submitted_on: Date | None
    standard11_verified_on: Date | None
    registered_on: Date
    paid_on: Date | None
    result_released_on: Date | None = None
    level2_checked_on: Date
    first_session_on: Date
    second_session_on: Date
    fee: str
    charges: str
    preparation_days: str = "3"
    preparation_set_apart: bool = False
    preparation_concern: bool
    evidence_from: Date
    evidence_to: Date
    senior_assessor_id: str = ""
    previous_assessor_id: str = ""
    setting: str
    ages_min: int
    ages_max: int
    funded: bool = True
    judged_ready: bool = True
    opportunity: bool = True
    employer_support: bool = True
    disability_disclosed: bool
    adjustments: str
    paperwork_due_on: Date
    paperwork_on: Date
    assessment_information_on: Date
    appeals_information_on: Date


@dataclass(kw_only=True)
class Assessor:
    """A row of ``assessors``."""

    assessor_id: str
    rpa: str
    started_on: Date
    assessments_before: int
    past_difficulty: str
    roles: list[str]
    moderator_confirmed_on: Date | None
    moderator_confirmed_by: str
    trained: list[str]
    capacity_per_month: int
    outside_assignment: str = ""


@dataclass(kw_only=True)
class Pop:
    """A row of ``pops``."""

    pop_id: str
    rpa: str
    past_difficulty: str


@dataclass(kw_only=True)
class Scrutiny:
    """A row of ``scrutiny``."""

    case_id: str
    scrutinised_on: Date
    by: str
    result: str
    issue_of_principle: bool = False


@dataclass(kw_only=True)
class Event:
    """A row of ``events``."""

    rpa: str
    month: str
    event_on: Date
    frozen_on: Date
    peer_reviewer_id: str
    peer_rpa: str
    deputy_id: str
    seed: str
    seed_given_on: Date
    joint_report_on: Date | None
    issues: str
    improvements: str


@dataclass(kw_only=True)
class NationalStandard:
    """A row of ``national_standards``."""

    month: str
    standard: int


@dataclass(kw_only=True)
class Moderation:
    """A row of ``moderations``: what a moderator finds, or would find, in one file."""

    case_id: str
    moderated_on: Date
    moderator_id: str
    second_moderator_id: str = ""
    decision: str = "endorsed"
    final_outcome: str
    reason: str = ""
    strengths: str
    weaknesses: str
    standards: list[int]


@dataclass(kw_only=True)
class Appeal:
    """A row of ``appeals``."""

    appeal_id: str
    case_id: str
    rpa: str
    received_on: Date
    by_candidate: bool = True
    ground: str = "procedure"
    nature: str
    acknowledged_on: Date | None
    due_on: Date
    answered_on: Date | None
    shared_on: Date | None
    answered_in_writing: bool = True
    partnership_route_explained: bool = True
    outcome: str
    decided_by: str
    decided_by_rpa: str
    panel_on: Date | None = None
    panel_member_1: str = ""
    panel_member_1_rpa: str = ""
    panel_member_2: str = ""
    panel_member_2_rpa: str = ""
    panel_outcome: str = ""


@dataclass(kw_only=True)
class Enquiry:
    """A row of ``enquiries``."""

    enquiry_id: str
    rpa: str
    received_on: Date
    acknowledged_on: Date
    replied_on: Date | None
    subject: str


@dataclass(kw_only=True)
class Action:
    """A row of ``actions``."""

    action_id: str
    assessor_id: str
    rpa: str
    procedure: str
    opened_on: Date
    closed_on: Date | None
    responsible: str
    reason: str
    result: str


@dataclass(kw_only=True)
class Training:
    """A row of ``training``."""

    assessor_id: str
    rpa: str
    stage: str
    topic: str
    taken_on: Date


@dataclass(kw_only=True)
class Feedback:
    """A row of ``feedback_log``."""

    feedback_id: str = ""
    rpa: str
    month: str
    subject: str
    case_id: str = ""
    pop_id: str = ""
    assessor_id: str = ""
    given_by: str = ""
    raised_on: Date
    told_pop_on: Date | None = None
    told_candidate_on: Date | None = None
    told_assessor_on: Date | None = None
    note: str


@dataclass(kw_only=True)
class Publication:
    """A row of ``publications``."""

    rpa: str
    item: str
    published_on: Date
    reviewed_on: Date | None
    withdrawn_on: Date | None
    place: str
    amount: str


@dataclass(kw_only=True)
class Forum:
    """A row of ``forums``."""

    held_on: Date
    rpa: str
    peer_reviewer_id: str
    attended: bool


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
