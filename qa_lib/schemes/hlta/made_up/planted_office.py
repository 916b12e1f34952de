"""Facts of the office: appeals, enquiries, publications, capacity, and hostile text where people write freely."""

from __future__ import annotations

import datetime as dt

from qa_lib.schemes.hlta.made_up.assessors_and_pops import with_role
from qa_lib.schemes.hlta.made_up.planting import Planting
from qa_lib.schemes.hlta.made_up.scene import NORTH, NORTHAMPTON, STRICTLY
from qa_lib.schemes.hlta.made_up.workdays import shift

#: Capacity that lies between June's files and those of every other month.
NORTHAMPTON_CAPACITY = 3


def plant_appeals(planting: Planting) -> None:
    """Plant one fault in each of nine appeals."""
    rows = planting.year.appeals
    with_panel, plain = [row for row in rows if row.panel_on], [row for row in rows if not row.panel_on]
    plain[0].by_candidate = False
    planting.add("F87", "APP.1", "appeals", "Made by somebody else than the candidate.", [plain[0].appeal_id])
    plain[1].ground = "judgement"
    planting.add("F88", "APP.1", "appeals", "Against the judgement, not the procedure.", [plain[1].appeal_id])
    plain[2].acknowledged_on = None
    planting.add("F89", "APP.1", "appeals", "Not acknowledged.", [plain[2].appeal_id])
    plain[3].answered_on = shift(plain[3].due_on, 1)
    what = "Answered one working day after the day indicated."
    planting.add("F90", "APP.1", "appeals", what, [plain[3].appeal_id])
    plain[4].answered_in_writing = False
    planting.add("F91", "APP.1", "appeals", "Not answered in writing.", [plain[4].appeal_id])
    plain[5].answered_on, plain[5].shared_on, plain[5].outcome = None, None, ""
    planting.add("F92", "APP.1", "appeals", "Never answered.", [plain[5].appeal_id])
    with_panel[0].panel_member_1_rpa = with_panel[0].rpa
    with_panel[0].panel_member_1 = _senior(planting, with_panel[0].rpa)
    what = "A member of the panel is of the original RPA."
    planting.add("F93", "APP.2", "appeals", what, [with_panel[0].appeal_id])
    with_panel[1].panel_member_2_rpa = with_panel[1].panel_member_1_rpa
    with_panel[1].panel_member_2 = _senior(planting, with_panel[1].panel_member_1_rpa, with_panel[1].panel_member_1)
    what = "Both members of the panel are of one RPA."
    planting.add("F94", "APP.2", "appeals", what, [with_panel[1].appeal_id])
    plain[6].partnership_route_explained = False
    what = "The outcome does not explain the way to the Partnership."
    planting.add("F95", "APP.3", "appeals", what, [plain[6].appeal_id])


def _senior(planting: Planting, rpa: str, but: str = "") -> str:
    return next(person for person in with_role(planting.year.assessors, rpa, "senior") if person != but)


def plant_enquiries(planting: Planting) -> None:
    """Plant late answers, and one over Christmas that is just in time."""
    rows = planting.chance.shuffle([row.enquiry_id for row in planting.year.enquiries], "enquiries")
    by_id = {row.enquiry_id: row for row in planting.year.enquiries}
    late, later, christmas, open_ = sorted(rows[:2]), sorted(rows[2:5]), rows[5], rows[6]
    for name in late:
        by_id[name].acknowledged_on = shift(by_id[name].received_on, 4)
        by_id[name].replied_on = shift(by_id[name].received_on, 8)
    planting.add("F97", "PAR.1", "enquiries", "Acknowledged on the fourth working day.", late)
    for name in later:
        by_id[name].replied_on = shift(by_id[name].received_on, 11)
    planting.add("F98", "PAR.1", "enquiries", "Answered on the eleventh working day.", later)
    row = by_id[christmas]
    row.received_on = dt.date(2023, 12, 21)
    row.acknowledged_on, row.replied_on = shift(row.received_on, 3), shift(row.received_on, 10)
    what = (
        f"Received on 21 December 2023, acknowledged on {row.acknowledged_on} and answered on {row.replied_on}:"
        " the third and the tenth working day over Christmas, in time."
    )
    planting.add("F99", "PAR.1", "enquiries", what, [christmas], expect="none")
    by_id[open_].replied_on = None
    planting.add("F103", "PAR.1", "enquiries", "Never answered.", [open_])


def plant_publications(planting: Planting) -> None:
    """Plant what is missing on websites, and a fee that was not reviewed."""
    kept = []
    for row in planting.year.publications:
        if (row.rpa, row.item) not in ((NORTH, "appeals_procedure"), (STRICTLY, "charges")):
            kept.append(row)
        if (row.rpa, row.item) == (NORTHAMPTON, "fee"):
            row.reviewed_on = None
    planting.year.publications = kept
    what = "The appeals procedure is not on the website."
    planting.add("F96", "APP.3", "publications", what, [NORTH], count=0)
    planting.add("F100", "PAR.4", "publications", "The charges are not published.", [STRICTLY], count=0)
    what = "The fee was published twice and never reviewed."
    planting.add("F101", "PAR.4", "publications", what, [NORTHAMPTON], count=2)


def plant_capacity(planting: Planting) -> None:
    """Plant a provider whose assessors have room for fewer files than June brings."""
    rows = [row for row in planting.year.assessors if row.rpa == NORTHAMPTON]
    for row in rows:
        row.capacity_per_month = NORTHAMPTON_CAPACITY
    total = NORTHAMPTON_CAPACITY * len(rows)
    size = planting.scene.files["2024-06", NORTHAMPTON]
    what = f"The assessors of {NORTHAMPTON} have room for {total} files a month; June 2024 brings {size}."
    planting.add("F102", "PAR.3", "assessors", what, [NORTHAMPTON], count=len(rows), expect="information")


FORMULAS = ('=HYPERLINK("http://example.invalid/","invoice")', "+1+1", "-2+3", "@SUM(A1:A9)", "=cmd|' /C calc'!A0")
SCRIPTS = ("<script>document.title='changed'</script>", "<img src=x onerror=alert(1)>", "</td></tr><h1>Heading</h1>")
QUOTES = "He said, \"no\", then; left,\nand wrote 'later' on two\nlines; 100 % \\ done"
EMOJI = "Clear and kind 👩🏽‍🏫 👍 – naïve façade"
RIGHT_TO_LEFT = "ملخص الأدلة واضح \u202eexe.txt\u202c"


def plant_text(planting: Planting) -> None:
    """Plant formulas, scripts, quotes, emoji and right-to-left text into free-text fields."""
    enquiries = planting.chance.shuffle([row.enquiry_id for row in planting.year.enquiries], "texts")
    by_id = {row.enquiry_id: row for row in planting.year.enquiries}
    formulas = enquiries[: len(FORMULAS)]
    for name, text in zip(formulas, FORMULAS, strict=True):
        by_id[name].subject = text
    planting.add("F110", "X.SAFE", "enquiries", "The subject starts as a formula does.", formulas, expect="none")
    files = planting.certain_files(5 if planting.whole else 4, "F111")
    ids = [case.case_id for case in files]
    for case, text in zip(files, (SCRIPTS[0], SCRIPTS[1], EMOJI, RIGHT_TO_LEFT), strict=False):
        planting.moderation(case).weaknesses = text
    planting.add("F111", "X.SAFE", "moderations", "HTML and a script in the weaknesses.", ids[:2], expect="none")
    planting.add("F113", "X.SAFE", "moderations", "Emoji in the weaknesses.", ids[2:3], expect="none")
    what = "Right-to-left text with an override in the weaknesses."
    planting.add("F114", "X.SAFE", "moderations", what, ids[3:4], expect="none")
    if ids[4:]:
        planting.moderation(files[4]).strengths = FORMULAS[0]
        planting.add("F116", "X.SAFE", "moderations", "A formula in the strengths.", ids[4:], expect="none")
    appeal = planting.year.appeals[-1]
    appeal.nature = QUOTES
    what = "Commas, quotes and line breaks in the nature of an appeal."
    planting.add("F112", "X.SAFE", "appeals", what, [appeal.appeal_id], expect="none")
    event = planting.held[NORTHAMPTON, "2024-03"]
    event.issues = SCRIPTS[2]
    name = f"{event.rpa}/{event.month}"
    planting.add("F115", "X.SAFE", "events", "HTML in the issues of an event.", [name], expect="none")
