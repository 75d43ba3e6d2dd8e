"""What is wrong with an installation, and what to do about it."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError

from huying.accounts import ADMINISTRATOR
from huying.base import assets, clock, i18n
from huying.base.clock import LOCAL
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.settings import Settings
from huying.keeping import backups
from huying.messaging.outbox import KEPT, OutboxMixin
from huying.side import separation, worker
from huying.side.finding import Finding, good, warning, wrong
from huying.side.side import Side
from huying.store import migrate
from huying.store.db import Database

LEAST_SPACE = 1024**3
LEAST_SQLITE = (3, 35)
LEAST_POSTGRESQL = 14
WAITING = timedelta(hours=1)
"""For how long a message may be queued before somebody should look."""

SILENT = timedelta(minutes=10)
"""After how long without a sign of life the background worker counts as gone."""

UNKEPT = timedelta(hours=26)
"""How old a backup may be where one is made every day."""


def installation(settings: Settings) -> Iterator[Finding]:
    """Look at what a side stands on: program, settings, folder, keys; not yet at its database."""
    yield from _program()
    yield from _settings(settings)
    yield from _folder(settings.data)
    yield from separation.folders(settings)
    yield from _keys(settings.keys.folder)


def _program() -> Iterator[Finding]:
    yield good(_("Python %(version)s", version=".".join(map(str, sys.version_info[:3]))))
    for name in ("templates", "static", "translations"):
        if not assets.folder(name).is_dir():
            yield wrong(_("缺少 %(name)s：安装不完整。", name=name), remedy=_("请重新安装。"))
    try:
        ZoneInfo(str(LOCAL))
    except ZoneInfoNotFoundError:
        yield wrong(_("系统没有时区资料。"), remedy=_("请安装 tzdata。"))
    languages = "、".join(i18n.LANGUAGES.values())
    yield good(_("页面、样式和译文都在（%(languages)s）。", languages=languages))


def _settings(settings: Settings) -> Iterator[Finding]:
    try:
        settings.for_serving()
    except Refused as refusal:
        yield wrong(refusal.message, remedy=_("请照上面一句改好环境变量，见 docs/operating.md。"))
        return
    yield good(_("设置可以对外服务：%(url)s", url=settings.base_url))
    if settings.demo:
        yield warning(_("这是演示。"), remedy=_("正式使用时不要设置 HUYING_DEMO。"))


def _folder(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        yield warning(
            _("文件夹 %(data)s 还没有。", data=data), remedy=_("第一次启动时会建立；请确认位置对。")
        )
        return
    free = shutil.disk_usage(data).free
    if free < LEAST_SPACE:
        yield wrong(
            _("磁盘只剩 %(mib)d MiB。", mib=free // 1024**2), remedy=_("请腾出空间：写不下时什么也保存不了。")
        )
    else:
        yield good(_("文件夹 %(data)s，磁盘还有 %(gib)d GiB。", data=data, gib=free // 1024**3))


def _keys(folder: Path) -> Iterator[Finding]:
    names = sorted(path for path in folder.glob("[!.]*") if path.is_file()) if folder.is_dir() else []
    for path in names:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield wrong(
                _("密钥 %(name)s 别人也能读。", name=path.name),
                remedy=_("请运行 chmod 600 %(path)s，并考虑更换这把密钥。", path=path),
            )
    yield good(_("密钥 %(n)d 把，在 %(folder)s。请另处备份。", n=len(names), folder=folder))


def database(settings: Settings, base: Database, *, package: str) -> Iterator[Finding]:
    """Look at the database: reached, of this version, of a kind that keeps the rules."""
    shown = make_url(settings.database_url).render_as_string(hide_password=True)
    try:
        with base.reading() as session:
            connection = session.connection()
            yield good(_("数据库连得上：%(shown)s", shown=shown))
            yield from _version(connection)
            yield from separation.engine(connection, settings, package=package)
            yield from _tables(connection, package=package)
    except DatabaseError as error:
        said = str(error.orig).strip().splitlines()[0]
        yield wrong(
            _("数据库用不了：%(said)s", said=said),
            remedy=_("请检查 %(prefix)s_DATABASE_URL 和数据库服务。", prefix=settings.prefix),
        )


def _version(connection: Connection) -> Iterator[Finding]:
    if connection.dialect.name == "sqlite":
        if sqlite3.sqlite_version_info < LEAST_SQLITE:
            yield wrong(_("SQLite 太旧：%(v)s。", v=sqlite3.sqlite_version), remedy=_("至少要 3.35。"))
        if connection.scalar(text("PRAGMA quick_check(1)")) != "ok":
            yield wrong(_("数据库文件有损坏。"), remedy=_("请停止服务，用最近的备份恢复。"))
        return
    major = int((connection.dialect.server_version_info or (0,))[0])
    if major < LEAST_POSTGRESQL:
        yield wrong(_("PostgreSQL 太旧：%(v)s。", v=major), remedy=_("至少要 14。"))


def _tables(connection: Connection, *, package: str) -> Iterator[Finding]:
    current = MigrationContext.configure(connection).get_current_revision()
    newest = ScriptDirectory.from_config(migrate.configuration(package)).get_current_head()
    if current == newest:
        yield good(_("表结构是这个版本的（%(current)s）。", current=current))
    elif current is None:
        yield warning(_("数据库还是空的。"), remedy=_("第一条命令会建表。"))
    else:
        yield wrong(
            _("表结构是 %(current)s，这个版本要 %(newest)s。", current=current, newest=newest),
            remedy=_("请先备份，再运行 huying %(package)s upgrade。", package=package),
        )


def operation(side: Side, settings: Settings, base: Database) -> Iterator[Finding]:
    """Look at what people do with an installation: its own findings, background work, messages."""
    now = clock.now()
    yield from _administrators(side, base)
    yield from side.findings(settings, base)
    yield _working(side, settings, now=now)
    yield _backed_up(side, settings, now=now)
    yield from _messages(base, side.outbox, now=now)


def _administrators(side: Side, base: Database) -> Iterator[Finding]:
    model = side.accounts.account
    with base.reading() as session:
        found = session.scalar(select(func.count()).where(model.role == ADMINISTRATOR, model.active))
    if not found:
        yield wrong(
            _("还没有管理员。"),
            remedy=_("请运行 huying %(side)s account add，建第一个管理员。", side=side.name),
        )


def _working(side: Side, settings: Settings, *, now: datetime) -> Finding:
    """Look whether somebody does what nobody clicks, and whether all of it succeeds."""
    at = worker.last_beat(settings)
    when = f"{clock.local(at):%Y-%m-%d %H:%M}" if at else _("从未运行")
    if at is None or now - at >= SILENT:
        return warning(
            _("work 没有在运行（上次：%(when)s）：%(idle)s", when=when, idle=side.idle),
            remedy=_("请让 huying %(side)s work 一直运行。", side=side.name),
        )
    if failed := worker.failing(settings):
        return warning(
            _("work 在运行，但有 %(n)d 项没有做成：%(names)s。", n=len(failed), names="、".join(failed)),
            remedy=_("请看 work 的日志；它会自己再试。"),
        )
    return good(_("work 在运行，上次是 %(when)s。", when=when))


def _backed_up(side: Side, settings: Settings, *, now: datetime) -> Finding:
    """Look how old the last backup is."""
    at = backups.last(settings)
    remedy = _("请每天运行一次 huying %(side)s backup，把文件带到别处。", side=side.name)
    if at is None:
        return warning(_("还没有备份过。"), remedy=remedy)
    when = f"{clock.local(at):%Y-%m-%d %H:%M}"
    if now - at >= UNKEPT:
        return warning(_("最近一次备份是 %(when)s。", when=when), remedy=remedy)
    return good(_("最近一次备份：%(when)s", when=when))


def _messages(base: Database, model: type[OutboxMixin], *, now: datetime) -> Iterator[Finding]:
    """Look at the outbox: messages that wait or failed."""
    with base.reading() as session:
        late = select(func.count()).where(model.state == "queued", model.created_at < now - WAITING)
        waiting = session.scalar(late) or 0
        gone = (model.state.in_(("failed", "unknown")), model.created_at > now - KEPT)
        lost = session.scalar(select(func.count()).where(*gone)) or 0
    if waiting:
        yield warning(
            _("%(n)d 条短信等了一个小时以上。", n=waiting), remedy=_("请确认 work 在运行、短信通道可用。")
        )
    if lost:
        yield warning(
            _("%(n)d 条短信没有发出或下落不明。", n=lost), remedy=_("请看“短信”页，再发一次或打电话。")
        )
    if not waiting and not lost:
        yield good(_("没有滞留的短信。"))
