"""Does the registry agree with its log, and the log with the ledger? Whoever went past them shows here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.ledger import tree
from survey.models import LEDGER, Household, RegistryEvent, RegistryImport
from survey.registry.rules.curation import EventKind, RowEvent, SaltedEvent, moment

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class RegistryAudit:
    """Imports whose rows don't give their root, and by grid the households of which the log says otherwise.

    Such a household is registered without a row that says so, or gone although none says that it left.
    """

    broken: tuple[int, ...]
    unlogged: Mapping[str, int]

    @property
    def is_sound(self) -> bool:
        """Whether log and registry agree."""
        return not self.broken and not self.unlogged


def audit(session: Session) -> RegistryAudit:
    """Hash every row of the log again and hold the registry against those that the ledger bears out."""
    broken: list[int] = []
    present: Counter[tuple[str, str]] = Counter()
    roots = dict(session.execute(select(RegistryImport.id, RegistryImport.entry)).all())
    for number, some in groupby(_events(session), key=lambda each: each.number):
        moves, root = _read(some)
        if root != _logged_root(session, roots.get(number)):
            broken.append(number)
        else:
            present.update(moves)
    return RegistryAudit(tuple(broken), _unlogged(session, present))


@dataclass(frozen=True, slots=True)
class _LoggedRow:
    number: int
    at: datetime
    row: SaltedEvent


def _events(session: Session) -> Iterator[_LoggedRow]:
    columns = (
        RegistryEvent.import_id,
        RegistryEvent.at,
        RegistryEvent.kind,
        RegistryEvent.household_code,
        RegistryEvent.grid_code,
        RegistryEvent.salt,
        RegistryEvent.drawn,
    )
    rows = select(*columns).order_by(RegistryEvent.import_id, RegistryEvent.place)
    for number, at, kind, home, grid, salt, drawn in session.execute(rows.execution_options(yield_per=BATCH)):
        yield _LoggedRow(number, at, SaltedEvent(RowEvent(cast("EventKind", kind), home, grid), salt, drawn))


def _read(events: Iterator[_LoggedRow]) -> tuple[Counter[tuple[str, str]], str]:
    """Return who came to a grid, counted +1, or left it, −1, and the tree hash of the rows."""
    moves: Counter[tuple[str, str]] = Counter()

    def leaves() -> Iterator[bytes]:
        for each in events:
            event = each.row.event
            moves[event.household, event.grid] += {"new": 1, "left": -1}.get(event.kind, 0)
            yield tree.leaf_hash(each.row.line(moment(each.at)))

    root = tree.root(leaves()).hex()
    return moves, root


def _logged_root(session: Session, entry: int | None) -> str | None:
    lines = LEDGER.lines(session, entry, entry + 1) if entry is not None else ()
    found = json.loads(lines[0]) if lines else {}
    return str(found.get("root")) if found.get("t") == "registry" else None


def _unlogged(session: Session, present: Mapping[tuple[str, str], int]) -> Mapping[str, int]:
    """Count the households of which the log says otherwise; those from before there was a log are let be."""
    older = _older_than_the_log(session)
    rows = select(Household.code, Household.grid_code, Household.left_at, Household.changed_at)
    found: Counter[str] = Counter()
    for code, grid, left, changed in session.execute(rows.execution_options(yield_per=BATCH)):
        known = present.get((code, grid), 0)
        before = known <= 0 and older(changed)
        found[grid] += (left is None) != (known > 0) and not before
    return +found


def _older_than_the_log(session: Session) -> Callable[[datetime], bool]:
    """Return what tells whether a household last changed before there was a log.

    Whoever adds an import without an entry by SQL gains nothing once one is logged.
    """
    logged = RegistryImport.entry.is_not(None)
    first = session.scalar(select(func.min(RegistryImport.at)).where(logged))
    last = session.scalar(select(func.max(RegistryImport.at)).where(~logged))
    return lambda changed: last is not None and changed <= last and (first is None or changed < first)
