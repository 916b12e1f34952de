"""The made-up data: a year of HLTA assessment and two years of NPQs, each from one seed, with facts planted in them."""

from qa_lib.demo.facts import planted_facts
from qa_lib.demo.npq import build_npq, build_npq_slice
from qa_lib.demo.npq_facts import planted_npq_facts
from qa_lib.demo.partnership import build_partnership, build_slice

__all__ = ["build_npq", "build_npq_slice", "build_partnership", "build_slice", "planted_facts", "planted_npq_facts"]
