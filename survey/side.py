"""The independent side: what both its web app and its commands are made from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from threading import Thread

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.i18n import _, _n, lazy
from huying.base.settings import Settings
from huying.side.finding import Finding, good, warning, wrong
from huying.side.side import Side
from huying.side.tasks import Task, changing, sending, signing
from huying.store.db import Database
from huying.store.installation import Installation
from survey import campaign
from survey.deposits import rules as deposit_keys
from survey.deposits.operations.accept import LATE
from survey.fieldwork.operations import (
    batches,
    call_back_draws,
    dialling,
    dnc,
    erasing,
    field_counts,
    lapses,
    queue,
)
from survey.fieldwork.queries import lines
from survey.fieldwork.queries import queue as waiting_cases
from survey.fieldwork.queries.board import counts
from survey.fieldwork.rules.dials import DIALLERS
from survey.kept import REGISTER
from survey.laws import LAWS
from survey.ledger_key import CAMPAIGNS
from survey.models import ACCOUNTS, CAMPAIGN_LEDGER, LEDGER, Deposit, Household, OutboxMessage, db
from survey.models.grants import GRANTS
from survey.registry.operations import trials
from survey.registry.queries import audit
from survey.scores.queries import making, previews
from survey.waves.operations import release
from survey.waves.queries import holidays, waves
from survey.waves.rules import days_off

CALLING = ("AGENCY", "CLIENT", "VERIFY_NUMBER")
"""Settings without which no interviewer can say who calls."""


def _release(session: Session, _installation: Installation, now: datetime) -> list[str]:
    return [
        f"{wave.label}/{grid}"
        for wave in waves.in_field(session)
        for grid in release.release_due(session, wave.label, now=now)
    ]


def _ask_carriers(installation: Installation, _now: datetime) -> str:
    desk = dialling.desk_of(installation)
    if not desk.dialler.abilities.reports_events:
        return ""
    settled = dialling.settle(desk, patient=not installation.settings.demo)
    return _n("向线路问清了拨打 %(n)d 次。", n=settled) if settled else ""


def _prepare_queue(installation: Installation, now: datetime) -> str:
    # Looked up without the lock first: claims wait for whoever holds it.
    with installation.database.reading() as session:
        if not waiting_cases.behind(session, now=now):
            return ""
    with installation.database.transaction() as session:
        queue.prepare(session, now=now)
    return ""


def _gather_counts(installation: Installation, _now: datetime) -> str:
    with installation.database.reading() as session:
        if counts.spare(session) < field_counts.MANY:
            return ""
    with installation.database.transaction() as session:
        field_counts.gather(session)
    return ""


def _make_scores(installation: Installation, now: datetime) -> str:
    """Begin what pages asked for, each in a process of its own: other work goes on meanwhile."""
    with installation.database.reading() as session:
        due = making.due(session, now=now)
    for number in due:
        command = [sys.executable, "-m", "huying", "survey", "make-scores", str(number)]
        # The thread waits for the process's end, so that none is left behind.
        Thread(target=subprocess.run, args=(command,), kwargs={"check": False}, daemon=True).start()
    return _n("开始计算 %(n)d 轮的得分。", n=len(due)) if due else ""


TASKS = (
    signing(LEDGER),
    signing(CAMPAIGN_LEDGER, suffix=CAMPAIGNS),
    # Before leases are swept: what a dial last told decides how its attempt counts.
    Task("ask carriers of dials", _ask_carriers),
    changing(
        "free cases whose lease ran out",
        lambda session, _here, now: lapses.sweep(session, now=now),
        said=lambda freed: _n("收回超时的户 %(n)d。", n=freed),
    ),
    changing(
        "close the cases of who wished no call",
        lambda session, _here, now: dnc.close_silent(session, now=now),
        said=lambda closed: _n("早先说过不要再打的户，办结 %(n)d。", n=closed),
    ),
    changing(
        "seal the day's answers",
        lambda session, _here, now: batches.seal_day(session, now=now),
        said=lambda n: _n("封存当天的答卷 %(n)d 份。", n=n),
    ),
    # After the day is sealed: its checkpoint draws.
    changing(
        "draw whom to call back",
        lambda session, _here, now: call_back_draws.draw_due(session, now=now),
        said=lambda n: _n("抽出要回访的户 %(n)d。", n=n),
    ),
    changing("drop tried files", lambda session, _here, now: trials.sweep(session, now=now)),
    changing(
        "release replicates",
        _release,
        said=lambda out: _n("放出补充批 %(n)d：%(names)s。", n=len(out), names=" ".join(out)),
    ),
    # After the release: what is new is placed in the same round.
    Task("order the queue for the window to come", _prepare_queue),
    Task("gather the counts of the board", _gather_counts),
    Task("make scores", _make_scores),
    sending(OutboxMessage),
)


def _findings(settings: Settings, base: Database) -> Iterator[Finding]:
    names = [f"{settings.prefix}_{name}" for name in CALLING]
    missing = [name for name in names if not os.environ.get(name)]
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
    yield from _dialler(settings, base)
    yield from _received(base)
    yield from _registry(base)
    yield from _calendar(base)
    yield from _appeals(base)
    yield from _overdue(base)


def _dialler(settings: Settings, base: Database) -> Iterator[Finding]:
    """Say who rings households, and whether the line holds."""
    way = settings.dialler.dialler
    yield good(_("拨打住户的方式：%(way)s（%(name)s）", way=DIALLERS.get(way, way), name=way))
    with base.reading() as session:
        down = lines.is_down(session, way, now=clock.now())
        failed = lines.failed_lately(session, way, now=clock.now())
    if down:
        yield wrong(
            _("最近一小时的拨打错误大多一样，已经停拨。"),
            remedy=_("请找运营商；错误过去一小时以后自动恢复。"),
        )
    elif failed:
        yield warning(
            _("最近一小时，我们或线路的故障有 %(n)d 次。", n=failed), remedy=_("请看日志，问运营商。")
        )


def _received(base: Database) -> Iterator[Finding]:
    with base.reading() as session:
        accepted = session.scalar(select(func.max(Deposit.made_at)))
    if accepted is None or clock.now() - accepted > LATE:
        yield warning(_("一个多星期没有收到交存文件了。"), remedy=_("请向公众端催要。"))
    else:
        yield good(_("最近一份交存文件制于 %(at)s", at=f"{clock.local(accepted):%Y-%m-%d %H:%M}"))


def _calendar(base: Database) -> Iterator[Finding]:
    with base.reading() as session:
        end, field_end = holidays.end(session), holidays.field_end(session)
    today = clock.local(clock.now()).date()
    remedy = _("请按国务院办公厅公布的安排写一份 CSV，用 huying survey days-off 文件 读入。")
    if end is None:
        yield warning(_("节假日的日历是空的，节假日也会打电话。"), remedy=remedy)
    elif field_end is not None and field_end > end:
        yield warning(
            _("节假日的日历到 %(end)s 为止，访问要到 %(last)s。", end=end, last=field_end), remedy=remedy
        )
    elif end < today + days_off.SOON:
        yield warning(_("节假日的日历到 %(end)s 就完了。", end=end), remedy=remedy)
    else:
        yield good(_("节假日的日历到 %(end)s", end=end))


def _appeals(base: Database) -> Iterator[Finding]:
    """Say which appeals are over their day, or soon will be."""
    now = clock.now()
    with base.reading() as session:
        waiting = previews.waiting(session)
    late = [f"{each.wave}/{each.number}" for each in waiting if each.due_at <= now]
    soon = [f"{each.wave}/{each.number}" for each in waiting if now < each.due_at <= now + previews.SOON]
    if late:
        yield wrong(
            _("申诉过了期限还没有结果：%(names)s。", names=" ".join(late)),
            remedy=_("请让督导、名册管理员和审计员里的两个人现在就办。"),
        )
    if soon:
        yield warning(
            _("申诉三天以内到期：%(names)s。", names=" ".join(soon)),
            remedy=_("请看 /appeals/，谁接下了、还差什么。"),
        )


def _overdue(base: Database) -> Iterator[Finding]:
    """Look whether answers lie about that nobody can appeal against any more."""
    with base.reading() as session:
        labels = erasing.overdue(session, now=clock.now())
    if labels:
        yield warning(
            _("申诉期已满、回答还没有销毁的轮次：%(labels)s。", labels="、".join(labels)),
            remedy=_("请用库属主的身份运行 huying survey erase 轮次。"),
        )


def _registry(base: Database) -> Iterator[Finding]:
    with base.reading() as session:
        told = audit.audit(session)
        households = session.scalar(select(func.count()).select_from(Household)) or 0
    if not told.is_sound:
        yield wrong(
            _(
                "住户名册和它的记录对不上：%(n)s 户的登记或迁出没有记录，"
                "%(imports)s 次导入的记录和账本不符。",
                n=sum(told.unlogged.values()),
                imports=len(told.broken),
            ),
            remedy=_("有人绕过程序改了数据库。请告诉审计员，查清以前不要冻结。"),
        )
    if not households:
        yield warning(_("住户名册是空的。"), remedy=_("请导入住户名册。"))


SIDE = Side(
    name="survey",
    key="survey",
    prefix="HUYING_SURVEY",
    title=lazy("呼应 · 独立测评"),
    db=db,
    accounts=ACCOUNTS,
    ledger=LEDGER,
    outbox=OutboxMessage,
    tasks=TASKS,
    grants=GRANTS,
    findings=_findings,
    idle=lazy("超时的户不会收回，补充批不会放出，短信不会发出。"),
    check_rest=campaign.check_none_runs,
    further={CAMPAIGNS: CAMPAIGN_LEDGER},
    laws=LAWS,
    register=REGISTER,
)
