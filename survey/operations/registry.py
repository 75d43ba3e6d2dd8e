"""The household registry: a file of some grids' households, compared with what is known, applied whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from huying.phones import Vault
from survey.models import Adult, Household, Number
from survey.operations import registry_csv, waves
from survey.operations.registry_csv import Entry

PURPOSE = "household"
"""What the blind index of a household's numbers is for: nothing else can be joined with it."""
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """What an import found: households read, new, changed, as before, and gone from their grid."""

    read: int
    created: int
    changed: int
    unchanged: int
    left: int


def place(code: str) -> str:
    """Return the place to which a household's numbers are sealed."""
    return f"household:{code}"


def import_households(
    session: Session, data: bytes, *, vault: Vault, allowed: str, by: str, now: datetime
) -> Counts:
    """Take in a file of households, all or nothing; raise Invalid naming heading or lines that are wrong.

    The file states every household of the grids that it names: one of these grids that it lacks has left.
    Other grids stay as they are.
    """
    entries = registry_csv.read(data, allowed=allowed)
    # One file after another, and none while a frame is frozen: it shows the registry of one moment.
    waves.campaign_lock(session)
    known = _Known.load(session)
    work = _Work(vault, by=by, now=now)
    for entry in entries:
        work.add(entry, known=known)
    left = _gone(known, entries)
    work.store(session)
    _leave(session, left, now=now)
    return Counts(len(entries), len(work.created), len(work.changed), work.unchanged, len(left))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the registry holds: of each household its grid, its row's digest, whether it is still here."""

    rows: dict[str, tuple[str, str, bool]]

    @classmethod
    def load(cls, session: Session) -> _Known:
        columns = select(Household.code, Household.grid_code, Household.row_hash, Household.left_at)
        rows = session.execute(columns)
        return cls({code: (grid, digest, left is None) for code, grid, digest, left in rows})


def _gone(known: _Known, entries: Sequence[Entry]) -> list[str]:
    grids = {entry.grid for entry in entries}
    stated = {entry.code for entry in entries}
    return [
        code for code, (grid, _, here) in known.rows.items() if here and grid in grids and code not in stated
    ]


def _leave(session: Session, codes: Sequence[str], *, now: datetime) -> None:
    for start in range(0, len(codes), CHUNK):
        these = Household.code.in_(codes[start : start + CHUNK])
        session.execute(update(Household).where(these).values(left_at=now, changed_at=now))


@dataclass(slots=True)
class _Work:
    """The rows that an import writes."""

    vault: Vault
    by: str
    now: datetime
    created: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    unchanged: int = 0
    digests: dict[str, str] = field(default_factory=dict)

    def add(self, entry: Entry, *, known: _Known) -> None:
        """Sort a household into new, changed or unchanged."""
        # Keyed: a plain digest over an address and eleven digits could be guessed open.
        digest = self.vault.index(entry.text(), purpose="household-row").hex()
        self.digests[entry.code] = digest
        if entry.code not in known.rows:
            self.created.append(entry)
        elif known.rows[entry.code][1:] == (digest, True):
            self.unchanged += 1
        else:
            self.changed.append(entry)

    def store(self, session: Session) -> None:
        """Write the new and the changed households with their numbers."""
        _insert(session, Household, (self._household(entry) for entry in self.created))
        _insert(session, Number, (self._number(entry) for entry in self.created if entry.phone))
        _insert(session, Adult, self._adults(self.created))
        for entry in self.changed:
            self._change(session, entry)
        _insert(session, Adult, self._adults(self.changed))

    def _change(self, session: Session, entry: Entry) -> None:
        values = self._household(entry)
        session.execute(update(Household).where(Household.code == values.pop("code")).values(values))
        session.execute(delete(Adult).where(Adult.household_code == entry.code))
        numbers = session.scalars(select(Number).where(Number.household_code == entry.code)).all()
        current = next((number for number in numbers if number.position > 0), None)
        if current and self._is_same(current, entry):
            return
        if current:
            # Superseded numbers are kept at negative places: a swapped number must stay traceable.
            current.position = min(0, *(number.position for number in numbers)) - 1
            session.flush()
        if entry.phone:
            _insert(session, Number, [self._number(entry)])

    def _is_same(self, number: Number, entry: Entry) -> bool:
        index = self.vault.index(entry.phone, purpose=PURPOSE)
        stated = (index, entry.source, entry.day, entry.by or self.by)
        return (number.blind_index, number.source, number.source_date, number.source_by) == stated

    def _household(self, entry: Entry) -> dict[str, Any]:
        return {
            "code": entry.code,
            "grid_code": entry.grid,
            "address": entry.address,
            "row_hash": self.digests[entry.code],
            "changed_at": self.now,
            "left_at": None,
        }

    def _number(self, entry: Entry) -> dict[str, Any]:
        return {
            **self._sealed(entry.code, entry.phone),
            "position": 1,
            "source": entry.source,
            "source_date": entry.day,
            "source_by": entry.by or self.by,
            "recorded_at": self.now,
        }

    def _adults(self, entries: Iterable[Entry]) -> Iterable[dict[str, Any]]:
        for entry in entries:
            for position, number in enumerate(entry.adults, start=1):
                yield {**self._sealed(entry.code, number), "position": position}

    def _sealed(self, code: str, number: str) -> dict[str, Any]:
        return {
            "household_code": code,
            "sealed": self.vault.seal(number, where=place(code)),
            "blind_index": self.vault.index(number, purpose=PURPOSE),
        }


def _insert(session: Session, model: type[Any], rows: Iterable[dict[str, Any]]) -> None:
    given = list(rows)
    if given:
        session.execute(insert(model), given)
