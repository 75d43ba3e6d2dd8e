"""Erasing what names residents, by the owner of the tables: the notes of steps go too."""

from __future__ import annotations

import click

from feedback.cases.operations import retention
from feedback.cases.queries import cases as case_queries
from huying.base import clock
from huying.base.i18n import _, _n
from huying.side.opening import opened_by_owner
from huying.store.insert_only import lifted


@click.command("erase")
@click.option("--receipt", help="One case that is over, as its resident wishes; else all whose time is over.")
def erase(receipt: str | None) -> None:
    """Drop numbers, words and photos of cases that are over; counts, hours and the ledger stay.

    `work` drops what is due every hour, but for what was written in steps: only the owner of the tables may
    blank that, by HUYING_PUBLIC_OWNER_DATABASE_URL.
    """
    now = clock.now()
    with (
        opened_by_owner() as installation,
        installation.database.transaction() as session,
        lifted(session, "case_step"),
    ):
        if receipt is None:
            done = retention.forget(session, now=now, notes=True)
            click.echo(_n("%(n)d 件事到期的内容已删除。", n=done))
            return
        case = case_queries.by_receipt(session, receipt, vault=installation.vault)
        retention.blank_notes(session, [retention.erase(session, case.id, now=now).id])
        click.echo(_("这件事的号码、文字和照片已删除。"))
