"""The public side: what both its web app and its commands are made from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from feedback.calls.operations import calls
from feedback.cases.operations import clock as case_clock
from feedback.deposit import operations as deposits
from feedback.imports.operations import tries
from feedback.messages import Linking
from feedback.models import ACCOUNTS, LEDGER, DepositRun, OutboxMessage, db
from feedback.models.grants import GRANTS
from feedback.posters.operations import fleet, print_jobs
from feedback.reach.operations import pings
from feedback.roster.operations import watch
from huying.base import clock
from huying.base.i18n import _, _n, lazy
from huying.base.settings import Settings
from huying.side.finding import Finding, good, warning, wrong
from huying.side.side import Side
from huying.side.tasks import Task, changing, sending, signing
from huying.store.db import Database
from huying.store.installation import Installation

HOURLY = timedelta(hours=1)
LATE = timedelta(days=8)


def _print(installation: Installation, _now: datetime) -> str:
    """Carry out the print jobs that pages asked for, each in a process of its own."""
    with installation.database.reading() as session:
        waiting = [job.id for job in print_jobs.waiting(session) if job.asked_by != print_jobs.BY_COMMAND]
    for job in waiting:
        command = [sys.executable, "-m", "huying", "feedback", "posters", "print", "--job", str(job)]
        subprocess.run(command, check=False)  # noqa: S603
    return ""


TASKS = (
    changing(
        "settle undelivered pings", lambda session, _here, now: pings.settle_undelivered(session, now=now)
    ),
    changing("ask numbers", lambda session, here, now: pings.ask_due(session, vault=here.vault, now=now)),
    changing("open vacancies", lambda session, _here, now: watch.open_vacancies(session, now=now)),
    changing("settle calls", lambda session, here, now: calls.settle(session, vault=here.vault, now=now)),
    changing(
        "warn of gaps",
        lambda session, here, now: watch.warn(session, vault=here.vault, now=now),
        every=HOURLY,
    ),
    changing(
        "open inspections of posters",
        lambda session, _here, now: fleet.open_due(session, now=now),
        every=HOURLY,
    ),
    changing(
        "forget old changes of answers",
        lambda session, _here, _now: watch.forget_changes(session),
        every=HOURLY,
    ),
    Task("print", _print),
    signing(LEDGER),
    changing(
        "mind the deadlines of cases",
        lambda session, _here, now: case_clock.tick(session, now=now),
        said=lambda done: _n("%(n)d 件事到了期限或换了人。", n=done),
    ),
    changing("drop tried files", lambda session, _here, now: tries.drop_old(session, now=now)),
    sending(OutboxMessage, through=Linking.at, ready=Linking.check),
)


def _findings(settings: Settings, base: Database) -> Iterator[Finding]:
    if settings.keys.find(deposits.RECIPIENT) is None:
        yield wrong(
            _("还没有独立方的公钥，做不了交存文件。"),
            remedy=_("请向独立方要来公钥，运行 huying feedback key --recipient 公钥。"),
        )
    with base.reading() as session:
        made = session.scalar(select(func.max(DepositRun.made_at)))
    if made is None or clock.now() - made > LATE:
        yield warning(
            _("一个多星期没有做交存文件了。"), remedy=_("请运行 huying feedback deposit，并送交独立方。")
        )
    else:
        yield good(_("最近一次交存：%(at)s", at=f"{clock.local(made):%Y-%m-%d %H:%M}"))


SIDE = Side(
    name="feedback",
    key="public",
    prefix="HUYING_PUBLIC",
    title=lazy("呼应 · 找网格员"),
    db=db,
    accounts=ACCOUNTS,
    ledger=LEDGER,
    outbox=OutboxMessage,
    tasks=TASKS,
    grants=GRANTS,
    findings=_findings,
    idle=lazy("失效的号码不会换下，没人接的来电不会登记，短信不会发出。"),
)
