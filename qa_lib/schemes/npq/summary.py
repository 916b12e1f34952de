"""What the framework asks of a provider: the findings of every rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from qa_lib.audit.findings import Finding, findings_frame
from qa_lib.schemes.npq.audit import Audit
from qa_lib.schemes.npq.rules.answers import ANSWERS


def npq_findings(audit: Audit) -> pd.DataFrame:
    """Return the findings of every rule of the framework for one provider, in the one shape.

    Parameters
    ----------
    audit
        Of :func:`qa_lib.schemes.npq.audit.make_audit`.
    """
    return findings_frame(_findings(audit))


def _findings(audit: Audit) -> Iterator[Finding]:
    breaches: set[tuple[str, str]] = set()
    for rule_id, answer in ANSWERS.items():
        said = answer(replace(audit, breaches=frozenset(breaches)))
        metric = rule_id.removeprefix("NPQ.")
        breaches |= {(metric, one.level) for one in said if one.status == "breach" and one.measure}
        yield from (one.finding(audit, audit.rule(rule_id)) for one in said)
