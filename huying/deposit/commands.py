"""`huying deposit …`: what anybody who holds a deposit may do with it, on neither side."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.deposit import archive
from huying.deposit.archive import Deposit


@click.group(name="deposit")
def register() -> None:
    """Look at a deposit, the one file that passes between the two sides."""


@register.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", "vkey", metavar="VKEY", help="The depositor's verifier key, text or a file.")
@click.option("--rows", metavar="TABLE", help="Print the rows of a table as well; contacts stay sealed.")
def inspect(file: Path, *, vkey: str | None, rows: str | None) -> None:
    """Print what FILE holds: origin, period, totals of each table, digests.

    Form, digests, totals and references are checked, with --key the signature too. Stores nothing. Exit
    status 1 and one sentence where the file isn't a sound deposit.
    """
    data = file.read_bytes()
    deposit = archive.look(data) if vkey is None else archive.read(data, vkey=_key(vkey))
    _print(deposit, signed=vkey is not None)
    if rows is not None:
        _print_rows(deposit, rows)


def _key(given: str) -> str:
    path = Path(given)
    return (path.read_text(encoding="utf-8") if path.is_file() else given).strip()


def _print(deposit: Deposit, *, signed: bool) -> None:
    manifest = deposit.manifest
    made = f"{clock.local(manifest.made_at):%Y-%m-%d %H:%M}"
    click.echo(
        _(
            "来源 %(origin)s，时段 %(period)s，制于 %(made)s",
            origin=manifest.origin,
            period=manifest.period,
            made=made,
        )
    )
    click.echo(f"SHA-256 {deposit.sha256}")
    click.echo(_("签名有效。") if signed else _("签名没有核对：请用 --key 给出公众端的验证公钥。"))
    for name, summary in manifest.tables.items():
        click.echo(f"{name + '.tsv':<14}{summary.rows:>9}  {summary.sha256[:16]}…  ≤ {summary.complete_to}")


def _print_rows(deposit: Deposit, table: str) -> None:
    if table not in deposit.tables:
        click.echo(
            _("没有这个表：%(table)s。有 %(names)s。", table=table, names="、".join(deposit.tables)), err=True
        )
        sys.exit(2)
    for row in deposit.tables[table]:
        click.echo("\t".join(row.values()))
