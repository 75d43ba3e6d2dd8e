"""Serving the pages, the work that goes on behind them, changes of the tables."""

from __future__ import annotations

import time

import click

from huying.base import clock
from huying.base.i18n import _
from huying.ledger import witnessed
from huying.messaging import outbox
from huying.messaging.carriers import FakeCarrier
from huying.store.installation import Installation, upgraded
from survey.commands.place import PACKAGE, load, opened
from survey.fieldwork.operations import claims
from survey.models import LEDGER, OutboxMessage
from survey.registry.operations import trials
from survey.waves.operations import release
from survey.waves.queries import waves


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8001, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the pages until interrupted.

    Put a proxy that ends TLS before it. Outside the demo this refuses a missing or plain-HTTP base URL, a
    weak secret and debug mode, and says what to set.
    """
    settings = load().for_serving()
    with opened():
        pass  # a database of another version is refused before anything is served
    from huying.web.serve import serve as run  # noqa: PLC0415  (the other commands need no web framework)
    from survey.app import create_app  # noqa: PLC0415

    run(lambda: create_app(settings), host=host, port=port)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--every", default=10, show_default=True, help="Seconds between two rounds.")
def work(*, once: bool, every: int) -> None:
    """Do what nobody clicks: free cases whose lease ran out, release replicates by the sealed rule.

    Runs until interrupted. Messages are sent in the demo alone, whose carrier writes them to files.
    """
    with opened() as installation:
        while True:
            _round(installation)
            if once:
                return
            time.sleep(every)


@click.command()
def upgrade() -> None:
    """Bring the database's tables to this version. Take a backup first."""
    upgraded(load(), package=PACKAGE)
    click.echo(_("数据库已是最新。"))


def _round(installation: Installation) -> None:
    now = clock.now()
    _sign(installation)
    with installation.database.transaction() as session:
        freed = claims.sweep(session, now=now)
        trials.sweep(session, now=now)
    with installation.database.transaction() as session:
        out = [
            f"{wave.label}/{grid}"
            for wave in waves.in_field(session)
            for grid in release.release_due(session, wave.label, now=now)
        ]
    sent = _send(installation)
    if freed or out or sent:
        click.echo(
            _(
                "收回超时的户 %(freed)s；放出补充批 %(n)s：%(names)s；发出短信 %(sent)s。",
                freed=freed,
                n=len(out),
                names=" ".join(out),
                sent=sent,
            )
        )


def _send(installation: Installation) -> int:
    if not installation.settings.demo:
        return 0
    carrier = FakeCarrier(installation.settings.data / "messages" / installation.settings.side)
    return outbox.drain(
        installation.database, OutboxMessage, carrier=carrier, vault=installation.vault, now=clock.now()
    )


def _sign(installation: Installation) -> None:
    """Sign a checkpoint where a line of the ledger has waited for one."""
    key = installation.keys.signing(witnessed.SIGNING)
    with installation.database.transaction() as session:
        witnessed.sign_due(LEDGER, session, origin=installation.ledger_origin, key=key, now=clock.now())
