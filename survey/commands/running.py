"""Serving the pages, the work that goes on behind them, changes of the tables."""

from __future__ import annotations

import time

import click

from huying.base import clock
from huying.base.i18n import _
from huying.ledger import witnessed
from huying.messaging import outbox
from huying.messaging.carriers import FakeCarrier
from huying.store.installation import Place, upgraded
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
    with opened() as place:
        while True:
            _round(place)
            if once:
                return
            time.sleep(every)


@click.command()
def upgrade() -> None:
    """Bring the database's tables to this version. Take a backup first."""
    upgraded(load(), package=PACKAGE)
    click.echo(_("数据库已是最新。"))


def _round(place: Place) -> None:
    now = clock.now()
    _sign(place)
    with place.database.transaction() as session:
        freed = claims.sweep(session, now=now)
        trials.sweep(session, now=now)
    with place.database.transaction() as session:
        out = [
            f"{wave.label}/{grid}"
            for wave in waves.in_field(session)
            for grid in release.release_due(session, wave.label, now=now)
        ]
    sent = _send(place)
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


def _send(place: Place) -> int:
    if not place.settings.demo:
        return 0
    carrier = FakeCarrier(place.settings.data / "messages" / place.settings.side)
    return outbox.drain(place.database, OutboxMessage, carrier=carrier, vault=place.vault, now=clock.now())


def _sign(place: Place) -> None:
    """Sign a checkpoint where a line of the ledger has waited for one."""
    key = place.keys.signing(witnessed.SIGNING)
    with place.database.transaction() as session:
        witnessed.sign_due(LEDGER, session, origin=place.ledger_origin, key=key, now=clock.now())
