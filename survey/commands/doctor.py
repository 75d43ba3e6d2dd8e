"""What is wrong with an installation of the independent side, and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click
from sqlalchemy import func, select

from huying.base import clock
from huying.base.i18n import _
from huying.base.settings import Settings
from huying.side import doctor
from huying.side.doctor import Finding, good, warning, wrong
from huying.side.report import report
from huying.store.db import Database
from survey.commands.place import PACKAGE, load
from survey.deposits import rules as deposit_keys
from survey.deposits.operations.accept import LATE
from survey.models import Account, Deposit, Household, OutboxMessage
from survey.roles import ADMINISTRATOR

CALLING = ("AGENCY", "CLIENT", "VERIFY_NUMBER")
"""Settings without which no interviewer can say who calls."""


@click.command("doctor")
def command() -> None:
    """Say what is wrong with this installation and what to do. Exit status 1 if something is wrong."""
    report(PACKAGE, load(), findings=_findings)


def _findings(settings: Settings, base: Database) -> Iterator[Finding]:
    now = clock.now()
    missing = [
        f"{settings.prefix}_{name}" for name in CALLING if not os.environ.get(f"{settings.prefix}_{name}")
    ]
    if missing and not settings.demo:
        yield warning(
            _("没有设置 %(names)s，访问员不能拨打。", names="、".join(missing)),
            remedy=_("请在开始访问以前设好。"),
        )
    if settings.keys.find(deposit_keys.DEPOSITOR) is None:
        yield wrong(
            _("还没有公众端的验证公钥，收不了交存文件。"),
            remedy=_("请向公众端要来公钥，运行 huying survey key --depositor 公钥。"),
        )
    if settings.keys.find(deposit_keys.PUBLIC_LEDGER) is None:
        yield warning(
            _("还没有公众端账本的公钥，交存文件里检查点的签名没有核对。"),
            remedy=_(
                "请在公众端运行 huying feedback key --ledger，"
                "再在这里运行 huying survey key --public-ledger 公钥。"
            ),
        )
    with base.reading() as session:
        administrators = select(func.count()).where(Account.role == ADMINISTRATOR, Account.active)
        if not session.scalar(administrators):
            yield wrong(_("还没有管理员。"), remedy=_("请运行 huying survey account add，建第一个管理员。"))
        accepted = session.scalar(select(func.max(Deposit.made_at)))
        households = session.scalar(select(func.count()).select_from(Household)) or 0
    if accepted is None or now - accepted > LATE:
        yield warning(_("一个多星期没有收到交存文件了。"), remedy=_("请向公众端催要。"))
    else:
        yield good(_("最近一份交存文件制于 %(at)s", at=f"{clock.local(accepted):%Y-%m-%d %H:%M}"))
    if not households:
        yield warning(_("住户名册是空的。"), remedy=_("请导入住户名册。"))
    yield from doctor.messages(base, OutboxMessage, now=now)
