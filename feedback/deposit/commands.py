"""The deposit by command line, and the keys by which it is signed and sealed."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from feedback import ledger as feedback_ledger
from feedback.deposit import operations
from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.deposit import archive
from huying.deposit.sealing import Sealer
from huying.ledger import witnessed
from huying.ledger.keys import verifier_key
from huying.side.files import folder, text_or_file
from huying.side.opening import opened
from huying.store.installation import Installation


@click.command()
@click.option("--period", required=True, help="ISO week, such as 2026W48.")
@click.option(
    "--out",
    type=folder,
    default=Path(),
    show_default="here",
    help="Folder for the file.",
)
@click.option(
    "--entries-from", "since", type=int, help="Carry the ledger's lines from this number on; asked for."
)
def deposit(period: str, out: Path, since: int | None) -> None:
    """Write deposit-PERIOD.zip, the one file that goes to the independent side.

    Signed by this side's deposit key; numbers are sealed to the independent side's key, so that nobody here
    can read them back. Its digest is in the ledger before the file is written. A period is deposited once;
    asked again, the same file is written. With --entries-from it carries more of the ledger: the independent
    side says from where, when it lacks lines or has discarded a deposit.
    """
    with opened() as installation, installation.database.transaction() as session:
        run = operations.make(
            session,
            period=period,
            keys=installation.settings.keys,
            origin=installation.settings.origin,
            now=clock.now(),
        )
        file = run.file
        if since is not None:
            file = operations.reissue(session, period=run.period, since=since, now=clock.now())
    path = _write(out / f"deposit-{run.period}.zip", file)
    click.echo(f"{path} {archive.digest(file)}")


@click.command()
@click.option("--recipient", metavar="KEY", help="Store the independent side's public key, text or a file.")
@click.option("--rotate", is_flag=True, help="Make a new signing key first; carry it over before depositing.")
@click.option("--ledger", is_flag=True, help="Print the ledger's verifier key instead.")
def key(recipient: str | None, *, rotate: bool, ledger: bool) -> None:
    """Print this side's verifier key, by which the independent side checks deposits.

    With --recipient, store the independent side's public key first. Changes of keys are kept in the ledger.
    """
    with opened() as installation:
        if recipient is not None:
            _store(installation, recipient)
        if rotate:
            with installation.database.transaction() as session:
                operations.rotate(
                    session,
                    keys=installation.settings.keys,
                    origin=installation.settings.origin,
                    now=clock.now(),
                )
        keys, origin = installation.settings.keys, installation.settings.origin
    if ledger:
        signer = verifier_key(f"{origin}/log", key=keys.signing(witnessed.SIGNING))
    else:
        signer = verifier_key(origin, key=keys.signing(operations.SIGNING))
    click.echo(signer.text)


def _store(installation: Installation, recipient: str) -> None:
    public = text_or_file(recipient)
    keys = installation.settings.keys
    if keys.find(operations.RECIPIENT) == public:
        return
    try:
        key_id = Sealer(public, keys.raw(operations.SEALING)).key_id
    except Invalid as fault:
        raise Invalid(_("这不是独立方的公钥：%(message)s", message=fault.message)) from fault
    with installation.database.transaction() as session:
        feedback_ledger.write(session, "key.recipient", at=clock.now(), k=key_id)
        keys.put(operations.RECIPIENT, public)


def _write(path: Path, data: bytes) -> Path:
    """Write a file so that nobody ever finds a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(data)
    return draft.replace(path)
