"""The registry's own log, read: what left and changed in a time, what waits, what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.side.files import BY
from survey.models import Account, RegistryEvent, RegistryImport, RegistryRequest
from survey.registry.rules import sealing
from survey.registry.rules.curation import LIMITED, WINDOW


def limited(session: Session, *, now: datetime) -> Mapping[tuple[str, str], frozenset[str]]:
    """Return who left a grid or changed their number in it within WINDOW, by grid and kind."""
    columns = select(RegistryEvent.grid_code, RegistryEvent.kind, RegistryEvent.household_code)
    recent = columns.where(RegistryEvent.kind.in_(LIMITED), RegistryEvent.at >= now - WINDOW)
    found: dict[tuple[str, str], set[str]] = {}
    for grid, kind, home in session.execute(recent):
        found.setdefault((grid, kind), set()).add(home)
    return {key: frozenset(homes) for key, homes in found.items()}


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import took from grids: who brought it, when and why, who else answers for it."""

    at: datetime
    by: str
    why: str
    second: str
    reason: str
    left: Mapping[str, int]
    numbers: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many households left."""
        return sum(self.left.values())


def brought(session: Session, *, after: int | None, before: int | None = None) -> list[Brought]:
    """Return the imports whose ledger entries stand in between, by which anybody left or changed number."""
    imports = select(RegistryImport).where(RegistryImport.entry.is_not(None)).order_by(RegistryImport.id)
    if after is not None:
        imports = imports.where(RegistryImport.entry > after)
    if before is not None:
        imports = imports.where(RegistryImport.entry < before)
    rows = list(session.scalars(imports))
    counts = _counts(session, [row.id for row in rows])
    requests = {row.id: row for row in session.scalars(select(RegistryRequest))}
    found = [_brought(row, counts.get(row.id, {}), requests.get(row.request_id or 0)) for row in rows]
    return [each for each in found if each.left or each.numbers]


def _brought(
    row: RegistryImport, counts: Mapping[tuple[str, str], int], request: RegistryRequest | None
) -> Brought:
    def of(kind: str) -> dict[str, int]:
        return {grid: n for (each, grid), n in sorted(counts.items()) if each == kind}

    second = (request.decided_name or "") if request else row.confirmed_by
    reason = (request.reason or "") if request else ""
    return Brought(row.at, row.by, row.why, second, reason, of("left"), of("number"))


def _counts(session: Session, imports: Sequence[int]) -> dict[int, dict[tuple[str, str], int]]:
    columns = (RegistryEvent.import_id, RegistryEvent.kind, RegistryEvent.grid_code)
    rows = select(*columns, func.count(RegistryEvent.household_code.distinct())).group_by(*columns)
    found: dict[int, dict[tuple[str, str], int]] = {}
    for some in sealing.chunks(imports):
        limited_to = rows.where(RegistryEvent.import_id.in_(some), RegistryEvent.kind.in_(LIMITED))
        for number, kind, grid, n in session.execute(limited_to):
            found.setdefault(number, {})[kind, grid] = n
    return found


def renumbered(session: Session, *, after: int | None, before: int | None = None) -> Mapping[str, int]:
    """Count by grid the households that changed their number between two entries of the ledger."""
    rows = (
        select(RegistryEvent.grid_code, func.count(RegistryEvent.household_code.distinct()))
        .join(RegistryImport, RegistryImport.id == RegistryEvent.import_id)
        .where(RegistryEvent.kind == "number")
        .group_by(RegistryEvent.grid_code)
    )
    if after is not None:
        rows = rows.where(RegistryImport.entry > after)
    if before is not None:
        rows = rows.where(RegistryImport.entry < before)
    return dict(session.execute(rows).all())


def people(session: Session) -> Mapping[str, str]:
    """Return the name of each account by its login: who brings a file is told by name."""
    return dict(session.execute(select(Account.login, Account.name)).all()) | {BY: _("服务器上的命令行")}


def requests(session: Session) -> list[RegistryRequest]:
    """Return the files that needed a second registrar, the newest first."""
    return list(session.scalars(select(RegistryRequest).order_by(RegistryRequest.id.desc())))


def waiting(session: Session) -> int:
    """Count the files that wait for a second registrar."""
    open_ = select(func.count(RegistryRequest.id)).where(RegistryRequest.decided_at.is_(None))
    return session.scalar(open_) or 0


def request(session: Session, number: int) -> RegistryRequest:
    """Return such a file; raise NotFound where there is none."""
    row = session.get(RegistryRequest, number)
    if row is None:
        raise NotFound(_("没有这个等待确认的文件。"))
    return row
