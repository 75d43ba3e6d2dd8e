"""What is wrong with an installation of the public side, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
from sqlalchemy import func, select

from feedback.commands.place import PACKAGE, beat, load
from feedback.deposit import operations
from feedback.models import Account, DepositRun, OutboxMessage
from feedback.roles import ADMINISTRATOR
from huying.base import clock
from huying.base.i18n import _
from huying.base.settings import Settings
from huying.side import doctor
from huying.side.doctor import Finding, good, warning, wrong
from huying.side.report import report
from huying.store.db import Database

LATE = timedelta(days=8)
SILENT = timedelta(minutes=10)


@click.command("doctor")
def command() -> None:
    """Say what is wrong with this installation and what to do. Exit status 1 if something is wrong."""
    report(PACKAGE, load(), findings=_findings)


def _findings(settings: Settings, base: Database) -> Iterator[Finding]:
    now = clock.now()
    if settings.keys.find(operations.RECIPIENT) is None:
        yield wrong(
            _("还没有独立方的公钥，做不了交存文件。"),
            remedy=_("请向独立方要来公钥，运行 huying feedback key --recipient 公钥。"),
        )
    with base.reading() as session:
        administrators = select(func.count()).where(Account.role == ADMINISTRATOR, Account.active)
        if not session.scalar(administrators):
            yield wrong(_("还没有管理员。"), remedy=_("请运行 huying feedback account add，建第一个管理员。"))
        made = session.scalar(select(func.max(DepositRun.made_at)))
    if made is None or now - made > LATE:
        yield warning(
            _("一个多星期没有做交存文件了。"), remedy=_("请运行 huying feedback deposit，并送交独立方。")
        )
    else:
        yield good(_("最近一次交存：%(at)s", at=f"{clock.local(made):%Y-%m-%d %H:%M}"))
    yield _working(settings, now=now)
    yield from doctor.messages(base, OutboxMessage, now=now)


def _working(settings: Settings, *, now: datetime) -> Finding:
    """Look whether somebody does what nobody clicks."""
    file = beat(settings)
    if file.is_file() and now - datetime.fromtimestamp(file.stat().st_mtime, UTC) < SILENT:
        return good(_("work 在运行。"))
    return warning(
        _("work 没有在运行：失效的号码不会换下，没人接的来电不会登记，短信不会发出。"),
        remedy=_("请让 huying feedback work 一直运行。"),
    )
