"""What substantiates the metrics, and when performance was reviewed (NPQ.RET.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from qa_lib.audit.answering import Statement, all_parts, answers, not_assessable
from qa_lib.schemes.npq.audit import Audit


@answers("NPQ.RET.3", after_others=True)
def metrics_substantiated(
    audit: Audit, others: Mapping[str, list[Statement]] = MappingProxyType({})
) -> Iterator[Statement]:
    """Look for evidence of every metric that was judged, and for the reviews that are to be expected."""
    judged = {
        rule.removeprefix("NPQ."): any(one.status == "breach" for one in statements)
        for rule, statements in others.items()
        if rule.startswith("NPQ.M") and any(one.measure and one.status in ("met", "breach") for one in statements)
    }
    yield from all_parts(_evidence(audit, sorted(judged)), _reviews(audit, [name for name in judged if judged[name]]))


def _evidence(audit: Audit, metrics: list[str]) -> Iterator[Statement]:
    table = audit.table("metric_evidence", "period", "metric", "evidence")
    own = table[table["period"].str.startswith(audit.period, na=False)]
    if own.empty:
        yield not_assessable(f"no evidence of {audit.period} is listed")
        return
    if not metrics:
        yield not_assessable("no metric was judged, so there is nothing to substantiate")
        return
    listed = set(own.loc[own["evidence"].notna(), "metric"])
    lacking = [name for name in metrics if name not in listed]
    message = f"evidence of {len(metrics) - len(lacking)} of the {len(metrics)} metrics judged is listed"
    message += f"; none of {', '.join(lacking)}" if lacking else ""
    figures = {"value": str(len(metrics) - len(lacking)), "threshold": str(len(metrics))}
    yield Statement(status="breach" if lacking else "met", message=message, **figures)


def _reviews(audit: Audit, failing: list[str]) -> Iterator[Statement]:
    """Yield what is known of reviews, which the regulator holds: nothing is a breach of the provider's."""
    table = audit.table("performance_reviews", "kind", "reviewed_on")
    days = table.dropna(subset=["reviewed_on"]).groupby("kind")["reviewed_on"].max()
    for kind, day in days.items():
        yield Statement(
            status="information", message=f"the last {kind} review was on {day.date()}", value=str(day.date())
        )
    year, from_year = audit.operating_year, audit.value("NPQ.RET.3")
    if "periodic" not in days and year is not None and year >= from_year:
        yield Statement(status="information", message=f"no periodic review is logged, and this is year {year}")
    if failing and "immediate" not in days:
        message = f"{', '.join(sorted(failing))} not met, and no immediate review is logged"
        yield Statement(status="information", message=message)
