"""A month of a few files with what moderators, the log and the register of actions say of them."""

from __future__ import annotations

from functools import cache

from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files, frame

from qa_lib import draw, freeze, open_register

#: What must stay text wherever it is shown.
HOSTILE = ('<script class="evil">alert(1)</script>', '=HYPERLINK("http://example.invalid/","x")', "\u202egnp.exe 🎉")
_ROWS = (
    {"assessor_id": "A1", "pop_id": "P1", "outcome": "partial_reassessment"},
    {"assessor_id": "A1", "pop_id": "P1", "outcome": "full_reassessment"},
    {"assessor_id": "A2", "pop_id": "P2", "outcome": "partial_reassessment", "difficult": True},
    {"assessor_id": "A3", "pop_id": "P2", "outcome": "insufficient_evidence", "disability_disclosed": True},
)
CASES = files(*_ROWS, candidate_id="kandidat", preparation_concern=False, adjustments="a scribe")
_SAID = {"moderated_on": "2024-04-10", "moderator_id": "M7", "decision": "endorsed", "standards": "3;10"}
MODERATIONS = frame(
    "moderations",
    [
        {**_SAID, "case_id": "c001", "decision": "overturned", "final_outcome": "met", "second_moderator_id": "M8",
         "reason": "Standard 4 is evidenced.", "strengths": HOSTILE[0], "weaknesses": HOSTILE[1]},
        {**_SAID, "case_id": "c002", "final_outcome": "full_reassessment", "strengths": "Clear.",
         "weaknesses": HOSTILE[2]},
        {**_SAID, "case_id": "c003", "decision": "overturned", "final_outcome": "met"},
        {**_SAID, "case_id": "c004", "decision": None},
    ],
)  # fmt: skip
ACTIONS = frame(
    "actions",
    [
        {"action_id": "AC1", "assessor_id": "A9", "rpa": RPA, "procedure": "suspension", "opened_on": "2024-04-15",
         "closed_on": None, "responsible": "S1", "reason": None},
        {"action_id": "AC2", "assessor_id": "A8", "rpa": RPA, "procedure": "training", "opened_on": "2024-04-15",
         "closed_on": "2024-04-16", "responsible": "S1", "reason": "Summaries."},
    ],
)  # fmt: skip
_ENTRY = {"rpa": RPA, "month": MONTH, "raised_on": "2024-03-13", "told_candidate_on": "2024-03-13",
          "told_assessor_on": None, "given_by": "A1"}  # fmt: skip
LOG = frame(
    "feedback_log",
    [
        {**_ENTRY, "feedback_id": "F1", "subject": "harm", "case_id": "c001", "told_pop_on": "2024-03-14",
         "note": HOSTILE[0]},
        {**_ENTRY, "feedback_id": "F2", "subject": "preparation", "pop_id": "P3", "note": "Well prepared."},
        {**_ENTRY, "feedback_id": "F3", "subject": "assessor", "pop_id": "P4", "note": "Not for a PoP."},
    ],
)  # fmt: skip
EVENTS = frame(
    "events",
    [{"rpa": RPA, "month": MONTH, "event_on": "2024-04-10", "peer_reviewer_id": "R1", "peer_rpa": OTHER,
      "deputy_id": "R2", "issues": HOSTILE[1], "improvements": HOSTILE[0]}],
)  # fmt: skip
TABLES = {"cases": CASES, "moderations": MODERATIONS, "actions": ACTIONS, "feedback_log": LOG, "events": EVENTS}


@cache
def drawn():
    """Return the draw of the month: all files are certain."""
    frozen = freeze({"cases": CASES}, BOOK, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    return draw(frozen, seed="1234 5624 1553 2461 4", reviewer="R1", reviewer_rpa=OTHER)


def scene(*, without=(), **given):
    """Return the audit of the month, without the tables that are named."""
    tables = {name: table for name, table in TABLES.items() if name not in without}
    return audit(**({"draws": [drawn()]} | tables | given))
