"""``qa plan``: how many files a claim needs, and what such a sample can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qa_lib.cli.rate_option import Rate

if TYPE_CHECKING:
    from fractions import Fraction

    from qa_lib.statistics.finite import SampleSize

_MORE = 3


@click.command()
@click.option("--population", required=True, type=click.IntRange(min=1), help="Files in the population.")
@click.option("--tolerable", required=True, type=Rate(), help="Share that may be overturned: 0.05 or 5%.")
@click.option("--expected", default="0", show_default=True, type=Rate(), help="Share you expect to find.")
@click.option(
    "--confidence", default=0.95, show_default=True, type=Rate(number=True), help="With which the claim is to be shown."
)
def command(population: int, tolerable: str, expected: str, confidence: float) -> None:
    """Say how many files a claim needs, and what a sample can show.

    The claim is "no more than the tolerable share of the population would be overturned". The sample is drawn at random
    without replacement; files taken for a reason do not count towards it.
    """
    from qa_lib.statistics.finite import sample_size

    plan = sample_size(population, tolerable=tolerable, expected=expected, confidence=confidence)
    for line in [*_need(plan), "", *_alternatives(plan), "", *_chances(plan)]:
        click.echo(line)


def _need(plan: SampleSize) -> list[str]:
    """Say the answer in two sentences."""
    population = plan.population or 0
    most = population * plan.tolerable.numerator // plan.tolerable.denominator
    return [
        f"Claim: of {population:,} files, no more than {percent(plan.tolerable)} ({most:,}) would be overturned.",
        f"Needed: {plan.n:,} files drawn at random, of which {at_most(plan.allowed)} overturned. "
        f"Then the claim is shown with {percent_of(plan.confidence)} confidence.",
        *_stricter(plan),
    ]


def _stricter(plan: SampleSize) -> list[str]:
    """Say what the other convention of the tolerable rate would take."""
    from qa_lib.statistics.finite import sample_size
    from qa_lib.statistics.inputs import StatisticsError

    try:
        below = sample_size(
            plan.population, tolerable=plan.tolerable, expected=plan.expected, claim="below", confidence=plan.confidence
        )  # fmt: skip
    except StatisticsError:
        return []
    return [
        f"Here {plan.detectable:,} overturned files break the claim. To show that less than {percent(plan.tolerable)} "
        f"would be, which {below.detectable:,} already break (the convention of EZ-Quant and jfa), takes {below.n:,}."
    ]


def _alternatives(plan: SampleSize) -> list[str]:
    """List the sample needed for each number of overturned files from none upwards."""
    from qa_lib.statistics.finite import sample_size
    from qa_lib.statistics.inputs import StatisticsError

    lines = ["If so many are found overturned, so many files are needed:", "  overturned     files"]
    for allowed in range(max(plan.allowed, _MORE) + 1):
        try:
            other = sample_size(
                plan.population, tolerable=plan.tolerable, allowed=allowed, confidence=plan.confidence
            )  # fmt: skip
        except StatisticsError:
            lines.append(f"  {allowed:>10,}  cannot be shown")
            break
        lines.append(f"  {allowed:>10,}  {other.n:>8,}")
    return lines


def _chances(plan: SampleSize) -> list[str]:
    """Say how often the plan would pass, by what is true."""
    from fractions import Fraction

    from qa_lib.statistics.finite import operating_characteristic

    population = plan.population or 0
    shares = [plan.tolerable * part for part in (0, Fraction(1, 5), Fraction(1, 2), 1, 2)]
    just_false = population * plan.tolerable.numerator // plan.tolerable.denominator + 1
    truths = sorted({population * share.numerator // share.denominator for share in shares} | {just_false})
    truths = [truth for truth in truths if truth <= population]
    curve = operating_characteristic(population, plan.n, plan.allowed, overturned=truths)
    lines = [f"How often a sample of {plan.n:,} would pass, if in truth so many of the population were overturned:"]
    for truth, chance in zip(truths, curve.probability, strict=True):
        note = "  <- the claim is just false" if truth == just_false else ""
        lines.append(
            f"  {truth:>10,}  ({percent_of(truth / population)})  passes {percent_of(chance)} of the time{note}"
        )
    lines.append("A sample that does not pass does not show that the claim is false; it leaves it open.")
    return lines


def at_most(allowed: int) -> str:
    """Say a number of overturned files as part of a sentence."""
    return "none is" if allowed == 0 else f"at most {allowed:,} {'is' if allowed == 1 else 'are'}"


def percent(rate: Fraction) -> str:
    """Write an exact rate as a percentage, without rounding noise."""
    return f"{float(rate * 100):.10g} %"


def percent_of(value: float) -> str:
    """Write a probability as a percentage to one decimal; never rounded to a certainty that it is not."""
    shown = f"{100 * value:.1f}"
    if shown == "100.0" and value < 1:
        return "over 99.9 %"
    if shown == "0.0" and value > 0:
        return "under 0.1 %"
    return f"{float(shown):g} %"
