"""The tables of the NPQ quality framework.

Of ``participants`` only id, provider and level are required. Its columns beyond the listed ones are further
characteristics, and kept as text. Columns and tables that serve one rule are marked with it.
"""

from __future__ import annotations

from qa_lib.tables.vocabulary import Table, ahead, choice, columns, count, since, table

LEVELS = "NPQML NPQSL NPQH NPQEL"

#: Kind of organisation -> the columns of ids that name one.
ORGANISATIONS = {"provider": "provider", "school": "school_urn urn"}
#: Columns of ids that name a person.
PEOPLE = "assessor_id person_id set_by"
#: Columns of free text that decide what is counted together.
GROUPS = "year period cohort sex disability ethnicity job_role la la_district region phase type ofsted judgement metric"

TABLES: dict[str, Table] = dict(
    [
        table(
            "participants",
            columns("id", "participant_id provider", required=True),
            choice("level", LEVELS, required=True),
            columns("text", "year"),
            columns("date", "enrolled_on commenced_on presented_on"),
            choice("result", "pass fail none"),
            columns("date", "withdrawn_on deferred_on"),
            columns("text", "reason"),
            columns("date", "awarded_on feedback_completed_on"),
            columns("text", "name"),
            choice("staff_role", "none facilitator administrator team"),
            choice("previous_attempt", "none withdrawn deferred failed"),
            columns("id", "trn"),
            columns("text", "job_role"),
            columns("id", "school_urn"),
            columns("text", "sex disability ethnicity"),
            key="participant_id",
            noticed="school_urn:schools.urn",
            keeps_extra=True,
            known_from="enrolled_on",
        ),
        table(
            "targets",
            columns("id", "provider"),
            choice("level", LEVELS),
            columns("text", "year"),
            choice("metric", "M1 M2 M3"),
            columns("decimal", "target"),
            key="provider level year metric",
        ),
        table(
            "scripts",
            columns("id", "participant_id"),
            columns("decimal", "final_mark"),
            columns("bool", "passed peer_moderated changed"),
            columns("date", "assessed_on"),
            columns("id", "assessor_id"),
            key="participant_id",
            to="participant_id:participants.participant_id",
            known_from="assessed_on",
        ),
        table(
            "national_moderation",
            columns("id", "participant_id"),
            columns("date", "moderated_on"),
            columns("decimal", "original_mark moderated_mark"),
            columns("bool", "original_passed moderated_passed"),
            key="participant_id",
            to="participant_id:participants.participant_id",
            known_from="moderated_on",
        ),
        table(
            "feedback",
            columns("id", "participant_id"),
            columns("decimal", "rating"),
            columns("date", "completed_on"),
            key="participant_id",
            to="participant_id:participants.participant_id",
            known_from="completed_on",
        ),
        table(
            "schools",
            columns("id", "urn"),
            columns("text", "name la la_district region phase type ofsted"),
            count("pupils"),
            count("fsm_pupils"),
            key="urn",
        ),
        table(
            "self_assessment",  # REQ.1
            columns("id", "provider"),
            columns("text", "period"),
            choice("requirement", "A B C D E F G H I J K L M N O"),
            columns("text", "judgement evidence owner"),
            columns("date", "assessed_on"),
            key="provider period requirement",
            known_from="assessed_on",
        ),
        table(
            "personnel",  # REQ.2, REQ.4
            columns("id", "person_id provider"),
            choice("level", LEVELS),
            choice("role", "facilitator assessor coach moderator other"),
            columns("bool", "serving_leader"),
            since("trained", "trained_on"),
            columns("date", "trained_on"),
            key="person_id provider level role",
        ),
        table(
            "delivery",  # REQ.3, REQ.7
            columns("id", "provider"),
            choice("level", LEVELS),
            columns("text", "cohort"),
            ahead("designed_from designed_to"),
            columns("text", "area_las"),
        ),
        table(
            "publications",  # REQ.5, RET.2
            columns("id", "provider"),
            choice("level", LEVELS),
            choice("item", "cost duration performance"),
            columns("date", "published_on"),
            columns("text", "place"),
            known_from="published_on",
        ),
        table(
            "returns",  # RET.1
            columns("id", "provider"),
            choice("kind", "metrics recruitment assessment_outcomes"),
            columns("date", "returned_on"),
            columns("text", "note"),
            key="provider kind returned_on",
            known_from="returned_on",
        ),
        table(
            "malpractice",  # REQ.6
            columns("id", "malpractice_id provider"),
            choice("stage", "investigation finding"),
            columns("date", "known_on reported_on"),
            columns("text", "note"),
            key="malpractice_id",
            known_from="known_on",
        ),
        table(
            "actions",  # REM.1
            columns("id", "action_id provider"),
            choice("level", LEVELS),
            columns("text", "metric"),
            choice("kind", "remedial revocation"),
            choice("serious_case", "first second third"),
            choice("state", "open closed appealed upheld overturned"),
            columns("date", "opened_on closed_on appealed_on"),
            columns("id", "set_by"),
            columns("text", "note"),
            key="action_id",
            known_from="opened_on",
        ),
    ]
)
