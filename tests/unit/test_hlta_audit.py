"""The audit of an RPA: what is known on a day, whose files, and what moderators found in the sampled ones."""

import pandas as pd
import pytest
from hlta_frames import BOOK, MONTH, OTHER, RPA, audit, files, frame

from qa_lib import draw, freeze, open_register
from qa_lib.errors import IntakeError
from qa_lib.schemes.hlta.audit import make_audit, with_summary
from qa_lib.schemes.hlta.results.moderated_files import moderated


def test_what_happened_later_is_not_known():
    """A row that begins after the day is gone, a later date of an earlier row is blank, a day ahead stays."""
    appeals = frame(
        "appeals",
        [
            {
                "appeal_id": "a",
                "rpa": RPA,
                "received_on": "2024-04-30",
                "answered_on": "2024-05-01",
                "due_on": "2024-05-02",
            },
            {"appeal_id": "b", "rpa": RPA, "received_on": "2024-05-01", "answered_on": None, "due_on": None},
        ],
    )
    known = audit(appeals=appeals).own("appeals")
    assert known["appeal_id"].tolist() == ["a"]
    assert known["answered_on"].isna().all()
    assert known["due_on"].notna().all()
    assert len(audit(appeals=appeals, as_of="2024-05-01").own("appeals")) == 2
    assert appeals["answered_on"].notna().sum() == 1, "the argument is left as it was"


def test_files_are_those_of_the_rpa_and_the_months_whatever_their_order():
    """Another RPA's files and other months' are not looked at; the order of rows says nothing."""
    table = files({}, {"rpa": OTHER}, {"month": "2024-02"}, {})
    assert audit(cases=table).files()["case_id"].tolist() == ["c001", "c004"]
    assert audit(cases=table[::-1]).files()["case_id"].tolist() == ["c001", "c004"]
    assert audit(cases=table, months=["2024-03", "2024-02"]).files()["case_id"].tolist() == ["c001", "c003", "c004"]


def test_the_year_and_its_end():
    """The year begins in September; it is over with August."""
    assert (audit(months=["2024-08"]).year, audit(months=["2024-08"]).year_over) == ("2023-09", True)
    assert (audit(months=["2024-09"]).year, audit(months=["2024-09"]).year_over) == ("2024-09", False)
    assert audit().as_of == pd.Timestamp("2024-04-30")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"provider": "HLTA Nord"}, "no RPA 'HLTA Nord' in the data set; there are: HLTA North"),
        ({"months": []}, "no month was named"),
        ({"as_of": "April"}, "the as-of day is 'April'; expected a date"),
        ({"national_fee": "four hundred"}, "the national fee is 'four hundred'"),
        ({"tables": {}}, "no table cases"),
    ],
)
def test_wrong_use_is_told(more, message):
    """What arrived, what was expected."""
    given = {"tables": {"cases": files({})}, "provider": RPA, "months": [MONTH]} | more
    with pytest.raises(IntakeError, match=message):
        make_audit(given.pop("tables"), BOOK, **given)


def test_one_line_over_everything_is_met_only_where_nothing_stands_out():
    """Nothing to look at is said as such, never as met."""
    assert [one.status for one in with_summary([], whole=0, what="files")] == ["information"]
    assert [(one.status, one.message) for one in with_summary([], whole=2, what="files were in time")] == [
        ("met", "2 of 2 (100 %) files were in time")
    ]


@pytest.fixture
def drawn():
    """Return the draw of a month of two files, of which the second is certain."""
    tables = {"cases": files({}, {"outcome": "partial_reassessment"})}
    frozen = freeze(tables, BOOK, provider=RPA, month=MONTH, register=open_register("sqlite://"))
    return draw(frozen, seed="1234 5624 1553 2461 4", reviewer="R1", reviewer_rpa=OTHER)


def test_moderators_words_count_for_sampled_files_only_and_a_return_before_the_data_set(drawn):
    """The data set's words on a file that nobody drew are left out; a return that came back takes their place."""
    rows = [
        {"case_id": name, "moderated_on": "2024-04-10", "decision": "endorsed"} for name in ("c001", "c002", "c999")
    ]
    table = frame("moderations", rows)
    found = moderated(audit(moderations=table, draws=[drawn]))
    assert found["case_id"].tolist() == ["c001", "c002"]
    assert found["source"].tolist() == ["data set", "data set"]
    back = pd.DataFrame([{"case_id": "c002", "moderated_on": "2024-04-11", "decision": "overturned"}])
    looked = pd.DataFrame(
        [{"case_id": "c002", "standard": number, "moderator_judgement": "met"} for number in ("10", "9")]
    )
    found = moderated(audit(moderations=table, draws=[drawn], returned=back, returned_standards=looked))
    assert found["decision"].tolist() == ["endorsed", "overturned"]
    assert found["standards"].tolist() == ["", "9;10"]
    assert moderated(audit(draws=[drawn]))["decision"].tolist() == ["", ""]
