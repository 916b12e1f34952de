"""Meetings of the Partnership: turns, agenda and papers before, minutes after, contributions (HLTA.PAR.5)."""

import hlta_counts as by
import pandas as pd
import pytest
from hlta_books import book_with
from hlta_frames import OTHER, RPA, THIRD, audit, files, frame, told

from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.rules.partnership_meetings import partnership_meetings

DAY = "2024-03-13"
MEETING = {"held_on": DAY, "rpa": RPA, "agenda_on": "2024-03-01", "papers_on": "2024-03-06", "minutes_on": "2024-03-22"}
#: The meetings of the year before March, by turns.
EARLIER = [
    MEETING | {"held_on": f"{month}-13", "rpa": rpa, "agenda_on": f"{month}-01", "papers_on": f"{month}-02",
               "minutes_on": f"{month}-22"}
    for month, rpa in zip(["2023-12", "2024-01", "2024-02"], [RPA, OTHER, THIRD], strict=True)
]  # fmt: skip


def tables(*rows, contributed=True):
    """Return the tables with these meetings, each over one of March that is in order, and contributions to March's."""
    meetings = [MEETING | row for row in rows]
    brought = [{"held_on": DAY, "rpa": rpa, "contributed": contributed} for rpa in (RPA, OTHER)]
    return {"meetings": frame("meetings", meetings), "contributions": frame("contributions", brought)}


def off(*rows, contributed=True, **given):
    """Return the (status, subject, message) of what is not in order."""
    said = told(partnership_meetings(audit(**tables(*rows, contributed=contributed), **given)))
    return [one for one in said if one[0] not in ("met", "information")]


def test_a_meeting_in_turn_with_everything_is_met():
    """Turn, agenda, papers, minutes and contribution each have their line."""
    said = told(partnership_meetings(audit(**tables(*EARLIER, {}))))
    assert [status for status, _, _ in said] == ["met"] * 5


@pytest.mark.parametrize(
    ("order", "missed"),
    [
        ([RPA, OTHER, THIRD, RPA], ""),
        ([OTHER, THIRD, RPA], ""),
        ([RPA, OTHER, RPA], THIRD),
        ([OTHER, THIRD, RPA, RPA], f"{THIRD} and {OTHER}"),
        ([RPA, OTHER, THIRD, OTHER, RPA], ""),
        ([RPA, OTHER, THIRD, OTHER, THIRD, RPA, THIRD, RPA], OTHER),
    ],
)
def test_nobody_organises_again_before_all_others_did(order, missed):
    """What counts is the meetings since the RPA's last one; the other RPAs' turns are for their own audits."""
    days = pd.date_range(end=DAY, periods=len(order), freq="7D").strftime("%Y-%m-%d")
    rows = [MEETING | {"held_on": day, "rpa": rpa} for day, rpa in zip(days, order, strict=True)]
    rows = [row | {"agenda_on": "2023-01-02", "papers_on": "2023-01-02", "minutes_on": row["held_on"]} for row in rows]
    found = [one for one in off(*rows, contributed=True) if "again" in one[2]]
    breach = ("breach", DAY, f"organised by {RPA} again, before {' and '.join(sorted(missed.split(' and ')))}")
    assert [(status, day, message.partition(";")[0]) for status, day, message in found][-1:] == [breach] * bool(missed)


def test_a_register_that_cannot_tell_whose_turn_it_was_accuses_nobody():
    """One of the RPA's own meetings alone, or with a blank in between; a blank organiser in the months is named."""
    before = MEETING | {"held_on": "2024-02-13"}
    for rows in ([before, {}], [before, before | {"held_on": "2024-02-20", "rpa": None}, {}]):
        found = [one for one in off(*rows) if "organised" in one[2]]
        assert [one[:2] for one in found] == [("not_assessable", DAY)]
    assert ("not_assessable", DAY, "not assessable, because who organised it is blank") in off({"rpa": None})


@pytest.mark.parametrize(
    ("undated", "status", "words"),
    [
        (THIRD, "breach", f"before {OTHER}; the RPAs take turns"),
        (OTHER, "breach", f"before {THIRD}; the RPAs take turns"),
        (None, "not_assessable", f"whether {THIRD} and {OTHER} organised a meeting"),
    ],
)
def test_a_meeting_whose_day_is_blank_may_have_been_somebodys_turn(undated, status, words):
    """Its organiser is not said to have been passed over, the other one is; of nobody's nothing is known."""
    found = off(
        {"held_on": "2024-02-13"}, {"held_on": None, "rpa": undated}, {"held_on": "2023-11-13", "rpa": OTHER}, {}
    )
    assert [(one[0], words in one[2]) for one in found if one[1] == DAY] == [(status, True)]


def test_nothing_is_in_turn_while_a_meeting_of_the_rpa_has_no_day():
    """It may have come in between."""
    said = told(partnership_meetings(audit(**tables(*EARLIER, {"held_on": None}, {}))))
    assert said[0] == ("not_assessable", RPA, "not assessable, because the day of a meeting is blank")
    assert said[1][2].startswith("1 of 2 (50 %) meetings of the Partnership were organised")


@pytest.mark.parametrize("column", ["agenda_on", "papers_on"])
@pytest.mark.parametrize(("day", "late"), [("2024-03-12", False), ("2024-03-13", True), ("2024-03-14", True)])
def test_agenda_and_papers_go_out_on_an_earlier_day(column, day, late):
    """The day of the meeting itself is too late."""
    found = off({column: day})
    assert [one[:2] for one in found] == [("breach", DAY)] * late
    assert all(f"went out on {day}; expected before the day of the meeting" in one[2] for one in found)


@pytest.mark.parametrize(
    ("minutes", "as_of", "status"),
    [
        ("2024-03-13", "2024-04-30", "met"),
        ("2024-03-12", "2024-04-30", "not_assessable"),
        (None, "2024-04-10", "information"),
        (None, "2024-04-11", "not_assessable"),
        ("2024-04-20", "2024-04-30", "met"),
    ],
)
def test_minutes_follow_the_meeting(minutes, as_of, status):
    """Until the 28th day they may still come; minutes before their meeting make no sense."""
    said = told(partnership_meetings(audit(**tables({"minutes_on": minutes}), as_of=as_of)))
    found = [one for one in said if "minutes" in one[2]]
    assert found[0][0] == status
    if status == "information":
        assert found[0][2] == "the minutes have not gone out yet; to be sent by 2024-04-10"


@pytest.mark.parametrize("column", ["agenda_on", "papers_on", "minutes_on"])
@pytest.mark.parametrize(
    ("recorded", "status", "subject"),
    [(0, "not_assessable", f"{RPA}/2024-03"), (8, "warning", f"{RPA}/2024-03"), (9, "breach", DAY)],
)
def test_a_blank_day_means_nothing_went_out_where_nearly_all_days_are_recorded(column, recorded, status, subject):
    """Of ten meetings of the year nine days are enough; of nine, eight are one warning; none tells nothing."""
    before = [
        MEETING | {"held_on": f"2023-10-{n:02}", "agenda_on": "2023-09-04", "papers_on": "2023-09-04",
                   "minutes_on": f"2023-10-{n + 1:02}"}
        for n in range(1, recorded + 1)
    ]  # fmt: skip
    found = [one for one in off(*before, {column: None}) if "no day is recorded" in one[2]]
    assert [one[:2] for one in found] == [(status, subject)]


def test_blanks_of_earlier_months_were_said_in_their_own_audits():
    """A meeting of the months that is in order bears nothing of them."""
    assert off(*EARLIER[:1], EARLIER[0] | {"held_on": "2023-12-20", "agenda_on": None}, *EARLIER[1:], {}) == []


@pytest.mark.parametrize(
    ("own", "status"), [(True, None), (False, "warning"), (None, "not_assessable"), ("no row", "warning")]
)
def test_every_rpa_contributes(own, status):
    """A no, or no row beside those of others, is a warning; a blank is not judged."""
    rows = [{"held_on": DAY, "rpa": RPA, "contributed": own}, {"held_on": DAY, "rpa": OTHER, "contributed": True}]
    table = frame("contributions", [row for row in rows if row["contributed"] != "no row"])
    said = told(partnership_meetings(audit(**tables({}) | {"contributions": table})), f"{RPA}/{DAY}")
    assert [one for one, _, _ in said] == [status] * (status is not None)


def test_a_meeting_whose_contributions_nobody_noted_is_not_judged():
    """It is in the register of meetings and in no row of contributions."""
    nobody = frame("contributions", [{"held_on": "2024-02-13", "rpa": RPA, "contributed": True}])
    said = told(partnership_meetings(audit(**tables({}) | {"contributions": nobody})), f"{RPA}/{DAY}")
    assert [status for status, _, _ in said] == ["not_assessable"]


def test_values_are_the_rule_books(tmp_path):
    """With another value the day itself is in time, and minutes are due sooner."""
    book = book_with(tmp_path, "HLTA.PAR.5", "agenda_and_papers: before, minutes_within: \"28\"",
                     "agenda_and_papers: on_or_before, minutes_within: \"7\"")  # fmt: skip
    given = {"cases": files({}), **tables({"agenda_on": DAY, "minutes_on": None})}
    about = {"provider": RPA, "months": ["2024-03"]}
    for as_of, status in (("2024-03-20", "information"), ("2024-03-21", "not_assessable")):
        said = told(partnership_meetings(make_audit(given, book, as_of=as_of, **about)))
        assert [one for one, _, message in said if "agenda" in message] == ["met"]
        assert next(one for one, _, message in said if "minutes" in message) == status


def test_missing_data_are_said():
    """Tables and columns are named, part by part; without its column nothing is met; no meeting is no success."""
    none = [message for _, _, message in told(partnership_meetings(audit()))]
    assert none == [
        "not assessable, because the data set has no table meetings",
        "not assessable, because the data set has no table contributions",
    ]
    for column, parts in (("rpa", 1), ("agenda_on", 4), ("papers_on", 4), ("minutes_on", 4), ("held_on", 0)):
        given = tables({})
        given["meetings"] = given["meetings"].drop(columns=column)
        said = [status for status, _, _ in told(partnership_meetings(audit(**given)))]
        assert said.count("not_assessable") >= 1
        assert said.count("met") == max(parts, 1)
    assert {one.status for one in partnership_meetings(audit(**tables({}), months=["2024-02"]))} == {"information"}


#: Planted facts of this row -> how each is counted in the tables of text.
PLANTED = {
    "F138": lambda tables: by.chosen_rows(
        tables["meetings"], tables["meetings"]["rpa"] == tables["meetings"]["rpa"].shift(1), "held_on"
    ),
    "F139": by.table_rows("meetings", "held_on", lambda rows: rows["agenda_on"] >= rows["held_on"]),
    "F140": lambda tables: by.chosen_rows(
        tables["meetings"].assign(name=tables["meetings"]["rpa"] + "/2024-08"),
        tables["meetings"]["minutes_on"] == "",
        "name",
    ),
    "F141": by.table_rows(
        "meetings",
        "held_on",
        lambda rows: by.days(rows["held_on"]) - by.days(rows["papers_on"]) == pd.Timedelta(days=1),
    ),
    "F142": lambda tables: by.chosen_rows(
        tables["contributions"].assign(name=tables["contributions"]["rpa"] + "/" + tables["contributions"]["held_on"]),
        tables["contributions"]["contributed"] == "no",
        "name",
    ),
}
