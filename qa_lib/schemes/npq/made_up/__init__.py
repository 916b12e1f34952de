"""The made-up NPQ framework: two years from one seed, with facts planted in them."""

from qa_lib.schemes.npq.made_up.framework import build_npq, build_npq_slice

__all__ = ["build_npq", "build_npq_slice"]
