"""The rules of the code of practice, by the questions that people ask: a function each."""
