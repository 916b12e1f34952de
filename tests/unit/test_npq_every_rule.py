"""Every rule of the framework is answered, however little the data say; findings and metrics are one verdict."""

import pandas as pd
import pytest
from npq_frames import AS_OF, BOOK, PERIOD, audit, frame, people

from qa_lib.audit.rule_answers import answers_of, audit_findings
from qa_lib.errors import IntakeError
from qa_lib.schemes.npq.audit import make_audit, make_audits
from qa_lib.schemes.npq.pages.metric_tables import METRIC_COLUMNS, metrics
from qa_lib.schemes.npq.rules.group_gaps import group_gaps
from qa_lib.schemes.npq.rules.periods import period_taken
from qa_lib.schemes.npq.rules.recruitment import left_out

#: Every rule but a convention of the pages, which judges nobody.
IDS = [rule.id for rule in BOOK if rule.id != "X.GROUPS"]
BARE = frame("participants", [{"participant_id": "p1", "provider": "P", "level": "NPQH"}])


def test_every_rule_of_the_framework_is_answered():
    """All of them, in the order of the framework."""
    assert list(answers_of(BOOK)) == IDS


def test_a_data_set_with_nothing_but_people_answers_every_rule():
    """All say that they cannot be judged and why; nothing passes in silence."""
    findings = audit_findings(audit(participants=BARE))
    assert set(findings["rule"]) == set(IDS)
    judged = findings[findings["status"] != "not_assessable"]
    assert judged["rule"].tolist() == ["NPQ.RET.2", "X.YEAR"]
    assert (
        findings.loc[findings["status"] == "not_assessable", "message"].str.startswith("not assessable, because").all()
    )
    assert (findings["clause"] != "").all()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, ["from 2018-10-01 to 2019-09-30, guessed", "year 1 of the provider, guessed"]),
        ({"operating_year": "2", "first_day": "2018-09-01", "last_day": "2019-08-31"},
         ["from 2018-09-01 to 2019-08-31, as was given", "year 2 of the provider, as was given"]),
        ({"period": "second year"}, ["begins and ends is not known", "do not tell which year"]),
        ({"period": ""}, ["no period is judged"]),
    ],
)  # fmt: skip
def test_what_a_period_is_taken_to_be_is_told(more, told):
    """Its days and its year are given, or guessed and said to be; what cannot be guessed is not assessable."""
    said = period_taken(audit(participants=people({}), **more))
    assert len(said) == len(told)
    for one, text in zip(said, told, strict=True):
        assert text in one.message
        assert one.status == ("not_assessable" if "not" in text and "no period" not in text else "information")


def test_findings_and_metrics_are_one_verdict():
    """Each row of the table of metrics has the status of a finding on the same subject."""
    targets = frame("targets", [{"provider": "P", "level": "NPQH", "year": PERIOD, "metric": "M1", "target": "2"}])
    given = audit(participants=people({}, {"staff_role": "team"}), targets=targets)
    table = metrics(given)
    assert list(table.columns) == list(METRIC_COLUMNS)
    row = table[table["metric"] == "M1"].iloc[0]
    assert (row["numerator"], row["denominator"], row["rate"], row["status"]) == (1, 2, 0.5, "breach")
    findings = audit_findings(given)
    found = findings[(findings["rule"] == "NPQ.M1") & (findings["status"] == "breach")].iloc[0]
    assert (found["subject"], found["value"], found["threshold"]) == ("P NPQH", "50 %", "100 %")
    assert left_out(given)["participant_id"].tolist() == ["p0002"]
    assert left_out(audit(participants=BARE)).empty


def test_a_failing_metric_reaches_the_log_of_actions():
    """M1 fails and the log holds nothing for it."""
    targets = frame("targets", [{"provider": "P", "level": "NPQH", "year": PERIOD, "metric": "M1", "target": "2"}])
    actions = frame(
        "actions", [{"provider": "P", "action_id": "a", "kind": "remedial", "metric": "M6", "state": "open"}]
    )
    findings = audit_findings(audit(participants=people({}), targets=targets, actions=actions))
    messages = findings.loc[findings["rule"] == "NPQ.REM.1", "message"].tolist()
    assert "M1 is not met and no action is logged for it" in messages


def test_providers_do_not_mix_and_order_of_rows_says_nothing():
    """Another provider's people change no finding, nor does shuffling."""
    own = people({"sex": "Female"}, {}, {"trn": "1"}, {"trn": "1", "year": "2017-18", "enrolled_on": "2017-09-01"})
    other = people({}, provider="Q").assign(participant_id="q")
    both = pd.concat([other, own], ignore_index=True).sample(frac=1, random_state=1).reset_index(drop=True)
    pd.testing.assert_frame_equal(*(audit_findings(audit(participants=table)) for table in (own, both)))
    audits = make_audits({"participants": both}, BOOK, as_of=AS_OF, period=PERIOD)
    assert [metrics(one)["provider"].unique().tolist() for one in audits.values()] == [["P"], ["Q"]]
    assert list(audits) == ["P", "Q"]
    assert group_gaps(audits["Q"]).empty


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"provider": "Z"}, "no provider 'Z'"),
        ({"as_of": "March 2020"}, "expected a date"),
        ({"tables": {}}, "no table"),
    ],
)
def test_wrong_use_is_told(more, message):
    """What arrived, what was expected."""
    asked = {"tables": {"participants": BARE}, "provider": "P", "as_of": AS_OF, "period": PERIOD} | more
    with pytest.raises(IntakeError, match=message):
        make_audit(asked.pop("tables"), BOOK, **asked)
