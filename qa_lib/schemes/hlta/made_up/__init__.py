"""The made-up Partnership year: assessment from one seed, with facts planted in it."""

from qa_lib.schemes.hlta.made_up.partnership import build_partnership, build_slice, planted_facts

__all__ = ["build_partnership", "build_slice", "planted_facts"]
