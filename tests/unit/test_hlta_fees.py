"""The national fee is charged (HLTA.PAR.2); contact, fee and charges are published (HLTA.PAR.4)."""

import re

import hlta_counts as by
import pandas as pd
import pytest
from hlta_frames import MONTH, OTHER, RPA, audit, files, frame, told

from qa_lib.project_files import ROOT
from qa_lib.scheme import load_rulebook
from qa_lib.schemes.hlta.audit import make_audit
from qa_lib.schemes.hlta.rules.fees import fees_published, national_fee_charged

FEE = "495.00"


def off(said):
    """Return the (status, subject) of what is not in order."""
    return [(status, subject) for status, subject, _ in told(said) if status not in ("met", "information")]


def page(item="fee", **row):
    """Return a row of what is published."""
    return {"rpa": RPA, "item": item, "published_on": "2023-09-01", "amount": FEE if item == "fee" else None} | row


def pages(*rows):
    """Return what is published."""
    return frame("publications", list(rows))


def charged(*fees, national=FEE, **more):
    """Return what is said of files with these fees."""
    given = {"cases": files(*({"fee": fee} for fee in fees)), "publications": pages(page())} | more
    return national_fee_charged(audit(national_fee=national, **given))


@pytest.mark.parametrize(
    ("fee", "status"),
    [
        ("495.00", None), ("495", None), ("495.0", None), ("494.99", "breach"), ("495.01", "breach"),
        ("0", "breach"), ("990", "breach"), (None, "not_assessable"),
    ],
)  # fmt: skip
def test_any_other_fee_is_a_breach(fee, status):
    """A penny more or less is another fee; zeros are not; a blank cannot be judged."""
    said = charged(FEE, fee)
    assert off(said) == ([(status, "c002")] if status else [])
    if status == "breach":
        assert told(said, "c002")[0][2] == f"a fee of {fee} pounds; the national fee is 495.00"


def test_charges_stand_apart():
    """They are counted as information and never part of the comparison."""
    table = files(*({"fee": FEE, "charges": cell} for cell in ("60.00", "35.00", "0.00", None)))
    said = charged(cases=table)
    assert off(said) == []
    assert told(said, status="information")[0][2] == (
        "2 files bear regional charges beside the fee, 35.00 to 60.00 pounds"
    )
    said = charged(cases=files({"fee": FEE, "charges": "60"}))
    assert told(said, status="information")[0][2] == "1 file bears regional charges beside the fee, 60.00 pounds"
    assert told(charged(cases=files({"fee": FEE, "charges": "0.00"})), status="information") == []


def test_without_a_national_fee_nothing_can_be_judged():
    """Neither the rule book nor the run gives one: said once."""
    assert told(charged("450.00", "495.00", national="")) == [
        ("not_assessable", "", "not assessable, because the rule book has no national fee, and the run gives none")
    ]
    assert "no column fee" in told(charged(cases=files({})))[0][2]
    assert "nothing to look at" in told(charged(cases=files({"month": "2024-02", "fee": FEE})))[0][2]


@pytest.fixture(scope="module")
def dated(tmp_path_factory):
    """Return a rule book with a fee from 2023-09-01 and another from 2024-01-01."""
    text = (ROOT / "parameters" / "rules" / "hlta.yaml").read_text(encoding="utf-8")
    note = re.search(r"        value: \{currency: GBP\}\n        cite: \{source: cop-2022, clause: not found\}\n", text)
    entries = "".join(
        f'      "{day}":\n        value: {{currency: GBP, fee: "{fee}"}}\n'
        "        cite: {source: cop-2022, clause: not found}\n"
        for day, fee in (("2023-09-01", "450.00"), ("2024-01-01", "495.00"))
    )
    head, tail = text[: note.start()], text[note.end() :]
    end = tail.index("  HLTA.PAR.3:")
    path = tmp_path_factory.mktemp("rules") / "hlta.yaml"
    path.write_text(head + note.group() + tail[:end] + entries + tail[end:], encoding="utf-8")
    return load_rulebook(path)


def test_the_rule_books_fee_of_the_day_of_registration_counts(dated):
    """The day before a change has the old fee, the day itself the new one; before both, the run's own."""
    rows = [("2023-12-31", "450.00"), ("2024-01-01", "495.00"), ("2023-12-31", "495.00"), ("2024-01-01", "450.00"),
            ("2023-08-31", "400.00"), ("2021-01-01", "400.00"), (None, "495.00")]  # fmt: skip
    tables = {"cases": files(*({"registered_on": day, "fee": fee} for day, fee in rows))}
    tables["publications"] = pages(page())
    given = {"provider": RPA, "months": [MONTH]}
    said = national_fee_charged(make_audit(tables, dated, national_fee="400.00", **given))
    assert off(said) == [("breach", "c003"), ("breach", "c004")]
    said = national_fee_charged(make_audit(tables, dated, **given))
    assert off(said) == [
        ("not_assessable", "c005"), ("not_assessable", "c006"), ("breach", "c003"), ("breach", "c004"),
    ]  # fmt: skip
    said = national_fee_charged(make_audit(tables, dated, rules_on="2023-12-31", **given))
    assert [subject for _, subject in off(said)] == ["c002", "c003", "c005", "c006", "c007", ""]


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({}, None),
        ({"amount": "450.00"}, "breach"),
        ({"amount": None}, "not_assessable"),
        ({"amount": "450.00", "withdrawn_on": "2024-02-29"}, None),
        ({"amount": "450.00", "withdrawn_on": "2024-03-01"}, "breach"),
        ({"amount": "450.00", "published_on": "2024-04-01"}, None),
        ({"amount": "450.00", "rpa": OTHER}, None),
        ({"amount": "60.00", "item": "charges"}, None),
    ],
)
def test_the_published_fee_is_the_national_one(row, status):
    """Any page of the fee that was up on a day of the months counts."""
    assert off(charged(FEE, publications=pages(page(**row)))) == ([(status, "")] if status else [])


def test_without_publications_that_part_is_said():
    """The files are judged all the same."""
    said = national_fee_charged(audit(cases=files({"fee": "450.00"}), national_fee=FEE))
    assert off(said) == [("breach", "c001"), ("not_assessable", "")]


ALL = [page("contact"), page("fee", reviewed_on="2023-09-05"), page("charges")]


def shown(*rows, cases=None, **more):
    """Return what is said of these publications, of files that bear charges."""
    cases = files({"charges": "60.00"}) if cases is None else cases
    return fees_published(audit(cases=cases, publications=pages(*rows), **more))


def test_all_three_and_a_review_are_met():
    """Four lines."""
    assert [one.status for one in shown(*ALL)] == ["met"] * 4


@pytest.mark.parametrize("place", [0, 1, 2])
def test_each_item_is_published_on_every_day(place):
    """Missing altogether, from the second day, or until the day before the last: a breach of that item."""
    item = ALL[place]
    for span, days in (
        ({"published_on": "2024-03-01"}, None), ({"published_on": "2024-03-02"}, "30"),
        ({"withdrawn_on": "2024-03-31"}, None), ({"withdrawn_on": "2024-03-30"}, "30"),
    ):  # fmt: skip
        said = shown(*ALL[:place], item | span, *ALL[place + 1 :])
        assert [one.value for one in said if one.status == "breach"] == ([days] if days else [])
    said = shown(*ALL[:place], *ALL[place + 1 :], page("appeals_procedure"))
    assert ("breach", "") in off(said)
    assert [one.value for one in said if one.status == "breach"] == ["0"]


def test_without_charges_there_are_none_to_publish():
    """Every file is known to bear none: information. One blank or one charge: a breach."""
    for cells, status in ((("0.00", "0"), "information"), (("0.00", None), "breach"), (("0.00", "35"), "breach")):
        said = shown(*ALL[:2], cases=files(*({"charges": cell} for cell in cells)))
        assert said[2].status == status
    assert shown(*ALL[:2], cases=files({}))[2].status == "breach"


@pytest.mark.parametrize(
    ("reviews", "status", "words"),
    [
        (["2023-03-31"], "met", "reviewed on 2023-03-31"),  # on 31 March 2024 it is twelve months
        (
            ["2023-03-30"],
            "breach",
            "last reviewed on 2023-03-30 and not reviewed since; a review was due by 2024-03-30",
        ),
        (["2023-03-10", "2024-03-10"], "met", "reviewed on 2024-03-10"),
        (["2023-03-10", "2024-03-11"], "breach", "then reviewed on 2024-03-11; a review was due by 2024-03-10"),
        (
            ["2023-03-10", "2024-03-12"],
            "breach",
            "2023-03-10, then reviewed on 2024-03-12; a review was due by 2024-03-10",
        ),
        (["2022-03-10", "2024-02-29"], "met", "reviewed on 2024-02-29"),  # late, but before the months
        ([], "breach", "first published on 2022-09-01 and not reviewed since; a review was due by 2023-09-01"),
    ],
)
def test_the_fee_is_reviewed_every_twelve_months(reviews, status, words):
    """The day twelve months after the last review is in time, the day after is not."""
    rows = [page("fee", published_on="2022-09-01", reviewed_on=day) for day in reviews or [None]]
    said = shown(ALL[0], ALL[2], *rows)[-1]
    assert said.status == status
    assert words in said.message


def test_a_new_fee_is_reviewed_within_its_first_year():
    """Without a review, twelve months from the first publication."""
    for day, status in (("2023-03-31", "met"), ("2023-03-30", "breach")):
        assert shown(ALL[0], ALL[2], page("fee", published_on=day, reviewed_on=None))[-1].status == status
    late = shown(ALL[0], ALL[2], page("fee", published_on="2024-04-01", reviewed_on=None))
    assert [one.status for one in late] == ["met", "breach", "met", "not_assessable"]


def test_what_is_missing_is_said_once():
    """No table, or no column of reviews."""
    assert [one.status for one in fees_published(audit())] == ["not_assessable"]
    table = pages(*ALL).drop(columns="reviewed_on")
    said = fees_published(audit(cases=files({"charges": "1"}), publications=table))
    assert [one.status for one in said] == ["met", "met", "met", "not_assessable"]
    blank = pages(*ALL).assign(published_on=pd.NaT)
    said = fees_published(audit(cases=files({"charges": "1"}), publications=blank))
    assert [one.status for one in said][:3] == ["not_assessable"] * 3


#: Planted facts of these rules -> how each is counted in the tables of text.
PLANTED = {
    "F33": by.cases(lambda cases: cases["fee"] != "495.00"),
    "F100": by.unpublished("charges"),
    "F101": by.table_rows("publications", "rpa", lambda rows: (rows["item"] == "fee") & (rows["reviewed_on"] == "")),
}
