"""The commands of the public side, `huying feedback …`."""

from __future__ import annotations

import atexit
from threading import Thread
from typing import TYPE_CHECKING

from feedback.cases.commands import erase
from feedback.deposit.commands import deposit, key
from feedback.imports.commands.cases import cases
from feedback.imports.commands.tables import areas, bring, departments, offices, staff, template
from feedback.posters.commands import posters
from feedback.posters.operations import fleet
from feedback.posters.rules.scans import ScanCounts, Tally, hand_over, keep_storing
from feedback.side import SIDE
from feedback.web.commands import add, invite
from huying.base.settings import Settings
from huying.side.commands.group import command_group
from huying.store.db import Database

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ABOUT = """The public side: posters, duty, cases, departments, ratings.

A database without any tables is set up by the first command; after that, `upgrade` changes the tables.
Settings come from the environment:

\b
  HUYING_DATA                 folder for database and keys (default: var)
  HUYING_PUBLIC_BASE_URL      what residents open, e.g. https://hy.example.cn
  HUYING_PUBLIC_DATABASE_URL  default: SQLite in HUYING_DATA
  HUYING_PUBLIC_ORIGIN        name under which deposits are signed
  HUYING_REGION               country of telephone numbers (default: CN)

A first set-up: import-areas, import-departments, import-staff, import-offices, account, serve.
"""
WORKING = """Do what nobody clicks: tell of cases, send messages, let silent cases lapse, fill vacant grids.

Runs until interrupted. A task that fails is logged and tried again. Messages go by the carriers that are set,
see docs/messages.md; without one nothing is sent.
"""


def _served(settings: Settings) -> WSGIApplication:
    """Return what the server answers by: the app, behind the memory of its scan pages."""
    from feedback.app import create_app  # noqa: PLC0415  (the other commands need no pages)
    from feedback.scan.views import cache  # noqa: PLC0415
    from huying.side.app import behind_door  # noqa: PLC0415

    app = create_app(settings)
    _keep_scans(app.extensions["huying"].database, app.extensions["scans"])
    return behind_door(app, cache.before(app))


def _keep_scans(database: Database, tally: Tally) -> None:
    """Store what a server has counted beside its requests, now and then, and when it ends."""

    def store(counts: ScanCounts) -> None:
        with database.transaction() as session:
            fleet.store_scans(session, counts)

    Thread(target=keep_storing, args=(tally, store), name="scans", daemon=True).start()
    atexit.register(hand_over, tally.take, tally, store)


register = command_group(
    SIDE,
    about=ABOUT,
    working=WORKING,
    served=_served,
    port=8000,
    every=5,
    accounts=(add, invite),
    commands=(bring, template, areas, departments, staff, offices, cases, erase, posters, deposit, key),
)
