"""The public side: what both its web app and its commands are made from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.calls.operations import calls
from feedback.calls.operations import retention as call_numbers
from feedback.cases.operations import clock as case_clock
from feedback.cases.operations import limits, photos, ratings, receipt_words, retention
from feedback.cases.queries import desks
from feedback.contacts.queries import checks, numbers
from feedback.deposit import operations as deposits
from feedback.imports.operations import tries
from feedback.kept import REGISTER
from feedback.laws import LAWS
from feedback.messages import Linking
from feedback.models import ACCOUNTS, LEDGER, DepositRun, OutboxMessage, db
from feedback.models.grants import GRANTS
from feedback.notices.operations import replies, telling
from feedback.notices.queries import unasked
from feedback.notices.queries.recipients import Ways
from feedback.posters.operations import fleet, print_jobs
from feedback.reach.operations import pings
from feedback.roster.operations import swap_news, watch
from feedback.web.queries import readiness
from huying.base import clock, working_days
from huying.base.i18n import _, _n, lazy
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.side.finding import Finding, good, warning, wrong
from huying.side.side import Side
from huying.side.tasks import DAILY, Task, changing, forgetting, sending, signing
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


def _ask_numbers(session: Session, here: Installation, now: datetime) -> int:
    """Ask by message only where messages go out: a question that nobody got counts against nobody."""
    return pings.ask_due(session, vault=here.vault, now=now) if here.settings.sends_messages else 0


def _tell(session: Session, here: Installation, now: datetime) -> int:
    return telling.tell(session, means=Ways.of(here.settings), vault=here.vault, now=now)


TASKS = (
    changing(
        "settle undelivered pings", lambda session, _here, now: pings.settle_undelivered(session, now=now)
    ),
    changing("ask numbers", _ask_numbers),
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
    changing("settle ratings", lambda session, _here, now: ratings.settle(session, now=now)),
    changing("settle words by receipt", lambda session, _here, now: receipt_words.settle(session, now=now)),
    changing(
        "drop old numbers and words of cases",
        lambda session, _here, now: retention.forget(session, now=now),
        every=HOURLY,
    ),
    changing(
        "drop old numbers of calls",
        lambda session, _here, now: call_numbers.forget(session, now=now),
        every=HOURLY,
    ),
    changing(
        "drop numbers and addresses of deposited visits",
        lambda session, _here, now: deposits.forget_visits(session, now=now),
        every=HOURLY,
    ),
    changing("drop old photos", lambda session, _here, now: photos.forget(session, now=now), every=HOURLY),
    changing(
        "forget where answers came from",
        lambda session, _here, now: ratings.forget_traces(session, now=now),
        every=HOURLY,
    ),
    changing(
        "forget where requests came from",
        lambda session, here, now: limits.forget(session, vault=here.vault, now=now),
        every=HOURLY,
    ),
    changing(
        "mind the deadlines of cases",
        lambda session, _here, now: case_clock.tick(session, now=now),
        said=lambda done: _n("%(n)d 件事到了期限或换了人。", n=done),
    ),
    changing("drop tried files", lambda session, _here, now: tries.drop_old(session, now=now)),
    changing("tell of cases", _tell),
    sending(OutboxMessage, through=Linking.at, ready=Linking.check, stopped=replies.stopped),
    changing("note stops", lambda session, _here, now: replies.note_stops(session, now=now)),
    forgetting(OutboxMessage),
    changing(
        "tell of swaps",
        lambda session, here, now: swap_news.tell(session, vault=here.vault, now=now),
    ),
    changing("forget replies", lambda session, _here, now: replies.forget(session, now=now), every=DAILY),
)


def _findings(settings: Settings, base: Database) -> Iterator[Finding]:
    if settings.keys.find(deposits.RECIPIENT) is None:
        yield wrong(
            _("还没有独立方的公钥，做不了交存文件。"),
            remedy=_("请向独立方要来公钥，运行 huying feedback key --recipient 公钥。"),
        )
    with base.reading() as session:
        made = session.scalar(select(func.max(DepositRun.made_at)))
        yield from _desks(session)
        unreadable = numbers.unreadable(session, vault=Vault(settings.keys))
        noted = retention.notes_left(session, now=clock.now())
    if unreadable:
        yield wrong(
            _n("%(n)d 个存着的号码打不开，居民看到的是后面的人。", n=unreadable),
            remedy=_("请找回原来的密钥，或在“号码”页重新登记。"),
        )
    if noted:
        yield warning(
            _n("%(n)d 件该删除的事，经过里还留着写的话。", n=noted),
            remedy=_("请用库属主的身份运行 huying feedback erase。"),
        )
    yield from _holidays(clock.local(clock.now()).date())
    if made is None or clock.now() - made > LATE:
        yield warning(
            _("一个多星期没有做交存文件了。"), remedy=_("请运行 huying feedback deposit，并送交独立方。")
        )
    else:
        yield good(_("最近一次交存：%(at)s", at=f"{clock.local(made):%Y-%m-%d %H:%M}"))
    yield from _carriers(settings)
    if not settings.sends_messages:
        yield from _by_hand(settings, base)


def _carriers(settings: Settings) -> Iterator[Finding]:
    """Say by what messages leave, and what is missing where somebody is in danger."""
    channels = settings.channels
    if settings.sends_messages:
        yield good(_("短信通道：%(name)s", name=channels.sms.carrier))
    else:
        yield warning(
            _("还没有短信通道：号码要靠人打电话核对，办结的事要由话务员打电话问居民。"),
            remedy=_("请设置 HUYING_PUBLIC_SMS，见 docs/messages.md；没有之前，每天看“号码”和“要打的电话”。"),
        )
    if channels.sms.carrier == "twilio" and settings.region == "CN":
        yield warning(
            _("Twilio 在中国大陆收不到回复：居民回“退订”到不了这里。"),
            remedy=_("请换国内的短信通道（HUYING_PUBLIC_SMS=http）。"),
        )
    if not settings.demo and not (settings.voice.places_calls or channels.chats):
        yield warning(
            _("有危险的事只能发短信，不会响铃，也不进工作群。"),
            remedy=_("请设置 HUYING_PUBLIC_VOICE 或 HUYING_PUBLIC_CHATS，见 docs/messages.md。"),
        )


def _by_hand(settings: Settings, base: Database) -> Iterator[Finding]:
    """Say how much is left to do where everything is done by hand."""
    now = clock.now()
    with base.reading() as session:
        unchecked = checks.how_many(session, asks=False, now=now)
        residents = unasked.how_many(session, sends=settings.sends_messages, now=now)
    if unchecked:
        yield warning(
            _n("%(n)d 个号码要打电话核对。", n=unchecked),
            remedy=_("请网格办在“号码”页逐个打过去；过期的号码不再显示给居民。"),
        )
    if residents:
        yield warning(
            _n("%(n)d 件办结的事还没有人问过居民。", n=residents),
            remedy=_("请话务员在“要打的电话”页逐个打电话。"),
        )


def _desks(session: Session) -> Iterator[Finding]:
    """Look whether every case that isn't over is on the desk of somebody who can act on it."""
    if not readiness.has_coordinator(session):
        yield wrong(
            _("还没有协调员账号：部门退回的事项没有人能接。"),
            remedy=_("请运行 huying feedback account add --role coordinator，或由管理员建账号。"),
        )
    if not readiness.has_district(session):
        yield wrong(
            _("区级兜底单位没有账号：24 小时没人牵头的事项没有人接。"),
            remedy=_(
                "请运行 huying feedback account add --role department_officer --department district，"
                "或由管理员建账号。"
            ),
        )
    if lost := desks.nowhere(session):
        yield wrong(
            _("%(n)d 件事不在任何人手里，例如 %(code)s。", n=len(lost), code=lost[0].code),
            remedy=_("请给协调员建账号，或启用停用的账号；建好后这些事项立即出现在协调员的页面上。"),
        )
    else:
        yield good(_("没有办完的事项都在有账号的人手里。"))
    for name, held in desks.unmanned_departments(session).items():
        yield warning(
            _("%(name)s没有在用的账号，手里有 %(n)d 件事，现由协调员代管。", name=name, n=held),
            remedy=_("请给这个部门建部门经办人账号；在那以前时间仍算部门的。"),
        )
    if unmanned := desks.workers_without_account(session):
        yield warning(
            _("%(n)d 名在岗值守的网格员没有账号，他们的事项由社区代管。", n=unmanned),
            remedy=_("请由管理员给他们建网格员账号。"),
        )


def _holidays(today: date) -> Iterator[Finding]:
    """Look whether the official list of days off is there, from December on next year's too."""
    for year in working_days.years_missing(today):
        yield warning(
            _("没有 %(year)d 年的放假安排，只按周一到周五算工作日。", year=year),
            remedy=_(
                "请升级程序，或把国务院办公厅公布的安排写进 huying/base/holidays/%(year)d.txt。", year=year
            ),
        )


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
    files=("print",),
    laws=LAWS,
    register=REGISTER,
)
