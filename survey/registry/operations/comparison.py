"""A file of households beside the registry: what it would do, and what of it needs a decision or a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from huying.base.phones import Vault
from huying.sheets.plans import Change, Plan
from survey.models import Household
from survey.registry.operations import identity
from survey.registry.operations import rows as registry_rows
from survey.registry.operations.rows import PARTS, RegistryRows, StoredHousehold
from survey.registry.queries import homes, log
from survey.registry.rules import curation, sealing, spellings
from survey.registry.rules.curation import Exceeded, RowEvent
from survey.registry.rules.file import RegistryFile
from survey.registry.rules.household_rows import HouseholdEntry
from survey.registry.rules.sealing import RegistryKeys
from survey.registry.rules.spellings import Home

BATCH = 5_000
"""Households read at once."""

_Known = Mapping[str, tuple[str, str, bool]]
"""Of each household in the registry: its grid, its row's digest, whether it is still here."""

StatedHousehold = tuple[HouseholdEntry, str]
"""A household as a row states it, and the row's digest."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file beside the registry: the plan for people, and what would be written.

    `over` names the grids in which more would leave or change than one registrar may bring in, `twins` the
    codes that may be one home, on which nobody has decided.
    """

    plan: Plan
    created: tuple[StatedHousehold, ...]
    revised: tuple[StatedHousehold, ...]
    left: tuple[str, ...]
    events: tuple[RowEvent, ...]
    over: tuple[Exceeded, ...]
    twins: tuple[homes.Listed, ...]


def compare(
    session: Session, stated: RegistryFile, *, vault: Vault, by: str, now: datetime, keep_good: bool = False
) -> Comparison:
    """Return what a file would do; store nothing.

    The file states every household of the grids that it names: one of these grids that it lacks has left.
    Other grids stay as they are. Faulty rows are in the plan and count as stated by nobody. Where the good
    rows are kept in spite of faulty ones, nobody leaves: a faulty row may be just theirs.
    """
    stated = identity.completed(session, stated, vault=vault)
    rows = RegistryRows(Vault(RegistryKeys(vault.keys.folder)), by=by, now=now)
    known, decided = _known(session), homes.decided(session)
    named = identity.as_held(stated.entries, known)
    # A code that was merged into another is no home of its own, whatever a file says.
    entries = [entry for entry in named if entry.code not in decided.merged]
    kept = {spellings.resolved(decided.merged, entry.code) for entry in named}
    created, revised = _sorted(entries, known=known, rows=rows)
    gone = () if keep_good and stated.faults else _gone(known, named)
    left = tuple(code for code in gone if code not in kept)
    revisions = list(_revisions(session, revised, known=known, rows=rows))
    changes = (
        *(Change("new", entry.code, entry.line, "") for entry, _digest in created),
        *(change for change, _events in revisions),
        *(Change("left", code, None, known[code][0]) for code in left),
    )
    events = (
        *(RowEvent("new", entry.code, entry.grid) for entry, _digest in created),
        *(event for _change, events in revisions for event in events),
        *(RowEvent("left", code, known[code][0]) for code in left),
    )
    here = Counter(grid for grid, _digest, is_here in known.values() if is_here)
    over = curation.exceeded(events, here=here, past=log.limited(session, now=now))
    twins = _twins(session, entries, fresh=[*created, *revised], gone=left, known=decided, rows=rows)
    plan = Plan(
        read=len(named),
        known=_in_scope(known, named),
        unchanged=len(named) - len(created) - len(revised),
        changes=changes,
        faults=tuple(stated.faults),
        over=curation.sentence(over),
        twins=twins,
    )
    return Comparison(plan, tuple(created), tuple(revised), left, events, over, twins)


def _twins(
    session: Session,
    entries: Sequence[HouseholdEntry],
    *,
    fresh: Sequence[StatedHousehold],
    gone: Sequence[str],
    known: homes.Decided,
    rows: RegistryRows,
) -> tuple[homes.Listed, ...]:
    """Return the undecided groups that may be one home and to which a new or newly stated row belongs."""
    new = {entry.code for entry, _digest in fresh}
    if not new:
        return ()
    listed = {entry.code for entry in entries}
    apart = listed | set(gone)

    def every() -> Iterator[Home]:
        yield from (_home(entry, rows=rows) for entry in entries)
        yield from (home for home in homes.registered(session) if home.code not in apart)

    pairs = homes.undecided(every, known)
    return tuple(homes.listed({pair: pairs[pair] for pair in pairs if not new.isdisjoint(pair)}))


def _home(entry: HouseholdEntry, *, rows: RegistryRows) -> Home:
    index = rows.index(entry.numbers[0].number) if entry.numbers else None
    return Home(entry.code, entry.grid, entry.address, index)


def _known(session: Session) -> _Known:
    columns = select(Household.code, Household.grid_code, Household.row_hash, Household.left_at)
    grids: dict[str, str] = {}
    return {
        code: (grids.setdefault(grid, grid), digest, left is None)
        for code, grid, digest, left in session.execute(columns.execution_options(yield_per=BATCH))
    }


def _sorted(
    entries: Iterable[HouseholdEntry], *, known: _Known, rows: RegistryRows
) -> tuple[list[StatedHousehold], list[StatedHousehold]]:
    """Return the new households and those that are held otherwise than stated."""
    created: list[StatedHousehold] = []
    revised: list[StatedHousehold] = []
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
    session: Session, revised: Sequence[StatedHousehold], *, known: _Known, rows: RegistryRows
) -> Iterator[tuple[Change, list[RowEvent]]]:
    """Yield what becomes of each household that is held otherwise, and its rows of the log."""
    for some in sealing.chunks(revised):
        held = registry_rows.held(session, [entry.code for entry, _digest in some], vault=rows.vault)
        for entry, _digest in some:
            grid, _before, here = known[entry.code]
            events = _number_events(entry, held[entry.code], rows=rows)
            if not here or grid != entry.grid:
                events.append(RowEvent("new", entry.code, entry.grid))
            if here and grid != entry.grid:
                events.append(RowEvent("left", entry.code, grid))
                yield Change("moved", entry.code, entry.line, f"{grid} → {entry.grid}"), events
                continue
            parts = [str(PARTS[part]) for part in rows.differs(entry, held[entry.code])]
            what = "、".join(parts) if here else _("迁出后又登记")
            yield Change("changed", entry.code, entry.line, what), events


def _number_events(entry: HouseholdEntry, held: StoredHousehold, *, rows: RegistryRows) -> list[RowEvent]:
    """Say whether a number of the household's was replaced or taken away, or one was only added."""
    numbers, adults = rows.told_apart(entry.numbers), rows.told_apart(entry.adults)
    before, listed = [each.same for each in held.numbers], [each.same for each in held.adults]
    # The first is the one that is dialled.
    if (before and numbers[:1] != before[:1]) or not (
        set(before) <= set(numbers) and set(listed) <= set(adults)
    ):
        return [RowEvent("number", entry.code, entry.grid)]
    if numbers != before or adults != listed:
        return [RowEvent("added", entry.code, entry.grid)]
    return []
