"""What the code of practice says of one RPA and its months: the findings of every rule."""

from __future__ import annotations

import pandas as pd

from qa_lib.findings import findings_frame
from qa_lib.schemes.hlta.answers import ANSWERS
from qa_lib.schemes.hlta.case import Case, findings_of


def hlta_findings(case: Case) -> pd.DataFrame:
    """Return the findings of every rule of the code of practice, in the one shape.

    Parameters
    ----------
    case
        Of :func:`qa_lib.schemes.hlta.case.hlta_case`.
    """
    answered = ANSWERS.items()
    return findings_frame(finding for rule, answer in answered for finding in findings_of(case, rule, answer(case)))


def section_of(rule: str) -> str:
    """Return the heading of the report under which a rule's findings stand."""
    return ANSWERS[rule].section
