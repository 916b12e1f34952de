"""What the code of practice says of one RPA and its months: the findings of every rule."""

from __future__ import annotations

import pandas as pd

from qa_lib.audit.findings import findings_frame
from qa_lib.schemes.hlta.answers import ANSWERS
from qa_lib.schemes.hlta.audit import Audit


def hlta_findings(audit: Audit) -> pd.DataFrame:
    """Return the findings of every rule of the code of practice, in the one shape.

    Parameters
    ----------
    audit
        Of :func:`qa_lib.schemes.hlta.audit.make_audit`.
    """
    answered = ANSWERS.items()
    return findings_frame(one.finding(audit, audit.rule(rule)) for rule, answer in answered for one in answer(audit))


def section_of(rule: str) -> str:
    """Return the heading of the report under which a rule's findings stand."""
    return ANSWERS[rule].section
