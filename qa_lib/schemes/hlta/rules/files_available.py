"""Whether the moderators had the sampled files on the day of their event (HLTA.MOD.13)."""

from __future__ import annotations

from collections.abc import Iterator

from qa_lib.audit.answering import Statement, answers
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.rules.event_days import event_over
from qa_lib.schemes.hlta.rules.file_days import not_yes
from qa_lib.schemes.hlta.rules.monthly_moderation import sampled_files, undrawn

_WHAT = "sampled files were available to the moderators on the day of their event"


@answers("HLTA.MOD.13")
def files_available(audit: Audit) -> Iterator[Statement]:
    """Ask of each sampled file whether it was there, once its event has been."""
    told = audit.own("cases", "case_id", "available_at_event")[["case_id", "available_at_event"]]
    yield from undrawn(audit)
    files = sampled_files(audit).merge(told, on="case_id", how="left", validate="many_to_one")
    over = [event_over(audit, month, part) for month, part in zip(files["month"], files["part"], strict=True)]
    held = files[over]
    no, untold = "sampled, and not available on the day of the event", "whether the sampled file was available is blank"
    found = not_yes(held, "available_at_event", no=no, untold=untold)
    waiting = set(files["case_id"]) - set(held["case_id"])
    yield from with_summary(found, whole=len(files), what=_WHAT, waiting=waiting)
