"""The commands over a side's ledger: a checkpoint signed now, who may witness it, and its own key."""

from __future__ import annotations

import click

from huying.base import clock
from huying.base.i18n import _
from huying.ledger import rotation, witnessed
from huying.side.opening import opened
from huying.side.side import Side


@click.command()
@click.pass_obj
def checkpoint(side: Side) -> None:
    """Sign the ledger as it stands and print the checkpoint, to be posted and kept by anybody."""
    with opened() as installation, installation.database.transaction() as session:
        side.ledger.checkpoint(
            session, origin=installation.ledger_origin, key=installation.keys.signing(witnessed.SIGNING)
        )
        text = witnessed.published(side.ledger, session)
    click.echo(text, nl=False)


@click.group()
def log() -> None:
    """The ledger's own key."""


@log.command()
@click.pass_obj
def rotate(side: Side) -> None:
    """Sign with a new key from now on; the ledger says so, under both keys. Prints its verifier key.

    Carry the printed key to everybody who checks. Interrupted? Run it again: it goes on where it stopped.
    """
    with opened() as installation:
        with installation.database.transaction() as session:
            side.check_rest(session)
            keys, now, name = installation.keys, clock.now(), installation.ledger_origin
            key = rotation.announce(side.ledger, session, keys=keys, origin=name, at=now)
            for suffix, ledger in side.further.items():
                # An empty ledger has nothing that the old key signed.
                if ledger.size(session):
                    rotation.announce(ledger, session, keys=keys, origin=f"{name}{suffix}", at=now)
        rotation.take_over(installation.keys)
    click.echo(key.text)


@click.group()
def witness() -> None:
    """Witnesses: other departments that sign this side's checkpoints."""


@witness.command()
@click.argument("vkey")
@click.pass_obj
def add(side: Side, vkey: str) -> None:
    """Take signatures of the witness VKEY from now on; the ledger says so."""
    with opened() as installation, installation.database.transaction() as session:
        key = witnessed.admit(side.ledger, session, vkey, at=clock.now())
    click.echo(_("从现在起接受 %(name)s 的见证。", name=key.name))


@witness.command()
@click.argument("vkey")
@click.pass_obj
def drop(side: Side, vkey: str) -> None:
    """Take no more signatures of the witness VKEY; those that it gave stay."""
    with opened() as installation, installation.database.transaction() as session:
        witnessed.dismiss(side.ledger, session, vkey, at=clock.now())
    click.echo(_("不再接受这个见证方的签名，已有的保留。"))


@witness.command("list")
@click.pass_obj
def listing(side: Side) -> None:
    """Print the verifier keys of the witnesses."""
    with opened() as installation, installation.database.reading() as session:
        for key in witnessed.witnesses(side.ledger, session):
            click.echo(key.text)
