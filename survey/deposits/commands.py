"""Deposits that come in as files, and the keys that go with them."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.side.files import existing, text_or_file
from huying.side.opening import opened
from huying.store.installation import Installation
from survey import ledger_key
from survey.deposits import rules as deposits_rules
from survey.deposits.operations import accept as deposits
from survey.deposits.operations import discard as discards
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
        log_vkey = installation.keys.find(deposits_rules.PUBLIC_LEDGER) or ""
        data, now = file.read_bytes(), clock.now()
        deposit = deposits.accept(session, data, vkey=vkey, log_vkey=log_vkey, now=now)
    click.echo(f"{deposit.period} {deposit.sha256}")


@click.command("discard-deposit")
@click.argument("period")
@click.option("--by", "login", required=True, metavar="LOGIN", help="The registrar who answers for it.")
@click.option("--why", required=True, metavar="REASON", help="Why; name and reason are public.")
def discard_deposit(period: str, *, login: str, why: str) -> None:
    """Throw out the last deposit, that of PERIOD, by a registrar's name: the ledger says so.

    Another file for the period may then be accepted.
    """
    with opened() as installation, installation.database.transaction() as session:
        by = discards.registrar(session, login)
        discards.discard(session, period, by=by, reason=why, now=clock.now())
    click.echo(_("已作废 %(period)s 的交存文件。", period=period))


@click.command()
@click.option("--depositor", metavar="VKEY", help="Store the public side's verifier key, text or a file.")
@click.option("--public-ledger", metavar="VKEY", help="Store the key of the public side's ledger.")
@click.option("--rotate", is_flag=True, help="Make a new key pair first; the old one still opens.")
@click.option("--ledger", is_flag=True, help="Print the ledger's verifier key instead.")
def key(depositor: str | None, *, public_ledger: str | None, rotate: bool, ledger: bool) -> None:
    """Print this side's public key, to which the public side seals contacts.

    With --depositor, store the verifier key by which deposits are checked first, with --public-ledger the
    one by which the ledger's checkpoint in them is (there: `huying feedback key --ledger`). With --ledger,
    print the key by which outsiders check this side's ledger. Changes of keys are kept in the ledger.
    """
    with opened() as installation:
        if depositor is not None:
            _store(installation, text_or_file(depositor))
        if public_ledger is not None:
            _store_public_ledger(installation, text_or_file(public_ledger))
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


def _store_public_ledger(installation: Installation, vkey: str) -> None:
    with installation.database.transaction() as session:
        deposit_keys.store_public_ledger(session, installation.keys, vkey, now=clock.now())
