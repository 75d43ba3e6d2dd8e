"""What an import comes to: drafted first, then put as drafted, all of it or nothing, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from feedback import ledger
from feedback.imports.operations import cells
from feedback.models import ImportRun
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.sheets import Faults, Table
from huying.sheets.plans import Change, Plan
from huying.sheets.tried import digest

Fate = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """Rows read, and what came of each; an import that refuses a row stores nothing and has no counts.

    `left`: what the file lacks and the import therefore took out.
    """

    read: int
    created: int
    changed: int
    unchanged: int
    left: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """What an import would do, and `put`, which does it; while a row is refused, `put` is never called."""

    plan: Plan
    put: Callable[[], object]


def plan(
    table: Table,
    *,
    known: int,
    fates: Iterable[Change | None],
    faults: Faults,
    left: Sequence[Change] = (),
) -> Plan:
    """Return the plan of an import: the change that each row brings, None where it brings none.

    `known`: how many there are before; `left`: what goes because the file lacks it.
    """
    for unread in table.faults:
        faults.add(unread.line, unread.reason, unread.column)
    listed, refused = list(fates), {fault.line for fault in faults}
    brought = (change for change in listed if change is not None and change.line not in refused)
    return Plan(
        read=len(table.rows),
        known=known,
        unchanged=listed.count(None),
        changes=(*brought, *left),
        faults=cells.in_order(faults),
    )


def carry_out(
    session: Session,
    what: str,
    draft: Draft,
    *,
    data: bytes,
    file: str,
    by: str,
    confirmed_by: str | None,
    now: datetime,
    named: bool = False,
) -> tuple[ImportCounts, ImportRun | None]:
    """Store what the draft says; return what came of it, and the run that is kept unless nothing was written.

    `named`: the name of who confirms is kept though nothing alarms.

    Raise Invalid where the draft refuses a row, Refused where it alarms and nobody put their name to it,
    Conflict where somebody else was first.
    """
    _check(draft, file=file)
    draft.plan.confirmed(confirmed_by)
    counts = _counted(draft.plan)
    if not draft.plan.changes:
        return counts, None
    try:
        draft.put()
        session.flush()
    except IntegrityError as error:
        raise Conflict(_("这些内容刚刚有人改过，没有导入任何内容；请重新试一遍。")) from error
    return counts, _keep(
        session, what, data, counts, by=by, confirmed_by=_signed(draft, confirmed_by, named=named), now=now
    )


def settle(
    session: Session,
    what: str,
    data: bytes,
    *,
    read: int,
    fates: Iterable[Fate],
    now: datetime,
    confirmed_by: str | None = None,
) -> ImportCounts:
    """Return the counts of an import of cases; keep them, in the ledger too, unless nothing was written.

    Raise Refused, and so undo everything, where a row is unaccounted for.
    """
    tally = Counter(fates)
    counts = ImportCounts(read, tally["created"], tally["changed"], tally["unchanged"])
    _account_for(counts)
    if counts.created or counts.changed:
        _keep(session, what, data, counts, by=None, confirmed_by=confirmed_by, now=now)
    return counts


def _check(draft: Draft, *, file: str) -> None:
    faults = Faults()
    for fault in draft.plan.faults:
        faults.add(fault.line, fault.reason, fault.column)
    faults.check(file)


def _signed(draft: Draft, confirmed_by: str | None, *, named: bool) -> str | None:
    return (confirmed_by or "").strip()[:64] if named or draft.plan.alarm else None


def _counted(found: Plan) -> ImportCounts:
    in_file = Counter(change.kind == "new" for change in found.changes if change.line is not None)
    gone = sum(change.line is None for change in found.changes)
    counts = ImportCounts(found.read, in_file[True], in_file[False], found.unchanged, gone)
    _account_for(counts)
    return counts


def _account_for(counts: ImportCounts) -> None:
    if counts.created + counts.changed + counts.unchanged != counts.read:
        raise Refused(_("导入的行数对不上，没有保存任何内容。"), status=500)


def _keep(
    session: Session,
    what: str,
    data: bytes,
    counts: ImportCounts,
    *,
    by: str | None,
    confirmed_by: str | None,
    now: datetime,
) -> ImportRun:
    numbers = {
        "read": counts.read,
        "created": counts.created,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
    }
    if counts.left:
        numbers["left"] = counts.left
    run = ImportRun(what=what, file_sha256=digest(data), at=now, by=by, confirmed_by=confirmed_by, **numbers)
    session.add(run)
    session.flush()
    ledger.write(session, "import", at=now, w=what, d=run.file_sha256, n=numbers)
    return run
