"""Serving the pages, the work behind them, and changes of the schema."""

from __future__ import annotations

import atexit
import itertools
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import click

from feedback import messages
from feedback.calls.operations import calls
from feedback.cases.operations import handling
from feedback.commands.place import PACKAGE, beat, load, opened
from feedback.duty import operations as duty
from feedback.imports.operations import tries
from feedback.models import LEDGER
from feedback.posters.operations import fleet, print_jobs
from feedback.posters.rules.scans import Tally
from feedback.reach.operations import pings
from feedback.roster.operations import watch
from huying.base import clock
from huying.base.i18n import _
from huying.base.settings import Settings
from huying.ledger import witnessed
from huying.messaging.carriers import Carrier, FakeCarrier
from huying.store.db import Database
from huying.store.installation import Installation, upgraded

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


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
    from huying.web.serve import serve as run  # noqa: PLC0415

    run(lambda: _served(settings), host=host, port=port)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--every", default=5, show_default=True, help="Seconds between two rounds.")
def work(*, once: bool, every: int) -> None:
    """Do what nobody clicks: send queued messages, let silent cases lapse, fill lists of vacant grids.

    Runs until interrupted. Without a carrier, which so far only the demo has, messages stay queued.
    """
    with opened() as installation:
        if installation.settings.demo:
            installation.settings.for_serving()  # a message needs the address that its link leads to
        rounds = itertools.count()
        while True:
            number = next(rounds)
            _watch(installation, hourly=number % max(1, 3600 // every) == 0)
            _round(installation)
            beat(installation.settings).touch()
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
        lapsed = handling.lapse(session, now=now)
        settled = duty.settle(session, now=now)
        tries.drop_old(session, now=now)
    carrier = _carrier(installation)
    sent = 0
    if carrier is not None:
        sent = messages.send_queued(
            installation.database,
            carrier=carrier,
            base_url=installation.settings.base_url,
            vault=installation.vault,
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


def _served(settings: Settings) -> WSGIApplication:
    """Return what the server answers by: the app, behind the memory of its scan pages."""
    from feedback.app import create_app  # noqa: PLC0415  (the other commands need no web framework)
    from feedback.scan.views import cache  # noqa: PLC0415

    app = create_app(settings)
    atexit.register(_store_scans, app.extensions["huying"].database, app.extensions["scans"])
    return cache.before(app)


def _store_scans(database: Database, tally: Tally) -> None:
    """Store what a server has counted when it ends."""
    if counts := tally.take():
        with database.transaction() as session:
            fleet.store_scans(session, counts)


def _print(installation: Installation) -> None:
    """Carry out the print jobs that pages asked for, each in a process of its own."""
    with installation.database.reading() as session:
        waiting = [job.id for job in print_jobs.waiting(session) if job.asked_by != print_jobs.BY_COMMAND]
    for job in waiting:
        command = [sys.executable, "-m", "huying", "feedback", "posters", "print", "--job", str(job)]
        subprocess.run(command, check=False)  # noqa: S603


def _watch(installation: Installation, *, hourly: bool) -> None:
    """Look after what residents reach: dead and silent numbers, vacant grids, what will be vacant."""
    now = clock.now()
    with installation.database.transaction() as session:
        pings.settle_undelivered(session, now=now)
        pings.ask_due(session, vault=installation.vault, now=now)
        watch.open_vacancies(session, now=now)
        calls.settle(session, vault=installation.vault, now=now)
        if hourly:
            watch.warn(session, vault=installation.vault, now=now)
            fleet.open_due(session, now=now)
            watch.forget_changes(session)
    _print(installation)


def _carrier(installation: Installation) -> Carrier | None:
    if not installation.settings.demo:
        return None
    return FakeCarrier(installation.settings.data / "messages" / installation.settings.side)


def _sign(installation: Installation) -> None:
    """Sign a checkpoint where a line of the ledger has waited for one."""
    key = installation.keys.signing(witnessed.SIGNING)
    with installation.database.transaction() as session:
        witnessed.sign_due(LEDGER, session, origin=installation.ledger_origin, key=key, now=clock.now())
