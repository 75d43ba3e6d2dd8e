"""Dials by command line: what carriers know of them, what the telephone system wrote down."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _, _n
from huying.side.files import BY, existing
from huying.side.opening import opened
from survey.fieldwork.operations import dialling, telephone_records
from survey.fieldwork.queries import telephone_records as records_of


@click.command("ask-carrier")
def ask_carrier() -> None:
    """Ask whoever carries our calls what became of every dial that isn't settled; work does so by itself."""
    with opened() as installation:
        settled = dialling.settle(dialling.desk_of(installation), patient=False)
    click.echo(_n("向线路问清了拨打 %(n)d 次。", n=settled))


@click.command("call-records")
@click.argument("file", type=existing)
def call_records(file: Path) -> None:
    """Take in FILE, call records of the telephone system, and tell what has no counterpart.

    Columns: 时间, 分机 (or 工号), 号码, 时长; CSV or a workbook. Of numbers only a keyed index is kept.
    """
    with opened() as installation:
        settings = installation.settings
        found = telephone_records.read(
            file.read_bytes(),
            file=file.name,
            vault=installation.vault,
            region=settings.region,
            allowed=settings.allowed_numbers,
        )
        with installation.database.transaction() as session:
            fresh = telephone_records.keep(session, found, by=BY, now=clock.now())
        with installation.database.reading() as session:
            told = records_of.flags(session).found
    click.echo(_n("新记下通话 %(n)d 次。", n=fresh))
    if found.unread:
        click.echo(_n("读不出的有 %(n)d 行。", n=len(found.unread)), err=True)
    click.echo(
        _(
            "对上的 %(n)d 次；没有话单的拨打 %(m)d 次；没有记拨打的通话 %(k)d 次。",
            n=told.agreed,
            m=len(told.unrecorded),
            k=len(told.unclaimed),
        )
    )
