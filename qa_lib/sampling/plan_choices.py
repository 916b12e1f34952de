"""What may be chosen for a draw beside the rule book."""

from __future__ import annotations

from dataclasses import dataclass

from qa_lib.parameter_values import as_number_text, as_text, as_whole


@dataclass(frozen=True)
class PlanChoices:
    """What a provider or a run may choose beside the rule book; empty text or 0 where nothing is chosen.

    Attributes
    ----------
    rate
        Rate of the random part, as text; the rule book's where nothing is said. It may be raised, never lowered.
    policy, from_month
        Coverage policy; the rule book's where nothing is said.
    seed_source
        Where the seed will come from.
    rules_on
        Date on which the rule book is read; the month's first day where nothing is said. A back-run over years before
        the code of practice names the date whose rules it applies.
    standards
        How many standards the scheme has; -1 for the rule book's, 0 where the data's judgements are not by standard.
    accept_near_equal
        Names of providers of their own that look like another's; in one text, with ``;`` between them.
    """

    rate: str = ""
    policy: str = ""
    from_month: int = 0
    seed_source: str = ""
    rules_on: str = ""
    standards: int = -1
    accept_near_equal: str | tuple[str, ...] = ""

    def __post_init__(self) -> None:
        """Take numbers where a notebook was given them, if they are exact; refuse what may have lost something.

        Raises
        ------
        QAError
            Naming the choice, and how to give it.
        """
        object.__setattr__(self, "rate", as_number_text(self.rate, name="rate"))
        for name in ("policy", "seed_source", "rules_on"):
            object.__setattr__(self, name, as_text(getattr(self, name), name=name))
        for name in ("from_month", "standards"):
            object.__setattr__(self, name, as_whole(getattr(self, name), name=name))
