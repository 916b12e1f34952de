"""NPQ: the quality framework of the National Professional Qualifications (October 2017)."""
