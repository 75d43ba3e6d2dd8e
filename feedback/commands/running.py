"""Serving the pages, the work behind them, and changes of the schema."""

from __future__ import annotations

import itertools
import time

import click

from feedback.commands.place import PACKAGE, load, opened
from feedback.models import LEDGER
from feedback.operations import cases, duty, invitations, pings, watch
from feedback.operations.imports import tries
from huying import clock
from huying.i18n import _
from huying.ledger import witnessed
from huying.messaging.carriers import Carrier, FakeCarrier
from huying.place import Place, upgraded


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the pages until interrupted.

    Put a proxy that ends TLS before it. Outside the demo this refuses a missing or plain-HTTP base URL, a
    weak secret and debug mode, and says what to set.
    """
    settings = load().for_serving()
    with opened():
        pass  # refuses a database that doesn't fit, before anything is served
    from feedback.app import create_app  # noqa: PLC0415  (the other commands need no web framework)
    from feedback.views import scan_cache  # noqa: PLC0415
    from huying.serve import serve as run  # noqa: PLC0415

    run(lambda: scan_cache.before(create_app(settings)), host=host, port=port)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--every", default=5, show_default=True, help="Seconds between two rounds.")
def work(*, once: bool, every: int) -> None:
    """Do what nobody clicks: send queued messages, let silent cases lapse, fill lists of vacant grids.

    Runs until interrupted. Without a carrier, which so far only the demo has, messages stay queued.
    """
    with opened() as place:
        if place.settings.demo:
            place.settings.for_serving()  # a message needs the address that its link leads to
        rounds = itertools.count()
        while True:
            number = next(rounds)
            _watch(place, hourly=number % max(1, 3600 // every) == 0)
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
        lapsed = cases.lapse(session, now=now)
        settled = duty.settle(session, now=now)
        tries.drop_old(session, now=now)
    carrier = _carrier(place)
    sent = 0
    if carrier is not None:
        sent = invitations.send_queued(
            place.database,
            carrier=carrier,
            base_url=place.settings.base_url,
            vault=place.vault,
            now=now,
        )
    if lapsed or settled or sent:
        click.echo(
            _(
                "发出 %(sent)s 条短信；%(lapsed)s 件事无人答复；%(settled)s 件事转到新的网格员。",
                sent=sent,
                lapsed=lapsed,
                settled=settled,
            )
        )


def _watch(place: Place, *, hourly: bool) -> None:
    """Look after what residents reach: dead and silent numbers, vacant grids, what will be vacant."""
    now = clock.now()
    with place.database.transaction() as session:
        pings.settle_undelivered(session, now=now)
        pings.ask_due(session, vault=place.vault, now=now)
        watch.open_vacancies(session, now=now)
        if hourly:
            watch.warn(session, vault=place.vault, now=now)


def _carrier(place: Place) -> Carrier | None:
    if not place.settings.demo:
        return None
    return FakeCarrier(place.settings.data / "messages" / place.settings.side)


def _sign(place: Place) -> None:
    """Sign a checkpoint where a line of the ledger has waited for one."""
    key = place.keys.signing(witnessed.SIGNING)
    with place.database.transaction() as session:
        witnessed.sign_due(LEDGER, session, origin=place.ledger_origin, key=key, now=clock.now())
