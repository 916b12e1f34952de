"""Whether the moderators had the sampled files on the day of their event (HLTA.MOD.13)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from qa_lib.audit.answering import Statement, answers
from qa_lib.schemes.hlta.audit import Audit, with_summary
from qa_lib.schemes.hlta.event_days import event_over
from qa_lib.schemes.hlta.results.moderated_files import moderated
from qa_lib.schemes.hlta.rules.file_days import not_yes
from qa_lib.schemes.hlta.rules.monthly_moderation import undrawn
from qa_lib.schemes.hlta.rules.months_without_draw import months_without_draw


@answers("HLTA.MOD.13")
def files_available(audit: Audit) -> Iterator[Statement]:
    """Ask of each sampled file whether it was there, once its event has been.

    The sample of a month that nobody froze is what was moderated in it.
    """
    told = audit.own("cases", "case_id", "available_at_event")[["case_id", "available_at_event"]]
    history, sampled = months_without_draw(audit), moderated(audit)
    yield from undrawn(audit, but=history)
    drawn = sampled[sampled["month"].isin(audit.months)]
    files = pd.concat([drawn, *history.values()]).merge(told, on="case_id", how="left", validate="many_to_one")
    when = zip(files["month"], files["part"], strict=True)
    held = files[pd.Series([event_over(audit, month, part) for month, part in when], index=files.index, dtype="bool")]
    no, untold = "sampled, and not available on the day of the event", "whether the sampled file was available is blank"
    found = not_yes(held, "available_at_event", no=no, untold=untold)
    what = "sampled files were available to the moderators on the day of their event"
    yield from with_summary(found, whole=len(files), what=what, waiting=set(files["case_id"]) - set(held["case_id"]))
