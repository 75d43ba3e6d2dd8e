"""Deposits that come in as files, and the keys that go with them."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.side.files import existing, text_or_file
from huying.side.opening import opened
from huying.store.installation import Installation
from survey import ledger_key
from survey.deposits import rules as deposits_rules
from survey.deposits.operations import accept as deposits
from survey.deposits.operations import keys as deposit_keys


@click.command()
@click.argument("file", type=existing)
def accept(file: Path) -> None:
    """Accept a deposit of the public side from FILE.

    Signature, digests, totals, references and the order of periods are checked; either all of it is stored
    or nothing. Accepting the same file again changes nothing.
    """
    with opened() as installation, installation.database.transaction() as session:
        vkey = installation.keys.find(deposits_rules.DEPOSITOR) or ""
        deposit = deposits.accept(session, file.read_bytes(), vkey=vkey, now=clock.now())
    click.echo(f"{deposit.period} {deposit.sha256}")


@click.command()
@click.option("--depositor", metavar="VKEY", help="Store the public side's verifier key, text or a file.")
@click.option("--rotate", is_flag=True, help="Make a new key pair first; the old one still opens.")
@click.option("--ledger", is_flag=True, help="Print the ledger's verifier key instead.")
def key(depositor: str | None, *, rotate: bool, ledger: bool) -> None:
    """Print this side's public key, to which the public side seals contacts.

    With --depositor, store the verifier key by which deposits are checked first. With --ledger, print the
    key by which outsiders check this side's ledger. Changes of keys are kept in the ledger.
    """
    with opened() as installation:
        if depositor is not None:
            _store(installation, text_or_file(depositor))
        if rotate:
            with installation.database.transaction() as session:
                deposit_keys.rotate(session, installation.keys, now=clock.now())
        shown = (
            ledger_key.vkey(installation.keys, origin=installation.ledger_origin)
            if ledger
            else deposits_rules.public_key(installation.keys)
        )
    click.echo(shown)


def _store(installation: Installation, vkey: str) -> None:
    with installation.database.transaction() as session:
        deposit_keys.store_depositor(session, installation.keys, vkey, now=clock.now())
