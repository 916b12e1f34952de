"""A report shows and keeps what it is given, and writes nowhere else."""

from __future__ import annotations

import base64
import struct

import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from qa_lib import Chart, open_report
from qa_lib.audit.findings import Finding, findings_frame
from qa_lib.errors import RunError
from qa_lib.reports.folder import write_whole

FRAME = pd.DataFrame({"case_id": ["=1", "B"], "files": [1, 2]})


@pytest.fixture
def shown(monkeypatch):
    """Collect what would be displayed, in order."""
    things = []
    monkeypatch.setattr("IPython.display.display", lambda thing, **options: things.append((thing, options)))
    return things


def test_a_table_is_shown_and_written(tmp_path, shown):
    """The page's table names the file, and the file holds all rows, defused."""
    open_report(tmp_path / "new" / "out").table("sample", FRAME, caption="Files", rows=1)
    assert (tmp_path / "new/out/tables/sample.csv").read_bytes() == b"\xef\xbb\xbfcase_id,files\n'=1,1\nB,2\n"
    assert '1 more row in <span class="qa-file">tables/sample.csv</span>' in shown[0][0]._repr_html_()


def test_without_a_folder_everything_is_shown_and_nothing_written(tmp_path, shown, monkeypatch):
    """An empty out leaves no trace, not even in the working folder."""
    monkeypatch.chdir(tmp_path)
    report = open_report("")
    report.table("sample", FRAME, caption="Files")
    report.chart(Chart(Figure(), "Nothing."), name="c")
    report.findings(findings_frame([]))
    report.file("x.xlsx", b"x")
    report.say("Nothing is late.")
    assert list(tmp_path.iterdir()) == []
    assert [repr(thing) for thing, _ in shown if not isinstance(thing, dict)] == [
        "Table: Files (2 rows, 2 columns)",
        "Table: Findings (0 rows, 8 columns)",
        "Nothing is late.",
    ]


def test_findings_come_worst_first(tmp_path, shown):
    """Whatever the order of the frame, breaches stand on top, in the file and on the page."""
    words = ["met", "information", "not_assessable", "warning", "breach"]
    frame = findings_frame(
        Finding(rule="R", status=word, subject_type="file", subject=f"S{i}", message="m")
        for i, word in enumerate(words)
    )
    open_report(tmp_path).findings(frame)
    lines = (tmp_path / "findings.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == words[::-1]
    assert "not assessable" in shown[0][0].html()


def test_findings_of_another_shape_are_refused(tmp_path):
    """Nothing else carries a verdict."""
    with pytest.raises(RunError, match="findings_frame"):
        open_report(tmp_path).findings(FRAME)


def test_a_chart_carries_its_words_and_its_bytes_repeat(tmp_path, shown):
    """The PNG is the same every time, without a date or a version, and the alternative text goes with it."""
    for name in ("one", "two"):
        figure = Figure(figsize=(4, 3))
        figure.subplots().plot([1, 2])
        open_report(tmp_path).chart(Chart(figure, "A line goes up."), name=name)
    one, two = ((tmp_path / f"charts/{name}.png").read_bytes() for name in ("one", "two"))
    assert one == two
    assert b"Software" not in one
    assert struct.unpack(">II", one[16:24]) == (640, 480)
    data, options = shown[0]
    assert base64.b64decode(data["image/png"]) == one
    assert options["metadata"] == {"image/png": {"alt": "A line goes up.", "width": 384}}


def test_a_chart_made_with_pyplot_is_closed(shown):
    """It would be shown again at the end of the cell."""
    figure = plt.figure()
    open_report("").chart(Chart(figure, "Empty."), name="c")
    assert not plt.fignum_exists(figure.number)


def test_a_chart_without_words_is_refused(shown):
    """Not everyone sees it."""
    with pytest.raises(RunError, match="no text alternative"):
        open_report("").chart(Chart(Figure(), " "), name="c")


@pytest.mark.parametrize(
    "name", ["../x", "a/b", "", "CON", "con.xlsx", "LPT1.txt", ".hidden", "x.", "a b", "x\x00", "ü" * 3]
)
def test_a_file_stays_in_its_folder(tmp_path, name):
    """Names that lead elsewhere, or that some system does not take, are refused; nothing is written."""
    with pytest.raises(RunError, match="cannot name a file"):
        open_report(tmp_path).file(name, b"x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../x", "A", "a b", "", "x" * 81, "=x"])
def test_a_table_and_a_chart_have_plain_names(tmp_path, shown, name):
    """One rule for both; nothing is written."""
    report = open_report(tmp_path)
    with pytest.raises(RunError, match="cannot name a table"):
        report.table(name, FRAME, caption="Files")
    with pytest.raises(RunError, match="cannot name a table"):
        report.chart(Chart(Figure(), "x"), name=name)
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_folder_is_not_followed_out_of_it(tmp_path, shown):
    """A tables folder that leads elsewhere is refused."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/tables").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RunError, match="out of the report's folder"):
        open_report(tmp_path / "out").table("sample", FRAME, caption="Files")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_report_needs_a_folder(tmp_path):
    """A file in its place is left alone."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(RunError, match="'out' is a file"):
        open_report(tmp_path / "out")


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    """Neither half a file nor a leftover beside it."""
    path = tmp_path / "x.csv"
    write_whole(path, b"old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("x.csv", b"old")]


def test_a_table_that_cannot_be_shown_is_not_written_either(tmp_path, shown):
    """A missing caption is found before the file is made."""
    with pytest.raises(RunError, match="no caption"):
        open_report(tmp_path).table("sample", FRAME, caption="")
    assert not (tmp_path / "tables").exists()
