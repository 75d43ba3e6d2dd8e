"""Serving the pages, the work behind them, and changes of the tables."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from huying.base.i18n import _
from huying.base.settings import Settings
from huying.side import log
from huying.side.commands import doctor as examination
from huying.side.opening import opened
from huying.side.side import Side
from huying.side.worker import BackgroundWorker
from huying.store.installation import upgraded

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Serve = Callable[[Settings], "WSGIApplication"]


def serve(served: Serve, *, port: int) -> click.Command:
    """Return the command `serve`; `served` makes what answers, in the process that serves it."""

    @click.command("serve")
    @click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    @click.option("--port", default=port, show_default=True, help="Port to listen on.")
    @click.option("--processes", type=click.IntRange(1, 64), help="Processes that answer; else as set.")
    @click.pass_obj
    def command(side: Side, host: str, port: int, processes: int | None) -> None:
        """Serve the pages until interrupted.

        Put a proxy that ends TLS before it. Outside the demo this refuses a missing or plain-HTTP base URL, a
        weak secret and debug mode, and says what to set.
        """
        settings = side.settings().for_serving()
        with opened():
            pass  # a database of another version is refused before anything is served
        from huying.web.serve import serve as run  # noqa: PLC0415  (the other commands need no server)

        log.to_stderr(side.key)
        run(
            lambda: served(settings),
            host=host,
            port=port,
            processes=processes or settings.processes,
            threads=settings.threads,
        )

    return command


def work(about: str, *, every: int) -> click.Command:
    """Return the command `work`, which does the side's tasks every so many seconds."""

    @click.command("work", help=about)
    @click.option("--once", is_flag=True, help="Do what is due now, then end.")
    @click.option("--every", default=every, show_default=True, help="Seconds between two rounds.")
    @click.pass_obj
    def command(side: Side, *, once: bool, every: int) -> None:
        with opened() as installation:
            for task in side.tasks:
                task.ready(installation.settings)
            log.to_stderr(side.key)
            worker = BackgroundWorker(installation, side.tasks, tell=click.echo)
            while True:
                went_well = worker.round()
                if once:
                    sys.exit(0 if went_well else 1)
                time.sleep(every)

    return command


@click.command()
@click.pass_obj
def upgrade(side: Side) -> None:
    """Bring the database's tables to this version. Take a backup first."""
    upgraded(side.settings(), package=side.name, db=side.db, grants=side.grants)
    click.echo(_("数据库已是最新。"))


@click.command()
@click.pass_obj
def doctor(side: Side) -> None:
    """Say what is wrong with this installation and what to do. Exit status 1 if something is wrong."""
    sys.exit(1 if "wrong" in examination.report(side, side.settings()) else 0)
