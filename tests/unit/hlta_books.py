"""The HLTA rule book with one value changed, for tests that a value is read and not written into the code."""

from pathlib import Path

from qa_lib.scheme import load_rulebook

ROOT = Path(__file__).parents[2]


def book_with(folder, rule, old, new):
    """Return the rule book in which a piece of one rule's text, its first, is another."""
    before, begun, rest = (
        (ROOT / "parameters" / "rules" / "hlta.yaml").read_text(encoding="utf-8").partition(f"  {rule}:\n")
    )
    assert old in rest
    path = folder / "hlta.yaml"
    path.write_text(before + begun + rest.replace(old, new, 1), encoding="utf-8")
    return load_rulebook(path)
