"""``qa verify`` and the tool for auditors agree on folders of draws from lists, whatever was done to them."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_lib.batch.verify_run import verify_folder
from qa_lib.errors import RunError
from qa_lib.sampling.identifiers import normalise_identifier
from qa_lib.sampling.list_draw import draw_list_again, freeze_list
from tests.second_implementation.examples import drawn, freeze_content, frozen, partnership
from tests.second_implementation.verifier import tool, verify

SEED = "6 1 4 2 3 5 1 2 6 4 3 1"
REUSED = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
MONTH = drawn(frozen(partnership(), freeze_content(partnership())))
#: Under a month's draw: two lists beside it, one of them waiting, and one deeper down.
FILES = {
    **MONTH,
    **{
        f"{place}{name}": content
        for place, stem, size, seed in (
            ("", "visits", {"rate": "1/7"}, SEED),
            ("", "scripts", {"number": 3}, ""),
            ("2018-19/west/", "scripts", {"number": 4}, SEED),
        )
        for frozen_list in [
            freeze_list(
                stem,
                pd.DataFrame({"key": [f"{stem[0]}{number}" for number in range(19)], "level": 'é, or "not"'}),
                purpose="moderation",
                provider="West",
                period="2018-19",
                **size,
            )
        ]
        for name, content in (draw_list_again(frozen_list, seed=seed) if seed else frozen_list).files().items()
    },
}
LISTS = sorted(FILES.keys() - MONTH.keys())


STRAYS = ["notes.txt", "2018-19/x", "2018-19/west/late-1/draw.json", "Visits-draw.json"]


def both_say(folder: Path) -> tuple[bool, bool]:
    """Return whether everything in a folder is right, to the command and to the tool."""
    try:
        command = not any(problems for _, problems in verify_folder(folder))
    except RunError:
        command = False
    return command, verify(folder)[0] == 0


def made(folder: Path, files: dict[str, bytes]) -> Path:
    """Write a folder anew."""
    shutil.rmtree(folder, ignore_errors=True)
    verify(folder, files)
    return folder


def test_both_accept_the_whole(tmp_path: Path) -> None:
    """A month's draw with lists beside and below it is right to both, and so are the lists alone."""
    assert both_say(made(tmp_path / "all", FILES)) == (True, True)
    assert both_say(made(tmp_path / "lists", {name: FILES[name] for name in LISTS})) == (True, True)


@REUSED
@given(st.sampled_from(LISTS), st.data())
def test_no_changed_byte_goes_unnoticed(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """A byte that is another, one too many and one too few are told by both; only a waiting freeze binds its words."""
    whole = FILES[name]
    at = data.draw(st.integers(0, len(whole) - 1))
    content = data.draw(
        st.sampled_from([whole[:at], whole[:at] + whole[at + 1 :], whole[:at] + b"x" + whole[at:]])
        | st.integers(0, 255).map(lambda byte: whole[:at] + bytes([byte]) + whole[at + 1 :])
    )
    command, auditor = both_say(made(tmp_path / "x", {**FILES, name: content}))
    assert command == auditor
    assert command == (content == whole) or name == "scripts-freeze.json"


@REUSED
@given(
    st.lists(st.sampled_from(sorted(FILES)), max_size=3),
    st.lists(st.tuples(st.sampled_from(LISTS), st.sampled_from(sorted(FILES))), max_size=2),
    st.sets(
        st.sampled_from(["notes.txt", "2018-19/x", "2018-19/west/late-1/draw.json", "Visits-draw.json"]), max_size=1
    ),
    st.dictionaries(
        st.sampled_from(["rate-freeze.json", "late-1/visits-draw.json", "scrutiny/visits.csv", "manifest.txt"]),
        st.sampled_from([b"", b"{}\n", b"key,level\n"]),
        max_size=1,
    ),
    st.booleans(),
)
def test_both_agree_on_what_was_taken_away_swapped_and_added(
    tmp_path: Path,
    gone: list[str],
    swapped: list[tuple[str, str]],
    strays: set[str],
    odd: dict[str, bytes],
    inner: bool,
) -> None:
    """Files that are missing, lie in another's place or belong to no draw, and a month's draw within another's."""
    files = {name: content for name, content in FILES.items() if name not in gone}
    files |= {to: FILES[source] for to, source in swapped}
    files |= dict.fromkeys(strays, b"x") | odd
    files |= {f"2018-19/west/{name}": content for name, content in MONTH.items() if inner}
    if any(name not in MONTH for name in files):
        command, auditor = both_say(made(tmp_path / "x", files))
        assert command == auditor, verify(tmp_path / "x")[1]


VALUES = [
    None,
    True,
    0,
    1,
    3,
    19,
    19.0,
    -1,
    "",
    "1",
    "3",
    "1/7",
    "2/14",
    "0",
    "1.0",
    "1/1",
    "0/1",
    " x",
    "é",
    "e\u0301",
    [],
    {},
]


@REUSED
@given(st.sampled_from([name for name in LISTS if name.endswith(".json")]), st.data())
def test_both_agree_on_any_value_of_a_key(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """A value of the wrong kind, a key too many and one that is missing are told by both."""
    content = tool.json.loads(FILES[name])
    key = data.draw(st.sampled_from([*sorted(content), "number", "rate", "more"]))
    changed = {**content, key: data.draw(st.sampled_from(VALUES))}
    if data.draw(st.booleans()) and key in content:
        del changed[key]
    command, auditor = both_say(made(tmp_path / "x", {**FILES, name: tool.canonical(changed)}))
    assert command == auditor, verify(tmp_path / "x")[1]


@REUSED
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=4).map(normalise_identifier), max_size=9
    ),
    st.fractions(0, 1, max_denominator=30) | st.integers(1, 12),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=20, max_size=30).filter(tool.is_plain),
)
def test_the_tool_accepts_every_draw(tmp_path: Path, keys: list[str], size: Fraction | int, seed: str) -> None:
    """Whatever can be frozen and drawn, a share or a number of any list, the tool draws with the same bytes."""
    rows = pd.DataFrame({"key": [key for key in dict.fromkeys(keys) if tool.is_identifier(key)]}, dtype="str")
    given = {"number": size} if isinstance(size, int) else {"rate": size}
    frozen_list = freeze_list("visits", rows, purpose=seed, provider="W", period="", seed_source=seed, **given)
    if len(normalise_identifier(seed)) >= 20:
        assert both_say(made(tmp_path / "x", draw_list_again(frozen_list, seed=seed).files())) == (True, True)


@REUSED
@given(
    st.lists(st.text(st.characters(codec="utf-8") | st.sampled_from(' ,"=é\n'), max_size=3), max_size=4),
    st.sampled_from(["1", "1/1", "1/3", "0", "0/1"]),
)
def test_both_agree_on_any_list(tmp_path: Path, keys: list[str], rate: str) -> None:
    """Whoever writes files of any list by hand, every digest fitting, is right to both or to neither."""
    listed = tool.csv_text(["key"], [[key] for key in keys]).encode()
    freeze = {"period": "", "population_digest": tool.sha256(listed), "protocol": "1", "provider": "", "purpose": ""}
    content = tool.canonical({**freeze, "rate": rate, "seed_source": "", "visits": len(keys)})
    command, auditor = both_say(made(tmp_path / "x", {"visits.csv": listed, "visits-freeze.json": content}))
    assert command == auditor, verify(tmp_path / "x")[1]
