"""``qa compare`` reads any table of people and says in words what its numbers show."""

import re

import pandas as pd
import pytest
from click.testing import CliRunner

from qa_lib.cli.compare import command, read_people
from qa_lib.errors import QAError
from qa_lib.statistics.groups import COLUMNS

OPTIONS = ["--outcome", "result", "--positive", "Pass", "--groups", "sex"]


@pytest.fixture
def table():
    """Return two hundred people: women pass in 90 of 100 cases, men in 60; ten have no sex, one no result."""
    rows = [("F", i < 90) for i in range(100)] + [("M", i < 60) for i in range(100)] + [("", True)] * 10
    frame = pd.DataFrame(rows, columns=["sex", "passed"])
    frame["result"] = frame["passed"].map({True: "Pass", False: "Fail"})
    frame["provider"], frame["cohort"] = "North", "2024"
    frame.loc[len(frame) - 1, "result"] = None
    return frame.drop(columns="passed")


def run(*arguments):
    """Return what the command prints."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx", "parquet"])
def test_any_table_gives_the_same_answer(table, tmp_path, kind):
    """The format of the file does not show."""
    file = tmp_path / f"people.{kind}"
    if kind == "xlsx":
        table.to_excel(file, index=False)
    elif kind == "parquet":
        table.to_parquet(file)
    else:
        table.to_csv(file, index=False, sep="\t" if kind == "tsv" else ",")
    output = run(file, *OPTIONS, "--within", "provider")
    assert "210 people, 3 groups. The outcome of 1 is missing." in output
    assert "- North: sex M: 60 of 100 (60.0 %)" in output
    assert "It is over the rule's threshold; 12 people with the other outcome would change that. Chance alone" in output
    assert "Intervals in these sentences are at the level at which Holm decided." in output


def test_the_table_is_written_with_the_agreed_columns(table, tmp_path):
    """groups.csv, and mix.csv where strata are named; restricted, with a BOM for spreadsheets."""
    file, out = tmp_path / "people.csv", tmp_path / "out"
    table.to_csv(file, index=False)
    output = run(
        file, *OPTIONS, "--within", "provider", "--strata", "cohort", "--mdd", "--profile", "dfe", "--out", out
    )
    groups = pd.read_csv(out / "groups.csv", encoding="utf-8-sig")
    assert list(groups.columns) == ["provider", *COLUMNS]
    assert groups["mdd_points"].notna().sum() == 2
    assert groups["suppressed"].fillna("").tolist() == ["", "", "u"]
    assert "no difference is another one, and the strata do not disagree" in output
    assert (out / "mix.csv").exists()
    assert (out / "groups.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_sign_that_turns_is_said(tmp_path):
    """The warning names the group."""
    cells = [("a", "easy", 81, 87), ("a", "hard", 192, 263), ("b", "easy", 234, 270), ("b", "hard", 55, 80)]
    rows = [(g, s, int(i < k)) for g, s, k, n in cells for i in range(n)]
    file = tmp_path / "stones.csv"
    pd.DataFrame(rows, columns=["g", "s", "ok"]).to_csv(file, index=False)
    output = run(file, "--outcome", "ok", "--groups", "g", "--strata", "s")
    assert "- g / a: All together the first group is -4.6 points" in output


def test_schools_small_groups_orders_and_the_model_are_asked_for(tmp_path):
    """What goes by schools, who is too few, which test could tell nothing, the trend and the model each have a line."""
    rows = [
        (f"s{school}", "low" if school < 4 else "middle" if school < 8 else "high", "ab"[i % 2], i < 6 + school // 3)
        for school in range(12)
        for i in range(10)
    ]
    frame = pd.DataFrame(rows, columns=["school", "grade", "sex", "ok"])
    frame.loc[:2, "sex"] = ["rare", "none", None]
    frame.to_csv(tmp_path / "people.csv", index=False)
    asked = ["--outcome", "ok", "--groups", "grade,sex", "--cluster", "school", "--fewest", "1", "--pooled"]
    output = run(tmp_path / "people.csv", *asked, "--ordered", "grade=low,middle,high")
    assert "Compared place by place and not person by person, as all people of a place share it: grade." in output
    assert "Groups in which no test could have told anything: 2; they are not counted among the tests." in output
    assert re.search(r"- grade, from low to high: \+\d+\.\d points from one group to the next \(p = ", output)
    assert "groups are more likely than not truly beyond the margin; that is no verdict." in output
    few = run(tmp_path / "people.csv", *asked[:-2], "2")
    assert "Groups with too few people to be tested: 2." in few
    assert "that is no verdict" not in few


def test_only_so_many_changes_by_the_mix_are_listed(tmp_path):
    """Thirty groups do better in the easy stratum where they are rare: twenty are listed, the others counted."""
    rows = [
        (f"g{group:02}", stratum, int(i < k))
        for group in range(30)
        for stratum, k, n in (("easy", 10, 10), ("hard", 2, 30))
        for i in range(n)
    ]
    rows += [
        ("most", stratum, int(i < k)) for stratum, k, n in (("easy", 600, 900), ("hard", 50, 900)) for i in range(n)
    ]
    pd.DataFrame(rows, columns=["g", "s", "ok"]).to_csv(tmp_path / "people.csv", index=False)
    output = run(tmp_path / "people.csv", "--outcome", "ok", "--groups", "g", "--strata", "s")
    assert output.count(": All together the first group is ") == 20
    assert re.search(r"\.\.\. and \d+ more; --out writes them all\.", output)


@pytest.mark.parametrize("text", ["grade", "=a,b", "grade=low", "grade=low,low"])
def test_an_order_needs_a_column_and_two_groups(table, tmp_path, text):
    """The message says how it is written."""
    table.to_csv(tmp_path / "people.csv", index=False)
    with pytest.raises(QAError, match="expected a column and its groups in order"):
        run(tmp_path / "people.csv", *OPTIONS, "--ordered", text)


def test_who_is_beside_the_order_is_named(tmp_path):
    """A slip in a name leaves its group out and says so; case and spaces are none; a column that is not there is."""
    rows = [(grade, int(i < k)) for grade, k in (("Good", 4), ("good ", 5), ("Outstanding", 7)) for i in range(9)]
    pd.DataFrame(rows, columns=["grade", "ok"]).assign(sex="F").to_csv(tmp_path / "people.csv", index=False)
    asked = ["--outcome", "ok", "--groups", "sex", "--ordered"]
    right = run(tmp_path / "people.csv", *asked, "grade=good,OUTSTANDING")
    assert re.search(r"- grade, from Good to Outstanding: \+\d", right)
    assert not re.search("nobody is|left out", right)
    slip = run(tmp_path / "people.csv", *asked, "grade=Good,Outstandng")
    assert "- grade: left out of the trend, as --ordered does not name them: Outstanding." in slip
    assert "- grade: nobody is 'Outstandng'; did you mean \"Outstanding\"?" in slip
    with pytest.raises(QAError, match=r"--ordered asks for column 'grad', .*did you mean \"grade\""):
        run(tmp_path / "people.csv", *asked, "grad=Good,Outstanding")


def test_a_trend_of_one_group_is_said_to_be_none(table, tmp_path):
    """Its other group has nobody."""
    table.to_csv(tmp_path / "people.csv", index=False)
    output = run(tmp_path / "people.csv", *OPTIONS, "--ordered", "cohort=2023,2024")
    assert "- cohort: fewer than two of its groups have people" in output


def test_people_without_a_value_who_fare_otherwise_are_named(table, tmp_path):
    """Ten people without a sex all fail: the sentence says that they are no chance part of everybody."""
    table.loc[table["sex"] == "", "result"] = "Fail"
    table.to_csv(tmp_path / "people.csv", index=False)
    assert "They fare differently from those whose value is known" in run(tmp_path / "people.csv", *OPTIONS)


def test_the_strict_test_warns_of_its_floor(table, tmp_path):
    """Boschloo with Berger and Boos has no p below one in ten thousand."""
    file = tmp_path / "people.csv"
    table.to_csv(file, index=False)
    assert "never below 0.0001" in run(file, *OPTIONS, "--test", "boschloo")


def test_only_the_most_notable_groups_are_spelt_out(tmp_path):
    """More than twenty flagged groups are counted, not listed."""
    rows = [(f"g{group:02}", int(i < group % 10)) for group in range(40) for i in range(9)]
    file = tmp_path / "many.csv"
    pd.DataFrame(rows, columns=["g", "ok"]).to_csv(file, index=False)
    output = run(file, "--outcome", "ok", "--groups", "g")
    assert output.count("\n- ") == 20
    assert "more flagged or different; --out writes them all." in output


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("people.csv", b"", "row 0: nothing, expected a header"),
        ("people.csv", b"a,a\n1,2\n", "'a' appears twice"),
        ("people.csv", b"a,b\n1,2,3\n", "row 2"),
        ("people.doc", b"a,b\n1,2\n", "ends in"),
        ("people.xlsx", b"PK\x03\x04 no workbook", "workbook"),
        ("people.parquet", b"PAR1", "Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_refused(tmp_path, name, content, said):
    """Nothing is left out in silence: the row or the column is named."""
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(QAError, match=said):
        read_people(file)


def test_a_folder_or_nothing_is_no_table(tmp_path):
    """The message says which file to name."""
    with pytest.raises(QAError, match="is a folder"):
        read_people(tmp_path)
    with pytest.raises(QAError, match="nothing is at"):
        read_people(tmp_path / "absent.csv")


@pytest.mark.parametrize("word", ["", "NA", "n/a", " #N/A ", "null", "-"])
def test_a_missing_outcome_is_no_failure(table, tmp_path, word):
    """Whatever an office writes for *not known*, nobody fails by it: the answer is that of a blank cell."""
    table.loc[:9, "result"] = word
    file = tmp_path / "people.csv"
    table.to_csv(file, index=False)
    output = run(file, *OPTIONS)
    assert "210 people, 3 groups. The outcome of 11 is missing." in output
    assert "Success: Pass (149).\nNo success: Fail (50)." in output
    assert re.search(r"sex F +80 +90 +88\.9% +74\.9% +\+14\.0 ", output)


def test_outcomes_that_were_not_named_are_listed_and_left_out(table, tmp_path):
    """Who withdrew has not failed: the others are asked for, and who is named neither stands in no rate."""
    table.loc[:4, "result"], table.loc[5:6, "result"] = "Withdrawn", "Pending"
    file = tmp_path / "people.csv"
    table.to_csv(file, index=False)
    with pytest.raises(QAError, match=r"'Fail' \(50\), 'Pending' \(2\), 'Withdrawn' \(5\): say which"):
        run(file, *OPTIONS)
    output = run(file, *OPTIONS, "--negative", "Fail")
    assert "Left out, as it was named neither: Pending (2), Withdrawn (5)." in output
    assert re.search(r"sex F +83 +93 ", output)
    both = run(file, *OPTIONS, "--negative", "Fail", "--negative", "Withdrawn", "--positive", "Pending")
    assert "Success: Pass (152), Pending (2).\nNo success: Fail (50), Withdrawn (5)." in both


@pytest.mark.parametrize("named", [[], ["--negative", "Fail"]])
def test_an_outcome_in_another_case_is_neither_a_failure_nor_left_out(table, tmp_path, named):
    """Fifty who "pass" beside those who "Pass" are asked about; named, they count as the others do."""
    table.loc[:49, "result"] = "pass"
    file = tmp_path / "people.csv"
    table.to_csv(file, index=False)
    with pytest.raises(QAError, match=r"holds 'pass' beside 'Pass', which differ only in letter case or spaces: name"):
        run(file, *OPTIONS, *named)
    assert "Success: Pass (109), pass (50)." in run(file, *OPTIONS, *named, "--positive", "pass")


@pytest.mark.parametrize(
    "word", ["awaiting result", "Not known", "not yet marked", "Missing", "#VALUE!", ".", "Withdrew"]
)
def test_a_word_that_says_there_is_no_result_is_asked_about_where_it_is_the_only_other(table, tmp_path, word):
    """Nobody fails by being the only kind without a result; who did not pass has failed without a question."""
    file = tmp_path / "people.csv"
    table.loc[table["result"] == "Fail", "result"] = word
    table.to_csv(file, index=False)
    with pytest.raises(QAError, match=re.escape(f"holds {word!r} (50): say which of them count as no success")):
        run(file, *OPTIONS)
    table.replace({"result": {word: "did not pass"}}).to_csv(file, index=False)
    assert "No success: did not pass (50)." in run(file, *OPTIONS)


def test_a_table_of_counts_gives_what_its_people_give(table, tmp_path):
    """The lines of rates and of what they show are the same; a row of totals is pointed out."""
    each, counts = tmp_path / "people.csv", tmp_path / "counts.csv"
    table = table[table["result"].notna() & (table["sex"] != "")]
    table.to_csv(each, index=False)
    of_group = table.groupby("sex")["result"].agg(k=lambda one: (one == "Pass").sum(), n="size").reset_index()
    of_group.to_csv(counts, index=False)
    options = ["--outcome", "k", "--people", "n", "--groups", "sex"]
    by_counts, by_people = run(counts, *options), run(each, *OPTIONS)
    assert "200 people in 2 rows of counts, 2 groups." in by_counts
    assert by_counts.split("\n\n", 1)[1] == by_people.split("\n\n", 1)[1]
    assert "adds others up" not in by_counts
    for label, is_sum in {
        "Total": True,
        "Grand total": True,
        "SUBTOTALS": True,
        "All groups": True,
        "Allan": False,
    }.items():
        of_group.loc[2] = [label, 150, 200]
        of_group.to_csv(counts, index=False)
        assert ("if it adds others up, take it out" in run(counts, *options)) == is_sum


def test_a_columns_name_may_hold_a_comma(table, tmp_path):
    """Named whole or in double quotes; cut at its comma it is missed with the remedy."""
    file = tmp_path / "people.csv"
    table.rename(columns={"sex": "sex, recorded"}).to_csv(file, index=False)
    outcome = OPTIONS[:4]
    whole = run(file, *outcome, "--groups", "sex, recorded", "--groups", "cohort")
    assert whole == run(file, *outcome, "--groups", '"sex, recorded",cohort')
    assert "sex, recorded F" in whole
    with pytest.raises(QAError, match="'sex, recorded', in double quotes"):
        run(file, *outcome, "--groups", "sex, recorded,cohort")


def test_rates_are_printed_although_nothing_stands_out(tmp_path):
    """Equal groups are shown too, so that nobody takes silence for equality; of very many the rest is counted."""
    file = tmp_path / "people.csv"
    pd.DataFrame([(f"g{i:03}", i % 2) for i in range(140) for _ in range(2)], columns=["g", "ok"]).to_csv(file)
    output = run(file, "--outcome", "ok", "--groups", "g")
    assert re.search(r"g g000 +0 +2 +0\.0% +50\.0% +-50\.0 +cannot tell", output)
    assert "... and 80 more groups; --out writes them all." in output


def test_an_outcome_that_is_not_yes_or_no_asks_for_the_positive_value(table, tmp_path):
    """It lists the values that are there."""
    file = tmp_path / "people.csv"
    table.to_csv(file, index=False)
    with pytest.raises(QAError, match=r"'Fail', 'Pass'.*positive"):
        run(file, "--outcome", "result", "--groups", "sex")


def test_a_workbook_without_cells_is_refused(tmp_path):
    """There is no table to compare."""
    file = tmp_path / "people.xlsx"
    pd.DataFrame().to_excel(file, index=False, header=False)
    with pytest.raises(QAError, match=r"expected a header|no sheet"):
        read_people(file)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_title_above_the_header_is_one_sentence_and_read_when_told(table, tmp_path, kind):
    """The columns that are asked for tell where the header is; from there the answer is the same."""
    plain, titled = tmp_path / "plain.csv", tmp_path / f"people.{kind}"
    table.to_csv(plain, index=False)
    rows = [["Results", *[""] * (table.shape[1] - 1)], list(table.columns), *table.fillna("").to_numpy().tolist()]
    if kind == "csv":
        titled.write_text("Results\n" + plain.read_text())
    else:
        pd.DataFrame(rows).to_excel(titled, index=False, header=False)
    said = r"people\.\w+: the header seems to be in row 2: have it read from there with --header-row 2, or take away"
    with pytest.raises(QAError, match=said):
        run(titled, *OPTIONS)
    assert run(titled, *OPTIONS, "--header-row", 2) == run(plain, *OPTIONS)


def test_hidden_rows_are_compared_and_said(table, tmp_path):
    """A filtered list of people is read whole, and its number of hidden rows is told."""
    with pd.ExcelWriter(tmp_path / "people.xlsx", engine="xlsxwriter") as book:
        table.to_excel(book, sheet_name="People", index=False)
        for row in (3, 4, 8):
            book.sheets["People"].set_row(row, None, None, {"hidden": True})
    shown = run(tmp_path / "people.xlsx", *OPTIONS)
    assert "people.xlsx: 3 rows are hidden in the spreadsheet, and they were read" in shown
    assert f"{len(table)} people" in shown
