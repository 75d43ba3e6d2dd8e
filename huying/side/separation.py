"""Whether the two sides are apart where they run: folders, database servers, the owner of the tables."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from huying.base.i18n import _
from huying.base.settings import Settings
from huying.side.finding import Finding, good, warning, wrong

OTHER = {"public": "survey", "survey": "public"}

_OWNED = """
SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
   AND pg_has_role(current_user, relowner, 'USAGE')"""
_NEIGHBOURS = """
SELECT datname FROM pg_database
 WHERE NOT datistemplate AND datname NOT IN ('postgres', current_database()) ORDER BY datname"""


def folders(settings: Settings) -> Iterator[Finding]:
    """Look whether this side's folder is closed to others, and the other side's to this one."""
    data = settings.data
    if data.is_dir() and stat.S_IMODE(data.stat().st_mode) & 0o077:
        yield wrong(
            _("文件夹 %(data)s 别人也能读。", data=data), remedy=_("请运行 chmod 700 %(data)s。", data=data)
        )
    for other in _of_the_other(settings):
        if os.access(other, os.R_OK):
            # A demo runs both sides as one user, and says so.
            tell = warning if settings.demo else wrong
            yield tell(
                _("这一端的系统用户能读另一端的 %(other)s。", other=other),
                remedy=_(
                    "请让两端用两个系统用户、两个文件夹，例如 chown -R huying-%(key)s %(other)s，"
                    "再 chmod 700 %(other)s，见 docs/operating.md。",
                    key=OTHER[settings.side],
                    other=other,
                ),
            )


def _of_the_other(settings: Settings) -> Iterator[Path]:
    other = OTHER[settings.side]
    beside = settings.data.parent / other if settings.data.name == settings.side else None
    within = (settings.data / "keys" / other, settings.data / f"{other}.db")
    yield from (path for path in (beside, *within) if path is not None and path.exists())


def engine(connection: Connection, settings: Settings, *, package: str) -> Iterator[Finding]:
    """Look whether the program could switch off the rules of its tables, or see the other side at work."""
    if connection.dialect.name != "postgresql":
        return
    yield _owner(connection, package=package)
    neighbours = connection.scalars(text(_NEIGHBOURS)).all()
    if f"huying_{OTHER[settings.side]}" in neighbours:
        yield wrong(
            _("另一端的数据库在同一个 PostgreSQL 里：从它的统计能看出另一端什么时候在工作。"),
            remedy=_(
                "请给每一端一个 PostgreSQL：在另一个里运行 psql -v side=%(side)s -f deploy/postgresql.sql，"
                "再用 pg_dump 搬过去。",
                side=settings.side,
            ),
        )
    elif neighbours:
        yield warning(
            _("同一个 PostgreSQL 里还有别的数据库：%(names)s。", names="、".join(neighbours)),
            remedy=_("请确认它们与另一端无关。"),
        )


def _owner(connection: Connection, *, package: str) -> Finding:
    role = connection.scalar(text("SELECT current_user"))
    if connection.scalar(text(_OWNED)) or connection.scalar(
        text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    ):
        return wrong(
            _("程序用的数据库角色 %(role)s 是表的属主，能停用触发器、改已记下的行。", role=role),
            remedy=_(
                "请用 deploy/postgresql.sql 分出属主角色，设 …_OWNER_DATABASE_URL，"
                "再运行 huying %(package)s upgrade，见 docs/operating.md。",
                package=package,
            ),
        )
    return good(_("程序用的数据库角色 %(role)s 改不了表和触发器。", role=role))
