"""Files that were tried: sealed until applied or a day old, so that exactly what was shown is applied."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback.imports.operations.bringing import bring
from feedback.imports.operations.kinds import ImportKind
from feedback.imports.operations.runs import ImportCounts
from feedback.imports.operations.scope import ImportScope
from feedback.models import ImportFile
from huying.base.errors import Conflict, Gone, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets import Table

KEPT = timedelta(days=1)
LONGEST_NAME = 200


def keep(
    session: Session, kind: ImportKind, *, data: bytes, name: str, by: str, vault: Vault, now: datetime
) -> ImportFile:
    """Keep a file that somebody tries; drop the bytes of those that are too old."""
    drop_old(session, now=now)
    code = secrets.token_urlsafe(18)
    tried = ImportFile(
        code=code,
        kind=kind.name,
        name=name[-LONGEST_NAME:],
        sha256=sha256(data).hexdigest(),
        sealed=vault.seal(b64encode(data).decode(), where=_place(code)),
        by=by,
        at=now,
    )
    session.add(tried)
    session.flush()
    return tried


def find(session: Session, code: str, *, by: str) -> ImportFile:
    """Return a file that `by` tried; to everybody else there is no such file."""
    tried = session.get(ImportFile, code)
    if tried is None or tried.by != by:
        raise NotFound(_("没有这份文件。"))
    return tried


def opened(tried: ImportFile, *, vault: Vault, now: datetime) -> bytes:
    """Return the bytes of a tried file; raise Gone once they are applied or too old."""
    if tried.state == "applied":
        raise Gone(_("这份文件已经导入。"))
    if tried.sealed is None or now - tried.at > KEPT:
        raise Gone(_("这份文件超过一天，已经删除；请重新上传。"))
    return b64decode(vault.open(tried.sealed, where=_place(tried.code)))


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
    tried = session.get(ImportFile, code, with_for_update=True, populate_existing=True)
    if tried is None or tried.state != "tried" or tried.sha256 != sha256(data).hexdigest():
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
    tried.state, tried.sealed, tried.run_id = "applied", None, run.id if run else None
    session.flush()
    return counts


def drop_old(session: Session, *, now: datetime) -> int:
    """Delete the bytes of files that were tried more than a day ago; return how many."""
    old = select(ImportFile.code).where(ImportFile.at < now - KEPT, ImportFile.sealed.is_not(None))
    codes = list(session.scalars(old))
    if codes:
        session.execute(update(ImportFile).where(ImportFile.code.in_(codes)).values(sealed=None))
    return len(codes)


def _place(code: str) -> str:
    return f"import_file.sealed:{code}"
