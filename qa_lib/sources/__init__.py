"""The documents that rules are taken from: read as plain text, and held against what a rule book cites of them."""
