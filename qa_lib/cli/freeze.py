"""``qa freeze``: freeze a month's population before the seed is given, or withdraw a freeze."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qa_lib.cli.header_rows import header_row_option, read_header_rows
from qa_lib.cli.mapping_options import Mapping, mapping_options, mapping_words, read_mapping
from qa_lib.cli.option_sets import refuse_options
from qa_lib.cli.scheme_option import scheme_option
from qa_lib.lookalikes import DIFFERENCES

if TYPE_CHECKING:
    from qa_lib.intake.accepted import Dataset
    from qa_lib.register.month_draw import Tables
    from qa_lib.sampling.frozen import Freeze
    from qa_lib.scheme import Scheme

REGISTER_HELP = "A SQLite file or sqlite:// address [default: $QA_REGISTER, then the working folder's register.sqlite]."
#: Options that a month alone takes, and those that a list alone takes.
_OF_MONTHS = ("rate", "policy", "from_month", "late", "scrutiny", "withdraw", "rules_on", "by", "register_url")
_OF_LISTS = ("as_of", "listed")


@click.command()
@click.argument("dataset", required=False, type=click.Path(path_type=Path))
@scheme_option("Whose tables they are", "as the tables are named")
@click.option("--provider", required=True, help="The provider whose files are frozen.")
@click.option("--month", default="", metavar="YYYY-MM", help="The month to freeze.")
@click.option("--period", default="", help="Where a list is drawn from: the period, as the data name it.")
@click.option("--as-of", default="", metavar="YYYY-MM-DD", help="With --period: the day up to which the list is known.")
@click.option(
    "--list", "listed", default="", metavar="NAME", help="With --period: which list, where there are several."
)
@click.option("--rate", default="", help="Rate of the random part, e.g. 0.10 or 10%; never below the rule book's.")
@click.option("--policy", default="", help="Coverage policy: first_sight or from_month [default: the rule book's].")
@click.option("--from-month", type=int, default=0, help="With from_month: the month of the year, 1 to 12.")
@click.option("--seed-source", default="", help="Where the seed will come from, e.g. 'lottery of Saturday 3 February'.")
@click.option("--late", is_flag=True, help="Freeze only files that came after the month's freeze.")
@click.option("--scrutiny", is_flag=True, help="Choose files for pre-upload scrutiny instead.")
@click.option("--withdraw", metavar="REASON", help="Withdraw the month's freeze; possible only before its seed.")
@click.option(
    "--rules-on", metavar="YYYY-MM-DD", default="", help="Date of the rule book [default: the month's first day]."
)
@mapping_options
@header_row_option
@click.option(
    "--accept",
    multiple=True,
    metavar="NAME",
    help="NAME is a provider of its own, though it looks like another; repeat for more.",
)
@click.option("--accept-rejected", is_flag=True, help="Freeze although rows of the data set were rejected.")
@click.option("--by", default="", help="Who freezes or withdraws; stands in the register beside the entry.")
@click.option("--register", "register_url", help=REGISTER_HELP)
@click.option("--out", type=click.Path(path_type=Path), help="Folder [default: outputs/draws/MONTH/PROVIDER].")
def command(
    dataset: Path | None,
    scheme: str | None,
    provider: str,
    month: str,
    period: str,
    as_of: str,
    listed: str,
    rate: str,
    policy: str,
    from_month: int,
    seed_source: str,
    late: bool,
    scrutiny: bool,
    withdraw: str | None,
    rules_on: str,
    accept: tuple[str, ...],
    header_rows: tuple[str, ...],
    accept_rejected: bool,
    by: str,
    register_url: str | None,
    out: Path | None,
    **mapped: Any,
) -> None:
    """Freeze a month's files, or a list, and print the freeze digest: the promise made before the seed exists.

    DATASET is the folder or workbook with the files; to withdraw a freeze none is needed.
    """
    from qa_lib.cli.endings import recorded
    from qa_lib.errors import command_line
    from qa_lib.files import refuse_unwritable
    from qa_lib.intake.near_providers import near_names_of, refuse_unknown_names
    from qa_lib.register.draws_of_year import passed_over_by
    from qa_lib.register.monthly_draws import draw_folder, freeze
    from qa_lib.register.months_with_files import own_months
    from qa_lib.register.receipts import freeze_receipt
    from qa_lib.register.recording import record_withdrawal
    from qa_lib.register.store import open_existing_register, open_register, withdrawn_freezes
    from qa_lib.register.working_folder import draws_place
    from qa_lib.sampling.plan_choices import PlanChoices
    from qa_lib.sampling.planned import planned_sample
    from qa_lib.scheme import find_scheme, load_rulebook

    refuse_mixed(month=month, period=period, as_of=as_of)
    purpose = "scrutiny" if scrutiny else "moderation"
    asked = {"provider": provider, "month": month, "purpose": purpose, "by": by}
    if withdraw is not None:
        register = open_existing_register(register_url)
        digest = record_withdrawal(register, reason=withdraw, **asked)
        with recorded(f"the withdrawal IS recorded in the register (freeze {digest})"):
            click.echo(f"withdrawn: {digest}")
        return
    if dataset is None:
        raise click.UsageError("Missing argument 'DATASET': the folder or workbook with the files to freeze.")
    refuse_unwritable(out or draws_place())
    if out is not None:
        refuse_other_month(out, provider=provider, month=month)
    mapping = read_mapping(**mapped)
    mapping.header_rows.update(read_header_rows(header_rows))
    accept = (*accept, *mapping.accept_near_equal)
    alike = [*mapping_words(**mapped), *(word for row in header_rows for word in ("--header-row", row))]
    data = accepted_data(dataset, scheme, mapping, period=period, accept_rejected=accept_rejected, alike=alike)
    used, tables = find_scheme(data.scheme), data.tables
    refuse_unknown_names(tables, accept, column=used.provider_column)
    if period:
        about = {"provider": provider, "period": period, "as_of": as_of, "seed_source": seed_source}
        click.echo(freeze_a_list(tables, used, listed, out=out, accept=accept, **about))
        return
    choices = PlanChoices(rate, policy, from_month, seed_source, rules_on, accept_near_equal=accept)
    register = open_register(register_url, at_first_use=True)
    register.named = register_url or ""
    frozen = freeze(tables, load_rulebook(used.name), register=register, choices=choices, late=late, **asked)
    folder = out or draw_folder(draws_place(), frozen)
    with recorded(f"the freeze of {provider} {month} IS recorded in the register (digest {frozen.digest})"):
        frozen.write(folder, over=withdrawn_freezes(register, provider=frozen.provider))
        click.echo(frozen.digest)
    for remark in frozen.remarks:
        click.echo(f"Please look: {remark}. The month is drawn and stands.", err=True)
    for kind, number in near_names_of(tables, used, provider=provider).items():
        click.echo(near_names_sentence(kind, number), err=True)
    of_month = frozen.part == "month" and purpose == "moderation"
    months = own_months(tables, used, provider=provider) if of_month else []
    if earlier := passed_over_by(register, frozen, months=months):
        click.echo(passed_over_sentence(earlier, frozen, register=register.named), err=True)
    left_out = f"; {len(frozen.left_out)} left out at scrutiny" if len(frozen.left_out) else ""
    click.echo(
        f"{provider} {month} ({frozen.part}): {len(frozen.population)} files frozen in {folder}{left_out}.\n"
        f"Whatever the seed will be, the sample is: {planned_sample(frozen).sentence}.\n"
        "Send the digest above to the peer reviewer; with their seed, id and RPA:\n"
        f"  {command_line(['qa', 'draw', str(folder), '--seed', '…', '--reviewer', '…', '--reviewer-rpa', '…'])}",
        err=True,
    )
    for what, digest in freeze_receipt(frozen, register).items():
        click.echo(f"{what}: {digest}", err=True)


def refuse_mixed(*, month: str, period: str, as_of: str) -> None:
    """Refuse options of a month and of a list together: one of them would be passed over in silence."""
    if bool(month) == bool(period):
        raise click.UsageError("give --month, or --period where a list is drawn from.")
    if month:
        refuse_options(_OF_LISTS, "a month is frozen; a list is frozen with --period in place of --month")
        return
    refuse_options(_OF_MONTHS, "a list is frozen, by its rule and in no register; they are for --month")
    if not as_of:
        raise click.UsageError("Missing option '--as-of': the day up to which the list is known.")


def refuse_other_month(folder: Path, *, provider: str, month: str) -> None:
    """Refuse a folder that holds the freeze of another provider or month, before anything is recorded."""
    from qa_lib.errors import SampleError
    from qa_lib.sampling.frozen import read_freeze, same_name

    if not (folder / "freeze.json").is_file():
        return
    there = read_freeze(folder)
    if there.month != month or not same_name(there.provider, provider):
        raise SampleError(f"{folder.name} holds the freeze of {there.provider} {there.month}; choose another folder")


def passed_over_sentence(months: Sequence[str], frozen: Freeze, *, register: str) -> str:
    """Say that earlier months with files were never frozen, and how to come back to them."""
    from qa_lib.calendar.months import listed_months
    from qa_lib.sampling.frozen import withdraw_command

    them = "it" if len(months) == 1 else "them"
    return (
        f"Please look: there are files of {listed_months(months)} too, never frozen; months are drawn in order: once "
        f"{frozen.month} is drawn nobody can draw {them} any more. To begin with {them}, take this freeze back first:\n"
        f"  {withdraw_command(frozen.content, register=register)}"
    )


def near_names_sentence(kind: str, number: int) -> str:
    """Say that ids of a provider's files, assessors or PoPs may be one spelled in several ways."""
    groups = "1 group" if number == 1 else f"{number} groups"
    return (
        f"Note: {kind} whose ids differ only in {DIFFERENCES} count as different ({groups}); qa check names their rows"
    )


def accepted_data(
    dataset: Path,
    scheme: str | None,
    mapping: Mapping,
    *,
    period: str,
    accept_rejected: bool,
    alike: Sequence[str] = (),
) -> Dataset:
    """Return a data set of which no row was rejected that could be drawn, or decides what is.

    Parameters
    ----------
    period
        Where a list is drawn from: every table counts. Else those that decide on a month.
    alike
        The options by which ``qa check`` reads the data set in the same way.

    Raises
    ------
    IntakeError
        If rows were rejected in such a table: a file lost by a typing error cannot be drawn.
    """
    from qa_lib.errors import IntakeError, command_line
    from qa_lib.intake.dataset import read_dataset
    from qa_lib.intake.messages import fault_lines
    from qa_lib.intake.prepared import is_prepared
    from qa_lib.register.month_draw import month_draw_of
    from qa_lib.scheme import find_scheme
    from qa_lib.tables.vocabulary import deciding_tables

    if is_prepared(dataset):
        raise IntakeError(
            f"{dataset.name} is a run's prepared slice, which nobody checks again; freeze from the data set"
        )
    data = read_dataset(
        dataset, scheme=scheme, columns=mapping.columns, values=mapping.values, header_rows=mapping.header_rows
    )
    faults, used = data.rejected, find_scheme(data.scheme)
    if not period:
        month_draw_of(used)  # it says so where the scheme draws none
        faults = faults[faults["table"].isin(deciding_tables(used.tables))]
    if len(faults) and not accept_rejected:
        counted = ("1 fault", "touches") if len(faults) == 1 else (f"{len(faults):,} faults", "touch")
        raise IntakeError(
            f"{counted[0]} in {dataset.name} {counted[1]} what is drawn from; the first: "
            f"{fault_lines(faults.head(1), scheme=data.scheme)[0]}.\n"
            "See all of them, mend the rows, and freeze again (or freeze without those rows: --accept-rejected):\n"
            f"  {command_line(['qa', 'check', str(dataset), *alike])}"
        )
    return data


def freeze_a_list(
    tables: Tables,
    scheme: Scheme,
    name: str,
    *,
    provider: str,
    period: str,
    as_of: str,
    seed_source: str,
    out: Path | None,
    accept: Collection[str],
) -> str:
    """Freeze a list of a scheme into a folder, tell on standard error what was frozen, and return the freeze digest.

    Raises
    ------
    SampleError
        If the scheme has no such list, or the list holds nothing or cannot be frozen.
    """
    from qa_lib.errors import SampleError, command_line
    from qa_lib.files import folder_name
    from qa_lib.register.list_draws import draw_from_list, list_draw_of
    from qa_lib.register.working_folder import draws_place
    from qa_lib.scheme import load_rulebook

    declared = list_draw_of(scheme, name)
    about = {"provider": provider, "period": period, "as_of": as_of, "seed_source": seed_source}
    frozen = draw_from_list(declared, tables, load_rulebook(scheme.name), accept_near_equal=accept, **about)
    if frozen.population.empty:
        raise SampleError(
            f"nothing was frozen: on {as_of} no {frozen.name} of {provider} are known of the period {period!r}; "
            "expected a period as the data name it, and a day by which there are some"
        )
    folder = out or draws_place() / folder_name(period) / folder_name(provider)
    frozen.write(folder)
    draw = command_line(["qa", "draw", str(folder), "--list", frozen.name, "--seed", "…"])
    click.echo(
        f"{provider} {period}: {len(frozen.population)} {frozen.name} frozen in {folder}, of which {frozen.size} will "
        "be drawn.\nNo register holds this freeze: the digest above, sent now to whoever gives the seed, is its "
        f"witness. With their seed:\n  {draw}",
        err=True,
    )
    return str(frozen.digest)
