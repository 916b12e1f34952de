"""Whether the moderators had the sampled files on the day of their event (HLTA.MOD.13)."""

import hlta_counts as by
import pytest
from hlta_draws import events, moderations, month_draw
from hlta_frames import RPA, audit, files, told

from qa_lib.schemes.hlta.rules.files_available import files_available

PARTIAL = {"outcome": "partial_reassessment"}
EVENT = events("2024-04-10")


def month(*rows):
    """Return the tables of a month of certain files, all of which are sampled."""
    return {"cases": files(*(PARTIAL | {"available_at_event": row} for row in rows)), "events": EVENT}


def of_sample(*rows, **given):
    """Return what MOD.13 says of a month of sampled files that were available, were not, or of which nobody says it."""
    tables = month(*rows)
    return files_available(audit(**tables, draws=[month_draw(tables)], **given))


def test_a_sampled_file_that_was_there_is_met_and_one_that_was_not_a_breach():
    """The file is named; the line over all of them counts those that were there."""
    assert told(of_sample(True, True)) == [
        ("met", "", "2 of 2 (100 %) sampled files were available to the moderators on the day of their event")
    ]
    said = of_sample(True, False)
    assert told(said) == [
        ("breach", "c002", "sampled, and not available on the day of the event"),
        ("information", "", "1 of 2 (50 %) sampled files were available to the moderators on the day of their event"),
    ]
    assert (said[0].value, said[0].threshold) == ("no", "yes")


def test_nobody_says_whether_a_file_was_there():
    """A blank cannot be judged; without the column nothing can."""
    assert told(of_sample(None, True), "c001") == [
        ("not_assessable", "c001", "not assessable, because whether the sampled file was available is blank")
    ]
    plain = {"cases": files(PARTIAL)}
    assert told(files_available(audit(**plain, draws=[month_draw(plain)]))) == [
        ("not_assessable", "", "not assessable, because the table cases has no column available_at_event")
    ]


@pytest.mark.parametrize(("as_of", "expected"), [("2024-04-09", None), ("2024-04-10", "breach")])
def test_before_its_event_a_file_is_not_due(as_of, expected):
    """On the day of the event it is judged; the day before nothing is met, and nothing stands in a percentage."""
    said = of_sample(False, True, as_of=as_of)
    assert [status for status, subject, _ in told(said) if subject] == ([expected] if expected else [])
    assert (said[-1].message.startswith("nothing to look at: 0")) is (expected is None)
    assert said[-1].message.endswith("; not due yet: 2") is (expected is None)


@pytest.mark.parametrize(("as_of", "due"), [("2024-04-29", False), ("2024-04-30", True)])
def test_where_no_event_is_known_files_are_due_when_it_can_no_longer_come(as_of, due):
    """The last day of the next month; a data set without events is judged from then on."""
    tables = {"cases": month(False)["cases"]}
    said = files_available(audit(**tables, draws=[month_draw(tables)], as_of=as_of))
    assert [row[0] for row in told(said)] == (["breach", "information"] if due else ["information"])


def test_a_file_that_nobody_drew_is_not_asked_for():
    """Of 20 ordinary passes one is drawn, and it was there; that the others were not is no finding."""
    tables = {"cases": files(*[{}] * 20), "events": EVENT}
    drawn = month_draw(tables)
    (sampled,) = drawn.sample["case_id"]
    there = tables["cases"]["case_id"] == sampled
    cases = tables["cases"].assign(available_at_event=there.astype("boolean"))
    said = files_available(audit(cases=cases, events=EVENT, draws=[drawn]))
    assert [(row[0], row[2].split(" ", 3)[:3]) for row in told(said)] == [("met", ["1", "of", "1"])]


def test_without_a_draw_the_moderated_files_are_the_sample():
    """An RPA's own history is judged; where nothing was drawn or moderated, nothing can be."""
    tables = month(False, True, False)
    said = files_available(audit(**tables, moderations=moderations({"case_id": "c001"}, {"case_id": "c002"})))
    assert [row[:2] for row in told(said)] == [("breach", "c001"), ("information", "")]
    assert told(files_available(audit(**tables))) == [
        ("not_assessable", "", "not assessable, because no draw of these months is at hand")
    ]


def test_a_month_that_waits_for_its_seed_is_named():
    """Which files are sampled is not known yet."""
    tables = month(True)
    said = files_available(audit(**tables, draws=[month_draw(tables, seed=None)]))
    assert told(said)[0] == (
        "not_assessable",
        f"{RPA}/2024-03",
        "not assessable, because the freeze waits for its seed",
    )
    assert "met" not in [row[0] for row in told(said)]


def test_a_month_without_files_is_nothing_to_look_at():
    """Where there is no file none is missing."""
    said = files_available(audit(**month(True), months=["2024-02"]))
    assert [row[0] for row in told(said)] == ["information"]


#: Planted facts of this rule -> how each is counted in the tables of text.
PLANTED = {"F131": by.no("available_at_event"), "F132": by.blank("available_at_event")}
