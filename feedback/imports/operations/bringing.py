"""An import from beginning to end: read, drafted under a lock, put, counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from feedback.imports.operations import areas, departments, known_areas, runs
from feedback.imports.operations.kinds import ImportKind, find
from feedback.imports.operations.runs import ImportCounts
from feedback.imports.operations.scope import ImportScope
from feedback.models import ImportRun
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets import Table, read, tried
from huying.store import locks

BY = "import"
"""Who brought what a program brings."""


def bring(
    session: Session,
    kind: ImportKind,
    table: Table,
    *,
    data: bytes,
    scope: ImportScope,
    confirmed_by: str | None = None,
    shown: str | None = None,
    keep_good: bool = False,
) -> tuple[ImportCounts, ImportRun | None]:
    """Store what a table of that kind brings: all of it or nothing.

    `data` are the bytes that `table` was read from; `shown` is the digest of the plan that was shown, and
    another plan by now is refused. With `keep_good` the rows without faults are stored, for whoever puts
    their name to it. Else as `runs.carry_out`.
    """
    locks.hold(session, "import", kind.name)
    draft = kind.draft(session, table, scope)
    if shown is not None:
        tried.check_shown(draft.plan, shown)
    partly = keep_good and bool(draft.plan.faults)
    if partly:
        draft = _good(session, kind, table, draft, scope=scope, confirmed_by=confirmed_by)
    return runs.carry_out(
        session,
        kind.name,
        draft,
        data=data,
        file=table.file,
        by=scope.by,
        confirmed_by=confirmed_by,
        now=scope.now,
        named=partly,
    )


def _good(
    session: Session,
    kind: ImportKind,
    table: Table,
    draft: runs.Draft,
    *,
    scope: ImportScope,
    confirmed_by: str | None,
) -> runs.Draft:
    """Return the draft of the rows that nothing is wrong with."""
    if not (confirmed_by or "").strip():
        raise Refused(_("只导入没有错的行，要由负责人署名确认。"))
    while draft.plan.faults:
        table = table.without({fault.line for fault in draft.plan.faults})
        draft = kind.draft(session, table, scope)
    # What the file lacks would go: the refused rows may be just those.
    if any(change.line is None for change in draft.plan.changes):
        raise Refused(_("这份文件会撤销它没有写的内容，不能只导入一部分：请改好整个文件。"))
    return draft


def import_areas(session: Session, data: bytes, *, now: datetime, file: str = "areas.csv") -> ImportCounts:
    """Add and change areas; those that the file lacks stay. Raise Invalid with row, column and reason."""
    table = read(data, file=file, layout=areas.LAYOUT)
    draft = areas.draft(session, table, known_areas=known_areas.load(session), by=BY, now=now)
    return _alone(session, "areas", draft, data=data, file=file, now=now)


def import_departments(
    session: Session, data: bytes, *, now: datetime, file: str = "departments.csv"
) -> ImportCounts:
    """Add departments and change their names; raise Invalid with row, column and reason."""
    table = read(data, file=file, layout=departments.LAYOUT)
    draft = departments.draft(session, table, known_areas=known_areas.load(session))
    return _alone(session, "departments", draft, data=data, file=file, now=now)


def import_staff(
    session: Session,
    data: bytes,
    *,
    vault: Vault,
    region: str,
    allowed: str,
    by: str,
    now: datetime,
    file: str = "staff.csv",
) -> ImportCounts:
    """Add and change workers, their numbers, and who holds which grid; raise Invalid with what is wrong.

    `region` and `allowed` say which numbers are valid, as for `phones.parse`; `by` is kept as who recorded.
    """
    scope = ImportScope(now=now, by=by, vault=vault, region=region, allowed=allowed)
    kind = find("staff")
    return bring(session, kind, read(data, file=file, layout=kind.layout), data=data, scope=scope)[0]


def _alone(
    session: Session, what: str, draft: runs.Draft, *, data: bytes, file: str, now: datetime
) -> ImportCounts:
    return runs.carry_out(session, what, draft, data=data, file=file, by=BY, confirmed_by=None, now=now)[0]
