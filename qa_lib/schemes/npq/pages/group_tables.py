"""What the pages on groups show beside the comparison itself: whom, how many, how it adds up, and a check from outside.

The people are those of a data set's table ``people`` (any scheme: columns ``provider`` and ``level``, outcomes, and
characteristics), or the closed cohort of an NPQ data set.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from qa_lib.errors import IntakeError, NothingToShow
from qa_lib.rulebook import RuleBook
from qa_lib.schemes.npq.audit import make_audits
from qa_lib.schemes.npq.rules.characteristics import characteristics_of
from qa_lib.schemes.npq.rules.group_gaps import SCHOOL, cohort, schools_of
from qa_lib.statistics.counting import label_codes, read_outcome
from qa_lib.statistics.groups import compare_groups
from qa_lib.statistics.mix import adjust_for_mix, compare_characteristics

PLACE = ["provider", "level"]
_WITHIN = [*PLACE, "measure"]
_KEYS = {"participant_id", *PLACE}
#: Most differences that are told in a sentence each because the mix changes them or the strata disagree.
_TOLD = 8
_VERDICTS = ("different", "different but small", "shown equivalent", "cannot tell", "too few", "not tested")


def people_to_compare(tables: Mapping[str, pd.DataFrame], book: RuleBook, *, as_of: str) -> pd.DataFrame:
    """Return the people whose groups are compared: the table ``people`` as it is, or the closed cohort of NPQ.M7.

    Raises
    ------
    IntakeError
        If the data set has neither.
    """
    if "people" in tables:
        return tables["people"]
    cohorts = [cohort(audit) for audit in make_audits(tables, book, as_of=as_of).values()]
    return pd.concat(cohorts, ignore_index=True) if cohorts else pd.DataFrame(columns=["provider"])


def names_of(text: str, people: pd.DataFrame, *, tables: Mapping[str, pd.DataFrame], outcomes: str) -> list[str]:
    """Return column names from text with commas; blank text: those that the framework names.

    Of a table ``people`` every column is a characteristic that is neither an outcome nor says who is where.

    Raises
    ------
    IntakeError
        If a named column is not there.
    """
    if not text.strip():
        if "people" in tables:
            return [name for name in people.columns if name not in {*_KEYS, *listed(outcomes)}]
        return characteristics_of(people)
    missing = [name for name in listed(text) if name not in people.columns]
    if missing:
        raise IntakeError(f"there is no column {' and no '.join(missing)}; the columns are {', '.join(people.columns)}")
    return listed(text)


def listed(text: str) -> list[str]:
    """Split names at commas.

    Examples
    --------
    >>> listed("retained, achieved")
    ['retained', 'achieved']
    """
    return [name.strip() for name in text.split(",") if name.strip()]


def compare_measures(
    people: pd.DataFrame, book: RuleBook, *, outcomes: str, groups: Sequence[str], as_of: str
) -> pd.DataFrame:
    """Compare every group within provider and level on several outcomes, by the margin and reading of NPQ.M7.

    Returns
    -------
    DataFrame
        ``provider, level, measure`` (the outcome), then the columns of ``compare_groups``. Holm's adjustment is within
        provider, level and measure; ``p_screening`` is Benjamini and Hochberg's over all of them.

    Raises
    ------
    NothingToShow
        If there is nobody to compare, or nothing is known of anybody.
    """
    if people.empty or not groups:
        raise NothingToShow(
            f"no group can be compared: as of {as_of} no cohort is closed yet, or nothing is known of these people"
        )
    rule, fewest = book["NPQ.M7"].on(as_of).value, book["X.GROUPS"].on(as_of).value["fewest"]
    schools = [name for name in (SCHOOL,) if name in people.columns]
    long = pd.concat(
        [people[[*PLACE, *schools, *groups]].assign(measure=name, outcome=people[name]) for name in listed(outcomes)],
        ignore_index=True,
    )
    return compare_groups(
        long, outcome="outcome", groups=list(groups), within=_WITHIN, margin=rule["margin"], reading=rule["reading"],
        fewest=fewest, cluster=schools_of(people, groups), pooled=True,
    )  # fmt: skip


def group_overview(result: pd.DataFrame, *, by: Sequence[str] = ("level", "measure")) -> pd.DataFrame:
    """Return how the groups of a comparison fared, a row per value of ``by``.

    Returns
    -------
    DataFrame
        The columns of ``by``, then ``groups``, ``over_the_threshold``, ``relative_reading`` (over it in the relative
        reading), and a count for each verdict.
    """
    verdicts = {verdict.replace(" ", "_"): result["verdict"] == verdict for verdict in _VERDICTS}
    marked = result[list(by)].assign(
        groups=1, over_the_threshold=result["flag"], relative_reading=result["flag_relative"], **verdicts
    )
    counted = marked.groupby(list(by), sort=False, as_index=False).sum()
    return counted.astype(dict.fromkeys(["groups", *verdicts], "int64"))


def people_sentences(people: pd.DataFrame, result: pd.DataFrame, *, groups: Sequence[str]) -> list[str]:
    """Return how many people are compared where, and of how many something is missing."""
    places = people[PLACE].drop_duplicates() if len(people) else people
    missing = {name: int(people[name].isna().sum()) for name in groups}
    lacking = "; ".join(f"{name} of {count:,}" for name, count in missing.items() if count)
    measures = result["measure"].nunique() if len(result) else 0
    shown = "Missing, shown as a group of its own and not tested"
    return [
        f"{len(people):,} enrolments at {len(places):,} combinations of provider and level, {len(groups)} "
        f"characteristics, {measures} outcomes: {len(result):,} groups in all.",
        f"{shown}: {lacking}." if lacking else "No characteristic is missing.",
    ]


def group_sentences(result: pd.DataFrame) -> list[str]:
    """Return the first sentences of a page on groups: what the rule flags, and what the numbers say of it."""
    if result.empty:
        return ["No group can be compared: no cohort is closed yet, or nothing is known of these people."]
    flagged, other = result[result["flag"].astype(bool)], result[~result["flag"].astype(bool)]
    lines = [f"{len(result):,} groups were compared. The rule flags {len(flagged):,} of them: each needs an answer."]
    if len(flagged):
        differ = int(flagged["verdict"].str.startswith("different").sum())
        unclear = int((flagged["verdict"] == "cannot tell").sum())
        lines.append(
            f"Of the flagged groups {differ:,} differ from the others by more than chance would give. For {unclear:,} "
            "the numbers cannot tell: that is neither an accusation nor an all-clear."
        )
    hidden = other[other["verdict"].str.startswith("different")]
    if len(hidden):
        lines.append(
            f"Not flagged by the rule, and yet different: {len(hidden):,} groups. A large group can be far from the "
            "others and near to the overall rate, for it is a good part of that rate itself."
        )
    even = int((result["verdict"] == "shown equivalent").sum())
    return [*lines, f"Shown to be close to the others: {even:,} groups.", *_beside(result, flagged)]


def _beside(result: pd.DataFrame, flagged: pd.DataFrame) -> list[str]:
    """Return what else has to be known of a comparison: how fragile flags are, who is missing, what goes by schools."""
    by_one = int((flagged["people_to_change"] == 1).sum())
    lines = [f"One person with the other outcome would clear {by_one:,} of the flags."] if by_one else []
    unsure = int((result["flag_bounds"] == "open").sum())
    if unsure:
        lines.append(f"Missing values could set or clear the flag of {unsure:,} groups.")
    apart = result[result["missing_differ"].astype(bool)]
    names = ", ".join(f"{row['characteristic']} ({row['level']}, {row['measure']})" for row in apart.to_dict("records"))
    if names:
        lines.append(f"People whose value is missing fare differently from those with one: {names}.")
    schools = result.loc[result["clusters"].notna(), "characteristic"].unique()
    if len(schools):
        lines.append(
            f"What belongs to schools ({', '.join(schools)}) is compared school by school: people of one school move "
            "together, and a test that counted them one by one would find too much."
        )
    likely = int((result["chance_beyond"].astype(float) > 0.5).sum())
    if result["chance_beyond"].notna().any():
        lines.append(
            f"By a model in which all groups vary alike, {likely:,} groups are more likely than not truly beyond the "
            "threshold. That is no verdict of the rule."
        )
    return lines


def compare_within_strata(
    people: pd.DataFrame, *, outcomes: str, groups: Sequence[str], strata: str, within: Sequence[str] = PLACE
) -> pd.DataFrame:
    """Return the comparison with strata held fixed, for every outcome, those that the mix changes first.

    ``reversal``, ``hidden`` and ``disagree`` say where it does; :func:`mix_sentences` says it in words.
    """
    held = [name for name in listed(strata) if name in people.columns]
    asked = [name for name in groups if name not in held]
    parts = [
        adjust_for_mix(people, outcome=name, groups=asked, strata=held, within=list(within)).assign(measure=name)
        for name in listed(outcomes)
        if held and asked and len(people)
    ]
    if not parts:
        return pd.DataFrame(columns=[*within, "measure", "characteristic", "group", "reversal", "hidden", "disagree"])
    table = pd.concat(parts, ignore_index=True).drop(columns=["odds_low", "odds_high", "warning"])
    table.insert(len(within), "measure", table.pop("measure"))
    return table.sort_values(["reversal", "hidden", "disagree"], ascending=False, kind="stable", ignore_index=True)


def mix_sentences(mix: pd.DataFrame, *, strata: str) -> list[str]:
    """Say which differences turn round or show only when the strata are held fixed, and where strata disagree.

    A difference turns round clearly where the figure of all together lies outside the interval of the adjusted one;
    other turns are told by number, and of other changes the largest are spelt out. Two groups that are each other's
    rest are one difference.
    """
    held = " and ".join(listed(strata))
    if mix.empty:
        return [f"Nothing could be held fixed: there is nobody, or nobody's {held} is known."]
    sizes = mix[["n", "rest_n"]]
    keys = [name for name in (*PLACE, "measure", "characteristic") if name in mix.columns]
    once = mix[~mix.assign(_less=sizes.min(axis=1), _more=sizes.max(axis=1)).duplicated([*keys, "_less", "_more"])]
    turned, hidden = once["reversal"].astype(bool), once["hidden"].astype(bool)
    found, clear = once[turned], once[turned & hidden]
    lines = [_told(row, held) for row in clear.to_dict("records")]
    if not lines:
        lines = [f"With {held} held fixed no difference turns round clearly."]
    beside = once[~(turned & hidden) & (hidden & ~turned | once["disagree"].astype(bool))]
    moved = (beside["diff_points"] - beside["adjusted_points"]).abs().sort_values(ascending=False, kind="stable")
    lines += [_told(row, held) for row in beside.loc[moved.index[:_TOLD]].to_dict("records")]
    if len(beside) > _TOLD:
        lines.append(f"In {len(beside) - _TOLD} more the mix changes the difference, or the strata disagree.")
    if len(found) > len(clear):
        others = len(found) - len(clear)
        lines.append(f"In {others} more the sign changes within the interval: chance may do that.")
    return lines


def _told(row: Mapping[Hashable, Any], held: str) -> str:
    """Say a difference as it is and with the strata held fixed, and what that means."""
    place = " / ".join(str(row[name]) for name in (*PLACE, "measure", "characteristic", "group") if name in row)
    said = (
        f"{place}: {row['diff_points']:+.1f} points from the others in all together, and {row['adjusted_points']:+.1f} "
        f"(95 % interval {row['adjusted_low']:+.1f} to {row['adjusted_high']:+.1f}) with {held} held fixed."
    )
    if row["reversal"] and row["hidden"]:
        said += " The sign turns round (Simpson's paradox): do not read the first figure alone."
    elif row["hidden"]:
        said += " The mix changes the difference: do not read the first figure alone."
    if row["disagree"]:
        said += (
            f" The strata disagree, from {row['lowest_points']:+.1f} to {row['highest_points']:+.1f} points (p = "
            f"{row['homogeneity_adjusted']:.2g} after Holm): look at each by itself."
        )
    return said


def chi_squares(people: pd.DataFrame, *, outcomes: str, groups: Sequence[str], published: str = "") -> pd.DataFrame:
    """Return Pearson's chi-square of every characteristic over all people, for whoever knows that figure.

    It is no verdict here: it is the figure of the textbooks, without continuity correction and with provider and level
    ignored, beside our own p of the characteristic as a whole. It is text with three decimals, as others print it.

    Parameters
    ----------
    people, outcomes, groups
        As in :func:`compare_measures`.
    published
        Figures that others found, as ``disability retained 109.545; gender retained 5.792``.

    Returns
    -------
    DataFrame
        ``characteristic, measure, groups, people, missing, chi_square, degrees, p_chi_square, p_ours, published``.
    """
    known = _published(published)
    rows = [
        {**row, "published": known.get((str(row["characteristic"]), str(row["measure"])), "")}
        for measure in listed(outcomes)
        for row in _squares(people, measure, groups)
    ]
    return pd.DataFrame(rows)


def _squares(people: pd.DataFrame, measure: str, groups: Sequence[str]) -> Iterator[dict[str, object]]:
    from scipy.stats import chi2_contingency  # takes long to import

    ours = compare_characteristics(people, outcome=measure, groups=list(groups))
    success = read_outcome(people[measure])
    for row in ours.to_dict("records"):
        code, labels = label_codes(people[row["characteristic"]])
        there = (success >= 0) & (code < len(labels) - 1)
        counts = pd.crosstab(code[there], success[there])
        result = chi2_contingency(counts, correction=False) if min(counts.shape) > 1 else None
        yield {
            "characteristic": row["characteristic"],
            "measure": measure,
            "groups": row["groups"],
            "people": row["n"],
            "missing": row["missing_n"],
            "chi_square": f"{result.statistic:.3f}" if result else "",
            "degrees": int(result.dof) if result else 0,
            "p_chi_square": float(result.pvalue) if result else float("nan"),
            "p_ours": row["p"],
        }


def _published(text: str) -> dict[tuple[str, str], str]:
    found = {}
    for part in filter(None, (part.split() for part in text.split(";"))):
        if len(part) != 3:
            raise IntakeError(f"published holds {' '.join(part)!r}; expected characteristic, outcome and figure")
        found[part[0], part[1]] = part[2]
    return found
