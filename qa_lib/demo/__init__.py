"""The made-up Partnership: a believable year of HLTA assessment from one seed, with facts planted to be found."""

from qa_lib.demo.facts import planted_facts
from qa_lib.demo.partnership import build_partnership, build_slice

__all__ = ["build_partnership", "build_slice", "planted_facts"]
