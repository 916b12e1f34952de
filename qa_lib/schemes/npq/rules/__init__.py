"""The rules of the quality framework: a function each."""
