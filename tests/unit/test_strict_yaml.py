"""The strict reader: text stays text, traps of YAML are faults with a line, and all faults come together."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from qa_lib import strict_yaml
from qa_lib.errors import QAError, RunError
from qa_lib.strict_yaml import ROOT, Strict, StrictYaml, nearest, shown_path


class _Leaf(Strict):
    colour: str
    size: str | None = None


class _Tree(Strict):
    name: str
    leaves: dict[str, _Leaf] = {}  # noqa: RUF012 - pydantic copies it
    tags: tuple[str, ...] = ()


def _read(folder: Path, text: str | bytes) -> StrictYaml:
    path = folder / "book.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return StrictYaml(path)


def _faults(file: StrictYaml) -> list[str]:
    with pytest.raises(QAError) as caught:
        file.check()
    return [line.split("book.yaml:")[1] for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    "written",
    [
        "NO",
        "no",
        "012",
        "4.10",
        "1e3",
        "1_000",
        "0x1F",
        "2024-01-01",
        "12:30:45",
        "~",
        "null",
        "true",
        ".inf",
        "=",
        "Off",
    ],
)
def test_a_scalar_is_the_text_that_was_typed(tmp_path: Path, written: str) -> None:
    """What YAML would turn into a boolean, number, date or nothing arrives as typed, in quotes or not."""
    file = _read(tmp_path, f'plain: {written}\nquoted: "{written}"\n{written}: key\n')
    file.check()
    assert file.content == {"plain": written, "quoted": written, written: "key"}


def test_nothing_after_a_colon_is_blank_text(tmp_path: Path) -> None:
    """A key without a value has the empty text, which no model takes for a value."""
    assert _read(tmp_path, "a:\nb: ''\n").content == {"a": "", "b": ""}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3\n", "3: key 'a' repeats; it stands on line 1 already: keep one"),
        ("x:\n  a: {c: 1}\n  'a': {d: 1}\n", "3: key 'a' repeats; it stands on line 2 already: keep one"),
        ("a: {b:, c: 1, b:}\n", "1: key 'b' repeats; it stands on line 1 already: keep one"),
        ("a: &x 1\n", "1: anchor &x; anchors are not allowed: write the value out"),
        ("a: 1\nb: *x\n", "2: alias *x; aliases are not allowed: write the value out"),
        ("a: !!int 1\n", "1: tag tag:yaml.org,2002:int; tags are not allowed: every value is read as text"),
        (
            "a: !!python/object/apply:os.system [x]\n",
            "1: tag tag:yaml.org,2002:python/object/apply:os.system; tags are",
        ),
        ("%TAG ! tag:x,2000:\n---\na: !set {b}\n", "3: tag tag:x,2000:set; tags are not allowed"),
        ("a:\n  <<: {b: 1}\n", "2: merge key <<; merging is not allowed: write the keys out"),
        ("a:\n\tb: 1\n", "2: not YAML: found character '\\t' that cannot start any token; indent with spaces"),
        ("a: [1\n", "2: not YAML: "),
        ("a: b: c\n", "1: not YAML: mapping values are not allowed here"),
        ("? [a, b]\n: c\n", "1: a list or mapping stands where a key is expected; keys are text"),
        ("a: 1\n---\nb: 2\n", "2: a second document starts; expected one document in the file"),
        ("", "1: the file is empty"),
        ("# only words\n", "1: the file is empty"),
        ("a: 1\nb: \x07\n", "2: control character '\\x07'; remove it"),
        (b"a: 1\nb: caf\xe9\n", "2: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        ("a: " + "[" * 5000 + "]" * 5000, "1: nested more than 20 deep; expected a rule book or run file"),
    ],
)
def test_every_trap_is_a_fault_with_its_line(tmp_path: Path, text: str | bytes, fault: str) -> None:
    """Duplicate keys, anchors, aliases, tags, merges, tabs and broken text are named with the line they stand on."""
    (found,) = _faults(_read(tmp_path, text))
    assert found.startswith(fault)


def test_a_billion_laughs_expand_to_nothing(tmp_path: Path) -> None:
    """Nested aliases are refused by their lines; not one of them is followed."""
    rows = ["a0: &a0 lol"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    file = _read(tmp_path, "\n".join(rows))
    assert len(_faults(file)) == 10 + 9, "ten anchors, and the aliases of nine lines"
    assert file.content["a9"] == [""] * 9


def test_all_faults_come_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Faults of the text and of the model are reported at once, each once, sorted by line."""
    file = _read(tmp_path, "name: &n oak\nleafs: 1\nleaves:\n  a: {color: red}\n  b: 3\n  b: 4\ntags: yes\n")
    file.model(_Tree, file.content)
    assert _faults(file) == [
        "1: anchor &n; anchors are not allowed: write the value out",
        "2: unknown key 'leafs'; expected one of leaves, name, tags; did you mean 'leaves'?",
        "4: key 'colour' is missing; add it",
        "4: unknown key 'color'; expected one of colour, size; did you mean 'colour'?",
        "5: b is '3'; expected a mapping",
        "6: key 'b' repeats; it stands on line 5 already: keep one",
        "7: tags is 'yes'; expected a list",
    ]


def test_a_text_where_the_file_should_be_a_mapping_is_said(tmp_path: Path) -> None:
    """A file that is one text, or a list, is no model, and the message says what arrived."""
    for text, arrived in (("oak\n", "'oak'"), ("- oak\n", "a list")):
        file = _read(tmp_path, text)
        assert file.model(_Tree, file.content) is None
        assert _faults(file) == [f"1: the file is {arrived}; expected a mapping"]


def test_a_sound_file_becomes_its_model_and_says_nothing(tmp_path: Path) -> None:
    """BOM and CRLF change nothing but the digest; a sound file has no fault and check() is silent."""
    file = _read(tmp_path, b"\xef\xbb\xbfname: oak\r\nleaves:\r\n  a: {colour: red}\r\ntags: [x, y]\r\n")
    tree = file.model(_Tree, file.content)
    assert isinstance(tree, BaseModel)
    assert (tree.name, tree.leaves["a"].colour, tree.tags) == ("oak", "red", ("x", "y"))
    assert not file.faulty
    file.check()
    assert len(file.sha256) == 64


def test_a_file_that_is_not_there_raises_the_error_asked_for(tmp_path: Path) -> None:
    """The caller's kind of error says which path, and what to do."""
    with pytest.raises(RunError, match=r"nowhere.yaml cannot be read .* check the path"):
        StrictYaml(tmp_path / "nowhere.yaml", error=RunError)


def test_the_line_of_something_inside_is_that_of_the_nearest_thing_around_it(tmp_path: Path) -> None:
    """A place that is not in the file has the line of what would hold it, at worst the first."""
    file = _read(tmp_path, "\na:\n  b: 1\n")
    assert [file.line(at) for at in [("a", "b"), ("a", "c", 0), ("z",)]] == [3, 2, 1]


def test_paths_inside_the_project_are_shown_relative_to_it(tmp_path: Path) -> None:
    """A message does not depend on where the project lies."""
    assert shown_path(ROOT / "parameters" / "x.yaml") == "parameters/x.yaml"
    assert shown_path(tmp_path / "x.yaml") == (tmp_path / "x.yaml").as_posix()


def test_the_nearest_word_is_suggested_whatever_its_case() -> None:
    """A word near a known one is suggested; far from all of them nothing is."""
    assert nearest("hlta.mod3", ["HLTA.MOD.3", "X.DRAW"]) == "; did you mean 'HLTA.MOD.3'?"
    assert nearest("qqq", ["HLTA.MOD.3"]) == ""


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab:-?[]{},&*!|>'\"%#@<~ \n\t\r\x00é\ufeff0", max_size=40))
def test_whatever_is_in_a_file_only_faults_come_out(text: str) -> None:
    """Any text is read or faulted; nothing else escapes, and what is read is text, lists and mappings."""
    with TemporaryDirectory() as folder:
        file = _read(Path(folder), text)
    assert file.faulty or file.content is not None
    leaves = [] if file.content is None else [file.content]
    while leaves:
        leaf = leaves.pop()
        assert isinstance(leaf, str | list | dict)
        leaves += leaf if isinstance(leaf, list) else list(leaf.values()) if isinstance(leaf, dict) else []


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=30))
def test_quoted_text_arrives_as_it_is(text: str) -> None:
    """Text in single quotes, on one line, is the value, whatever it looks like."""
    with TemporaryDirectory() as folder:
        file = _read(Path(folder), "a: '{}'\n".format(text.replace("'", "''")))
    file.check()
    assert file.content == {"a": text}


@pytest.mark.parametrize("name", ["parameters/rules/hlta.yaml", "parameters/runs/hlta_sample.yaml"])
def test_the_fast_parser_reads_what_the_parser_in_python_reads(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The content of a file and the line of everything in it do not depend on how PyYAML was built."""
    fast = StrictYaml(ROOT / name)
    monkeypatch.setattr(strict_yaml, "FAST_LOADER", yaml.BaseLoader)
    slow = StrictYaml(ROOT / name)
    assert (fast.content, fast._lines) == (slow.content, slow._lines)
    assert not fast.faulty


def test_what_the_fast_parser_alone_refuses_is_read(tmp_path: Path) -> None:
    """A key without a value before a comma: the parser in Python decides."""
    assert _read(tmp_path, "{a:, b: c}\n").content == {"a": "", "b": "c"}
