"""The commands over a side's ledger: a checkpoint signed now, who may witness it, and its own key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import click
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.i18n import _
from huying.ledger import rotation, witnessed
from huying.ledger.store import Ledger
from huying.store.installation import Installation


@dataclass(frozen=True, slots=True)
class Side:
    """Where the commands of a side work, on which ledger, and what refuses that its key changes now."""

    opened: Callable[[], AbstractContextManager[Installation]]
    ledger: Ledger
    check_rest: Callable[[Session], None] = lambda _session: None


def commands(side: Side) -> tuple[click.Command, click.Command, click.Command]:
    """Return the commands `checkpoint`, `witness` and `log` of a side."""
    group = click.Group(
        "witness",
        help="Witnesses: other departments that sign this side's checkpoints.",
        context_settings={"obj": side},
    )
    for command in (add, drop, listing):
        group.add_command(command)
    shown = click.Command(
        "checkpoint",
        callback=checkpoint,
        help="Sign the ledger as it stands and print the checkpoint, to be posted and kept by anybody.",
        context_settings={"obj": side},
    )
    log = click.Group("log", help="The ledger's own key.", context_settings={"obj": side})
    log.add_command(rotate)
    return shown, group, log


@click.pass_obj
def checkpoint(side: Side) -> None:
    """Sign and print."""
    with side.opened() as installation, installation.database.transaction() as session:
        side.ledger.checkpoint(
            session, origin=installation.ledger_origin, key=installation.keys.signing(witnessed.SIGNING)
        )
        text = witnessed.published(side.ledger, session)
    click.echo(text, nl=False)


@click.command()
@click.pass_obj
def rotate(side: Side) -> None:
    """Sign with a new key from now on; the ledger says so, under both keys. Prints its verifier key.

    Carry the printed key to everybody who checks. Interrupted? Run it again: it goes on where it stopped.
    """
    with side.opened() as installation:
        with installation.database.transaction() as session:
            side.check_rest(session)
            key = rotation.announce(
                side.ledger,
                session,
                keys=installation.keys,
                origin=installation.ledger_origin,
                at=clock.now(),
            )
        rotation.take_over(installation.keys)
    click.echo(key.text)


@click.command()
@click.argument("vkey")
@click.pass_obj
def add(side: Side, vkey: str) -> None:
    """Take signatures of the witness VKEY from now on; the ledger says so."""
    with side.opened() as installation, installation.database.transaction() as session:
        key = witnessed.admit(side.ledger, session, vkey, at=clock.now())
    click.echo(_("从现在起接受 %(name)s 的见证。", name=key.name))


@click.command()
@click.argument("vkey")
@click.pass_obj
def drop(side: Side, vkey: str) -> None:
    """Take no more signatures of the witness VKEY; those that it gave stay."""
    with side.opened() as installation, installation.database.transaction() as session:
        witnessed.dismiss(side.ledger, session, vkey, at=clock.now())
    click.echo(_("不再接受这个见证方的签名，已有的保留。"))


@click.command("list")
@click.pass_obj
def listing(side: Side) -> None:
    """Print the verifier keys of the witnesses."""
    with side.opened() as installation, installation.database.reading() as session:
        for key in witnessed.witnesses(side.ledger, session):
            click.echo(key.text)
