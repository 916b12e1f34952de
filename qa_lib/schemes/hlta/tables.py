"""The tables of HLTA moderation. Only six columns of ``cases`` are required: a draw needs no more.

Any other column or table may be absent; rules that need it then say that they cannot be assessed. Columns that serve
one rule are marked with it.
"""

from __future__ import annotations

from qa_lib.tables.vocabulary import Column, Table, ahead, choice, columns, count, table

OUTCOMES = "met partial_reassessment full_reassessment insufficient_evidence"
STANDARDS = " ".join(str(number) for number in range(1, 34))
# The assessment grid is one form with two numbers, F9/10.
FORMS = " ".join([f"F{number}" for number in range(16)] + ["F9/10"])
PAST_DIFFICULTY = "none some serious"


def _standards(name: str) -> tuple[Column, ...]:
    return choice(name, STANDARDS, kind="choices")


#: Kind of organisation -> the columns of ids that name one.
ORGANISATIONS = {
    "provider": "rpa peer_rpa decided_by_rpa panel_member_1_rpa panel_member_2_rpa",
    "pop_id": "pop_id",
    "school": "school_urn",
}
#: Columns of ids that name a person.
PEOPLE = (
    "assessor_id senior_assessor_id previous_assessor_id moderator_id second_moderator_id moderator_confirmed_by "
    "peer_reviewer_id deputy_id by given_by decided_by panel_member_1 panel_member_2 responsible"
)
#: Columns of free text that decide what is counted together.
GROUPS = "school_region school_county school_la setting topic"

TABLES: dict[str, Table] = dict(
    [
        table(
            "cases",
            columns("id", "case_id rpa", required=True),
            columns("month", "month", required=True),
            columns("id", "candidate_id"),
            columns("id", "assessor_id pop_id", required=True),
            columns("id", "school_urn"),
            columns("text", "school_region school_county school_la"),  # county, la: REG.1
            choice("attempt", "first resubmission full_reassessment"),
            choice("outcome", OUTCOMES, required=True),
            columns("bool", "difficult first_solo"),
            columns("date", "allocated_on assessed_on submitted_on l2_english_submitted_on l2_maths_submitted_on"),
            columns("date", "standard11_verified_on registered_on paid_on result_released_on"),
            columns("date", "level2_checked_on first_session_on second_session_on"),  # PREP.6
            columns("decimal", "fee charges preparation_days"),
            columns("bool", "preparation_set_apart preparation_concern"),  # PREP.3, PREP.7
            columns("date", "evidence_from evidence_to"),
            columns("id", "senior_assessor_id previous_assessor_id"),  # previous: SCR.3
            columns("text", "setting"),
            count("ages_min", most=120),
            count("ages_max", most=120),
            columns("bool", "funded judged_ready opportunity employer_support disability_disclosed"),
            columns("text", "adjustments"),
            ahead("paperwork_due_on"),
            columns("date", "paperwork_on"),
            columns("date", "assessment_information_on appeals_information_on"),  # APP.3
            key="case_id",
            noticed="assessor_id:assessors.assessor_id pop_id:pops.pop_id",
            known_from="submitted_on",
        ),
        table(
            "judgements",
            columns("id", "case_id"),
            count("standard", least=1, most=33),
            choice("judgement", "met insufficient"),
            key="case_id standard",
            to="case_id:cases.case_id",
        ),
        table("forms", columns("id", "case_id"), choice("form", FORMS), key="case_id form", to="case_id:cases.case_id"),
        table(
            "national_standards", columns("month", "month"), count("standard", least=1, most=33), key="month standard"
        ),
        table(
            "assessors",
            columns("id", "assessor_id rpa"),
            ahead("started_on"),
            count("assessments_before"),
            choice("past_difficulty", PAST_DIFFICULTY),
            choice("roles", "assessor senior moderator senior_moderator peer_reviewer", kind="choices"),
            columns("date", "moderator_confirmed_on"),
            columns("id", "moderator_confirmed_by"),
            columns("choices", "trained"),
            count("capacity_per_month"),  # PAR.3
            (Column("outside_assignment", "text", since="outside_assignment_on"),),  # ASR.7
            columns("date", "outside_assignment_on"),
            key="assessor_id rpa",
            whole=True,
        ),
        table("pops", columns("id", "pop_id rpa"), choice("past_difficulty", PAST_DIFFICULTY), key="pop_id rpa"),
        table(
            "scrutiny",
            columns("id", "case_id"),
            columns("date", "scrutinised_on"),
            columns("id", "by"),
            choice("result", "fit returned full_reassessment"),
            columns("bool", "issue_of_principle"),
            to="case_id:cases.case_id",
            known_from="scrutinised_on",
        ),
        table(
            "events",
            columns("id", "rpa"),
            columns("month", "month"),
            columns("date", "event_on frozen_on"),
            columns("id", "peer_reviewer_id peer_rpa deputy_id"),
            columns("text", "seed"),
            columns("date", "seed_given_on joint_report_on"),
            columns("text", "issues"),
            columns("text", "improvements"),  # MOD.10
            key="rpa month event_on frozen_on",
            known_from="event_on",
            whole=True,
        ),
        table(
            "moderations",
            columns("id", "case_id"),
            columns("date", "moderated_on"),
            columns("id", "moderator_id second_moderator_id"),
            choice("decision", "endorsed overturned"),
            choice("final_outcome", OUTCOMES),
            columns("text", "reason strengths weaknesses not_moderatable_reason"),
            _standards("standards"),
            key="case_id moderated_on",
            to="case_id:cases.case_id",
            known_from="moderated_on",
        ),
        table(
            "reviews",  # MOD.8: the separate review that ends *review pending*; the result is the outcome it left
            columns("id", "case_id"),
            columns("date", "reviewed_on"),
            columns("id", "by"),
            choice("result", OUTCOMES),
            key="case_id reviewed_on",
            to="case_id:cases.case_id",
            known_from="reviewed_on",
        ),
        table(
            "appeals",  # APP.1-3
            columns("id", "appeal_id case_id rpa"),
            columns("date", "received_on"),
            columns("bool", "by_candidate"),
            choice("ground", "procedure judgement other"),
            columns("text", "nature"),
            columns("date", "acknowledged_on"),
            ahead("due_on"),
            columns("date", "answered_on shared_on"),
            columns("bool", "answered_in_writing partnership_route_explained"),
            choice("outcome", "upheld partly_upheld dismissed inadmissible withdrawn"),
            columns("id", "decided_by decided_by_rpa"),
            columns("date", "panel_on"),
            columns("id", "panel_member_1 panel_member_1_rpa panel_member_2 panel_member_2_rpa"),
            choice("panel_outcome", "upheld partly_upheld dismissed withdrawn"),
            key="appeal_id",
            noticed="case_id:cases.case_id",
            known_from="received_on",
        ),
        table(
            "enquiries",  # PAR.1
            columns("id", "enquiry_id rpa"),
            columns("date", "received_on acknowledged_on replied_on"),
            columns("text", "subject"),
            key="enquiry_id",
            known_from="received_on",
        ),
        table(
            "actions",  # ASR.6, MOD.9
            columns("id", "action_id assessor_id rpa"),
            choice("procedure", "suspension discussion training shadowing removal"),
            columns("date", "opened_on closed_on"),
            columns("id", "responsible"),
            columns("text", "reason result"),
            key="action_id",
            noticed="assessor_id:assessors.assessor_id",
            known_from="opened_on",
        ),
        table(
            "training",  # ASR.3, ASR.5
            columns("id", "assessor_id rpa"),
            choice("stage", "initial development"),
            columns("text", "topic"),
            columns("date", "taken_on"),
            noticed="assessor_id:assessors.assessor_id",
            known_from="taken_on",
        ),
        table(
            "feedback_log",  # PREP.7, MOD.9, MOD.11
            columns("id", "feedback_id rpa"),
            columns("month", "month"),
            choice("subject", "preparation harm documents assessor trend"),
            columns("id", "case_id pop_id assessor_id given_by"),
            columns("date", "raised_on told_pop_on told_candidate_on told_assessor_on"),
            columns("text", "note"),
            key="feedback_id",
            noticed="case_id:cases.case_id",
            known_from="raised_on",
        ),
        table(
            "publications",  # PAR.2, PAR.4, APP.3
            columns("id", "rpa"),
            choice("item", "contact fee charges appeals_procedure"),
            columns("date", "published_on reviewed_on withdrawn_on"),
            columns("text", "place"),
            columns("decimal", "amount"),
            known_from="published_on",
        ),
        table(
            "forums",  # PEER.4
            columns("date", "held_on"),
            columns("id", "rpa peer_reviewer_id"),
            columns("bool", "attended"),
            key="held_on rpa",
            known_from="held_on",
        ),
    ]
)
