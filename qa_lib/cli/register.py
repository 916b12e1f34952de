"""``qa register``: show the draw chains, or verify that nothing in the register was changed."""

from __future__ import annotations

import click

from qa_lib.cli.freeze import REGISTER_HELP


@click.group()
def command() -> None:
    """Show or verify the register's draw chains."""


@command.command()
@click.option("--provider", help="Only this provider's chain.")
@click.option("--register", "register_url", help=REGISTER_HELP)
def log(provider: str | None, register_url: str | None) -> None:
    """Print every freeze, withdrawal and draw in the order in which it was recorded."""
    from qa_lib.register.store import open_existing_register
    from qa_lib.register.verify_chains import register_log
    from qa_lib.strict_yaml import nearest

    register = open_existing_register(register_url)
    entries = register_log(register, provider=provider)
    for entry in entries.itertuples():
        click.echo(
            f"{entry.provider}  {entry.position:>4}  {entry.kind:<10}  {entry.purpose}  {entry.month} {entry.part:<7} "
            f"{entry.digest}  {entry.recorded_at}  {entry.recorded_by}"
        )
    if entries.empty:
        hint = nearest(provider, set(register_log(register)["provider"])) if provider else ""
        click.echo("The register holds no entry" + (f" of {provider}{hint or '.'}" if provider else "."), err=True)


@command.command()
@click.option("--receipt", "receipts", multiple=True, metavar="DIGEST", help="A digest of a receipt; may be repeated.")
@click.option("--register", "register_url", help=REGISTER_HELP)
def verify(receipts: tuple[str, ...], register_url: str | None) -> None:
    """Hold every row of the register against its chains; exit 1 with what is wrong.

    Every hash is computed again. What a chain cannot show is that its end was cut off together with all that it binds:
    give a digest that qa freeze, qa draw or an earlier qa register verify printed as --receipt.
    """
    from qa_lib.register.receipts import heads, receipt_problems
    from qa_lib.register.store import open_existing_register
    from qa_lib.register.verify_chains import register_log, verify_register

    register = open_existing_register(register_url)
    problems = [*verify_register(register), *receipt_problems(register, receipts)]
    for problem in problems:
        click.echo(f"WRONG  {problem}")
    if problems:
        raise SystemExit(1)
    entries, chains = register_log(register), heads(register)
    rows = "" if register.takes_over else "; no row was changed"
    click.echo(f"OK  {len(entries)} entries in {len(chains)} chains, each bound to the one before it{rows}")
    for provider, last in chains.items():
        for what, digest in last.items():
            click.echo(f"{provider}  {what}: {digest}")
    if register.takes_over:
        click.echo("The register has an earlier format: the next thing recorded in it binds all its rows.", err=True)


@command.command(name="not-moderatable")
@click.argument("case_id")
@click.option("--provider", required=True, help="The RPA whose file it is.")
@click.option("--reason", required=True, help="Why the sampled file cannot be moderated.")
@click.option("--register", "register_url", help=REGISTER_HELP)
def not_moderatable(case_id: str, provider: str, reason: str, register_url: str | None) -> None:
    """Record a sampled file that turned out not to be moderatable; its assessor and PoP need cover again."""
    from qa_lib.cli.endings import recorded
    from qa_lib.register.recording import record_not_moderatable
    from qa_lib.register.store import open_existing_register

    new = record_not_moderatable(open_existing_register(register_url), provider=provider, reasons={case_id: reason})
    with recorded("that the file could not be moderated IS recorded in the register"):
        click.echo("recorded" if new else "was recorded before; nothing changed")
