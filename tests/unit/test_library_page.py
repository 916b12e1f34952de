"""The worked examples of ``docs/library.md`` run, and give what stands below them."""

import doctest
import re

from qa_lib.project_files import ROOT

PAGE = ROOT / "docs" / "library.md"


def test_the_examples_give_what_the_page_shows(tmp_path, monkeypatch):
    """In their order, each going on where the last one ended, over the made-up data of the notebooks."""
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, PAGE.name, PAGE.name, 0)
    assert len(examples.examples) >= 30
    told = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples, out=told.append)
    assert told == []
