"""What comes in as a file: the household registry and deposits; and the keys that go with deposits."""

from __future__ import annotations

from pathlib import Path

import click

from huying import clock
from huying.i18n import _
from huying.place import Place
from survey.commands.place import BY, existing, opened, text_of
from survey.operations import accept as deposits
from survey.operations import bundle, recipient, registry


@click.command("import-households")
@click.argument("file", type=existing)
def import_households(file: Path) -> None:
    """Import the household registry from FILE, a CSV in UTF-8 or GB 18030.

    Columns: 户编号 网格编号 地址 电话 电话来源 电话登记日期 登记人, and 成年人电话 if adults are listed,
    the oldest first, with ; between them
    (or household grid address phone phone_source phone_date phone_by adults). The file states every
    household of the grids that it names: who is missing there has left. One bad row, and nothing is stored.
    """
    with opened() as place, place.database.transaction() as session:
        counts = registry.import_households(
            session,
            file.read_bytes(),
            vault=place.vault,
            allowed=place.settings.allowed_numbers,
            by=BY,
            now=clock.now(),
        )
    click.echo(
        _(
            "读入 %(read)s 户：新增 %(created)s，变更 %(changed)s，不变 %(unchanged)s，迁出 %(left)s。",
            read=counts.read,
            created=counts.created,
            changed=counts.changed,
            unchanged=counts.unchanged,
            left=counts.left,
        )
    )


@click.command()
@click.argument("file", type=existing)
def accept(file: Path) -> None:
    """Accept a deposit of the public side from FILE.

    Signature, digests, totals, references and the order of periods are checked; either all of it is stored
    or nothing. Accepting the same file again changes nothing.
    """
    with opened() as place, place.database.transaction() as session:
        vkey = place.keys.find(recipient.DEPOSITOR) or ""
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
    with opened() as place:
        if depositor is not None:
            _store(place, _text_or_file(depositor).strip())
        if rotate:
            with place.database.transaction() as session:
                recipient.rotate(session, place.keys, now=clock.now())
        shown = (
            bundle.vkey(place.keys, origin=place.ledger_origin)
            if ledger
            else recipient.public_key(place.keys)
        )
    click.echo(shown)


def _store(place: Place, vkey: str) -> None:
    with place.database.transaction() as session:
        recipient.store_depositor(session, place.keys, vkey, now=clock.now())


def _text_or_file(given: str) -> str:
    path = Path(given)
    try:
        return text_of(path) if path.is_file() else given
    except OSError:
        # Too long for a name of a file.
        return given
