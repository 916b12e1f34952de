"""Every rule of the code of practice is answered, however little the data say."""

from hlta_frames import BOOK, RPA, audit

from qa_lib.audit.rule_answers import answers_of, audit_findings
from qa_lib.schemes.hlta.audit import make_audit

RULES = [rule.id for rule in BOOK if rule.kind == "rule"]


def test_every_rule_of_the_code_of_practice_is_answered():
    """What else is answered is told of a withdrawn freeze, where there was one."""
    assert list(answers_of(BOOK)) == [*RULES, "X.DRAW"]


def test_a_data_set_with_nothing_but_a_draw_needs_answers_every_rule():
    """Every rule says something of the barest data set: because of what it cannot be judged; nothing is a breach."""
    bare = audit().tables["cases"][["case_id", "rpa", "month", "assessor_id", "pop_id", "outcome"]]
    findings = audit_findings(make_audit({"cases": bare}, BOOK, provider=RPA, months=["2024-03"]))
    assert set(findings["rule"]) == set(RULES)
    assert (findings["clause"] != "").all()
    unknown = findings[findings["status"] == "not_assessable"]
    assert unknown["message"].str.startswith("not assessable, because").all()
    assert set(findings.loc[findings["status"].isin(["breach", "warning"]), "rule"]) == set()


def test_a_month_without_files_answers_every_rule():
    """Nothing to look at is said, rule by rule, and accuses nobody."""
    findings = audit_findings(audit(months=["2024-02"]))
    assert set(findings["rule"]) == set(RULES)
    assert set(findings["status"]) <= {"information", "not_assessable"}
