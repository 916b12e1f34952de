"""What counts as a changed result of a moderated file: one definition for draws, rules, figures and sheets."""

from __future__ import annotations

import pandas as pd


def is_changed(files: pd.DataFrame) -> pd.Series:
    """Say of which moderated files the result was overturned, or is another than the recommended one.

    A full reassessment is what insufficient evidence leads to: where moderators endorse the one as the other, nothing
    was changed.
    """
    led_to = (files["outcome"] == "insufficient_evidence") & (files["final_outcome"] == "full_reassessment")
    other = (files["final_outcome"] != "") & (files["final_outcome"] != files["outcome"])
    return (files["decision"] == "overturned") | (other & ~(led_to & (files["decision"] == "endorsed")))
