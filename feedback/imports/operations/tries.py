"""Files that were tried: sealed until applied or a day old, so that exactly what was shown is applied."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback.imports.operations.bringing import bring
from feedback.imports.operations.kinds import ImportKind
from feedback.imports.operations.runs import ImportCounts
from feedback.imports.operations.scope import ImportScope
from feedback.models import ImportFile
from huying.base.errors import Conflict, Gone, NotFound
from huying.base.i18n import _
from huying.base.personal_numbers import file_name
from huying.base.phones import Vault
from huying.sheets import Table, tried


def keep(
    session: Session, kind: ImportKind, *, data: bytes, name: str, by: str, vault: Vault, now: datetime
) -> ImportFile:
    """Keep a file that somebody tries; drop the bytes of those that are too old."""
    drop_old(session, now=now)
    row = ImportFile(code=secrets.token_urlsafe(18), kind=kind.name, name=file_name(name))
    tried.fill(row, data, by=by, vault=vault, now=now)
    session.add(row)
    session.flush()
    return row


def find(session: Session, code: str, *, by: str) -> ImportFile:
    """Return a file that `by` tried; to everybody else there is no such file."""
    row = session.get(ImportFile, code)
    if row is None or row.by != by:
        raise NotFound(_("没有这份文件。"))
    return row


def opened(row: ImportFile, *, vault: Vault, now: datetime) -> bytes:
    """Return the bytes of a tried file; raise Gone once they are applied or too old."""
    if row.state == "applied":
        raise Gone(_("这份文件已经导入。"))
    return tried.opened(row, by=row.by, vault=vault, now=now)


def apply(
    session: Session,
    code: str,
    kind: ImportKind,
    table: Table,
    *,
    data: bytes,
    shown: str,
    confirmed_by: str | None,
    scope: ImportScope,
    keep_good: bool = False,
) -> ImportCounts:
    """Store exactly what was tried and shown; `data` and `table` are the tried file's, opened and read.

    Raise Conflict where another request was first, or what the plan says has changed since it was shown.
    """
    row = session.get(ImportFile, code, with_for_update=True, populate_existing=True)
    if row is None or row.state != "tried" or row.sha256 != tried.digest(data):
        raise Conflict(_("这份文件已经导入。"))
    counts, run = bring(
        session,
        kind,
        table,
        data=data,
        scope=scope,
        confirmed_by=confirmed_by,
        shown=shown,
        keep_good=keep_good,
    )
    row.state, row.sealed, row.run_id = "applied", None, run.id if run else None
    session.flush()
    return counts


def drop_old(session: Session, *, now: datetime) -> int:
    """Delete the bytes of files that were tried more than a day ago; return how many."""
    old = select(ImportFile.code).where(ImportFile.too_old(now), ImportFile.sealed.is_not(None))
    codes = list(session.scalars(old))
    if codes:
        session.execute(update(ImportFile).where(ImportFile.code.in_(codes)).values(sealed=None))
    return len(codes)
