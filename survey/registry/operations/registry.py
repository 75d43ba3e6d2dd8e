"""The household registry: a file of some grids' households, compared with what is known, applied whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets.plans import Change, Plan
from huying.sheets.tried import check_shown
from survey import campaign
from survey.models import Adult, Household, Number, RegistryImport
from survey.registry.operations import identity
from survey.registry.operations import rows as registry_rows
from survey.registry.operations.rows import PARTS, RegistryRows, StoredHousehold
from survey.registry.queries import grids
from survey.registry.rules import file as registry_file
from survey.registry.rules import sealing
from survey.registry.rules.file import Progress, Stated, silent
from survey.registry.rules.household_rows import HouseholdEntry
from survey.registry.rules.sealing import PURPOSE, Remembered, seal_context

__all__ = ["PURPOSE", "Comparison", "RegistryCounts", "apply", "compare", "import_households", "seal_context"]

NAME_LENGTH, ALARM_LENGTH = 64, 400

BATCH = 5_000
"""New households written at once; what is sealed of them waits in memory."""

_Known = Mapping[str, tuple[str, str, bool]]
"""Of each household in the registry: its grid, its row's digest, whether it is still here."""

_Stated = tuple[HouseholdEntry, str]
"""A household as a row states it, and the row's digest."""


@dataclass(frozen=True, slots=True)
class RegistryCounts:
    """What an import found: households read, new, changed, moved, as before, and gone from their grid."""

    read: int
    created: int
    changed: int
    moved: int
    unchanged: int
    left: int

    @classmethod
    def of(cls, plan: Plan) -> RegistryCounts:
        """Count a plan."""
        return cls(
            read=plan.read,
            created=plan.count("new"),
            changed=plan.count("changed"),
            moved=plan.count("moved"),
            unchanged=plan.unchanged,
            left=plan.count("left"),
        )

    def words(self) -> str:
        """Return the sentence that tells of an import."""
        return _(
            "读入 %(read)s 户：新增 %(created)s，变更 %(changed)s，换网格 %(moved)s，"
            "不变 %(unchanged)s，迁出 %(left)s。",
            **{name: getattr(self, name) for name in self.__slots__},
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file beside the registry: the plan for people, and what would be written."""

    plan: Plan
    created: tuple[_Stated, ...]
    revised: tuple[_Stated, ...]
    left: tuple[str, ...]


def compare(
    session: Session, stated: Stated, *, vault: Vault, by: str, now: datetime, keep_good: bool = False
) -> Comparison:
    """Return what a file would do; store nothing.

    The file states every household of the grids that it names: one of these grids that it lacks has left.
    Other grids stay as they are. Faulty rows are in the plan and count as stated by nobody. Where the good
    rows are kept in spite of faulty ones, nobody leaves: a faulty row may be just theirs.
    """
    stated = identity.completed(session, stated, vault=vault)
    rows = RegistryRows(Vault(Remembered(vault.keys.folder)), by=by, now=now)
    known = _known(session)
    entries = identity.as_held(stated.entries, known)
    created, revised = _sorted(entries, known=known, rows=rows)
    left = () if keep_good and stated.faults else _gone(known, entries)
    changes = (
        *(Change("new", entry.code, entry.line, "") for entry, _digest in created),
        *_revisions(session, revised, known=known, rows=rows),
        *(Change("left", code, None, known[code][0]) for code in left),
    )
    plan = Plan(
        read=len(entries),
        known=_in_scope(known, entries),
        unchanged=len(entries) - len(created) - len(revised),
        changes=changes,
        faults=tuple(stated.faults),
    )
    return Comparison(plan, tuple(created), tuple(revised), left)


def apply(
    session: Session,
    stated: Stated,
    *,
    vault: Vault,
    by: str,
    now: datetime,
    confirmed_by: str | None = None,
    shown: str | None = None,
    keep_good: bool = False,
    progress: Progress = silent,
) -> Plan:
    """Take in a file, all of it or nothing, and note who did; write nothing where nothing has changed.

    Raises Invalid where a row is faulty, and Refused where so much would leave or move that somebody has to
    confirm it by name, Conflict where this isn't the plan that was shown, by its digest `shown`. With
    `keep_good` the rows without faults are taken in, for whoever puts their name to it.
    """
    # One file after another, and none while a frame is frozen: it shows the registry of one moment.
    campaign.campaign_lock(session)
    stated = identity.completed(session, stated, vault=vault)
    _check(stated, keep_good=keep_good, confirmed_by=confirmed_by)
    comparison = compare(session, stated, vault=vault, by=by, now=now)
    if shown is not None:
        check_shown(comparison.plan, shown)
    if stated.faults:
        comparison = compare(session, stated, vault=vault, by=by, now=now, keep_good=True)
    comparison.plan.confirmed(confirmed_by)
    rows = RegistryRows(Vault(Remembered(vault.keys.folder)), by=by, now=now)
    _create(session, comparison.created, rows=rows, progress=progress)
    _revise(session, comparison.revised, rows=rows)
    registry_rows.leave(session, comparison.left, now=now)
    if comparison.plan.changes:
        session.add(_record(stated, comparison.plan, by=by, now=now, confirmed_by=confirmed_by))
        session.flush()
    return comparison.plan


def _check(stated: Stated, *, keep_good: bool, confirmed_by: str | None) -> None:
    """Raise Invalid where rows are faulty, unless somebody keeps the good ones and puts their name to it."""
    if not keep_good:
        stated.faults.check(stated.file)
    elif stated.faults and not (confirmed_by or "").strip():
        raise Refused(_("只导入没有错的行，要由负责人署名确认。"))


def import_households(
    session: Session,
    data: bytes,
    *,
    vault: Vault,
    allowed: str,
    by: str,
    now: datetime,
    file: str = "households.csv",
    confirmed_by: str | None = None,
) -> RegistryCounts:
    """Read a file and apply it; see `registry_file.read` and `apply` for what is refused."""
    today = clock.local(now).date()
    stated = registry_file.read(data, file=file, allowed=allowed, grids=grids.known(session), today=today)
    return RegistryCounts.of(apply(session, stated, vault=vault, by=by, now=now, confirmed_by=confirmed_by))


def _known(session: Session) -> _Known:
    columns = select(Household.code, Household.grid_code, Household.row_hash, Household.left_at)
    grids: dict[str, str] = {}
    return {
        code: (grids.setdefault(grid, grid), digest, left is None)
        for code, grid, digest, left in session.execute(columns.execution_options(yield_per=BATCH))
    }


def _sorted(
    entries: Iterable[HouseholdEntry], *, known: _Known, rows: RegistryRows
) -> tuple[list[_Stated], list[_Stated]]:
    """Return the new households and those that are held otherwise than stated."""
    created: list[_Stated] = []
    revised: list[_Stated] = []
    for entry in entries:
        digest = rows.digest(entry)
        if entry.code not in known:
            created.append((entry, digest))
        elif known[entry.code][1:] != (digest, True):
            revised.append((entry, digest))
    return created, revised


def _gone(known: _Known, entries: Sequence[HouseholdEntry]) -> tuple[str, ...]:
    grids = {entry.grid for entry in entries}
    stated = {entry.code for entry in entries}
    return tuple(
        code for code, (grid, _, here) in known.items() if here and grid in grids and code not in stated
    )


def _in_scope(known: _Known, entries: Sequence[HouseholdEntry]) -> int:
    """Count the households here that the file speaks of: of its grids, or stated by it."""
    grids = {entry.grid for entry in entries}
    stated = {entry.code for entry in entries}
    return sum(here and (grid in grids or code in stated) for code, (grid, _, here) in known.items())


def _revisions(
    session: Session, revised: Sequence[_Stated], *, known: _Known, rows: RegistryRows
) -> Iterator[Change]:
    for some in sealing.chunks(revised):
        held = registry_rows.held(session, [entry.code for entry, _digest in some], vault=rows.vault)
        for entry, _digest in some:
            grid, _before, here = known[entry.code]
            if here and grid != entry.grid:
                yield Change("moved", entry.code, entry.line, f"{grid} → {entry.grid}")
                continue
            parts = [str(PARTS[part]) for part in rows.differs(entry, held[entry.code])]
            yield Change("changed", entry.code, entry.line, "、".join(parts) if here else _("迁出后又登记"))


def _create(session: Session, created: Sequence[_Stated], *, rows: RegistryRows, progress: Progress) -> None:
    done = 0
    for some in sealing.chunks(created, BATCH):
        homes = [rows.household(entry, digest=digest) for entry, digest in some]
        numbers = [row for entry, _digest in some for row in rows.numbers(entry)]
        adults = [row for entry, _digest in some for row in rows.adults(entry)]
        for model, made in ((Household, homes), (Number, numbers), (Adult, adults)):
            registry_rows.insert_all(session, model, made)
        done += len(some)
        progress(done, len(created))


def _revise(session: Session, revised: Sequence[_Stated], *, rows: RegistryRows) -> None:
    for some in sealing.chunks(revised):
        held = registry_rows.held(session, [entry.code for entry, _digest in some], vault=rows.vault)
        unlike = {entry.code: frozenset(rows.differs(entry, held[entry.code])) for entry, _digest in some}
        registry_rows.revise(session, [rows.household(entry, digest=digest) for entry, digest in some])
        renumbered = [entry for entry, _digest in some if unlike[entry.code] & {"phone", "noted"}]
        relisted = [entry for entry, _digest in some if "adults" in unlike[entry.code]]
        registry_rows.supersede(session, _superseded(held[entry.code] for entry in renumbered))
        registry_rows.insert_all(
            session, Number, (row for entry in renumbered for row in rows.numbers(entry))
        )
        registry_rows.forget_adults(session, [entry.code for entry in relisted])
        registry_rows.insert_all(session, Adult, (row for entry in relisted for row in rows.adults(entry)))


def _superseded(households: Iterable[StoredHousehold]) -> dict[int, int]:
    """Return the new position of each number that is no longer in force: the latest are lowest."""
    return {
        number.id: home.lowest - place
        for home in households
        for place, number in enumerate(home.numbers, start=1)
    }


def _record(
    stated: Stated, plan: Plan, *, by: str, now: datetime, confirmed_by: str | None
) -> RegistryImport:
    counts = RegistryCounts.of(plan)
    partly = (
        _("退回 %(n)s 行，没有记迁出。", n=len({fault.line for fault in plan.faults})) if plan.faults else ""
    )
    alarm = f"{plan.alarm or ''}{partly}"
    return RegistryImport(
        at=now,
        by=by,
        file=stated.file,
        sha256=stated.sha256,
        read=counts.read,
        created=counts.created,
        changed=counts.changed,
        moved=counts.moved,
        left=counts.left,
        alarm=alarm[:ALARM_LENGTH],
        confirmed_by=(confirmed_by or "").strip()[:NAME_LENGTH] if alarm else "",
    )
