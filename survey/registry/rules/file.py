"""The registry's file: what its columns mean, what it states, and every fault of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

from huying import sheets
from huying.base import clock
from huying.base.area_names import NO_NAMES, AreaNames
from huying.sheets import Choose, Fault, Faults, Recognition, Row, Table
from huying.sheets.choice import nothing
from survey.registry.rules.household_rows import (
    HouseholdEntry,
    RowReader,
    RowRules,
    check_columns,
    points_in,
)
from survey.registry.rules.layout import LAYOUT, OTHERS

HEADINGS: Mapping[str, str] = {column.name: column.heading for column in LAYOUT.columns}
EVERY = 5_000
"""Rows between two words about the progress."""

FileForm = Literal["csv", "xlsx"]
FORMS: Mapping[str, FileForm] = {"csv": "csv", "xlsx": "xlsx"}
"""The forms in which files are given out."""

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done."""


def silent(_done: int, _of: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class RegistryFile:
    """A file as it was read: its households, its faulty rows, and the digest by which it is named.

    `recognition` says what the file was taken for; `notes` are sentences about cells that had to be read with
    care.
    """

    file: str
    sha256: str
    entries: tuple[HouseholdEntry, ...]
    faults: Faults
    recognition: Recognition
    notes: tuple[str, ...] = ()


def read(
    data: bytes,
    *,
    file: str,
    allowed: str,
    grids: AreaNames = NO_NAMES,
    today: date | None = None,
    choose: Choose = nothing,
    progress: Progress = silent,
) -> RegistryFile:
    """Return what a file states; raise Invalid where it can't be read at all.

    Unrecognised is raised where a person can say what is what.

    `allowed` numbers are `real` or `invented`; `grids` are those that may be named, any where none are known.
    A faulty row is no entry: it stands in the faults. `choose` says what was said of such files before.
    """
    table = _table(data, file=file, choose=choose)
    reader = _reader(table, allowed=allowed, grids=grids, today=today)
    rows, named, seen = deque(table.rows), table.file, table.recognition
    # A city's rows go as they become households: held side by side, they would take a third more memory.
    del table
    entries = tuple(_entries(rows, reader, progress=progress))
    return RegistryFile(named, digest(data), entries, reader.faults, seen, reader.notes)


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file, 64 hex digits: what is applied is what was tried."""
    return sha256(data).hexdigest()


def refused(
    data: bytes,
    *,
    file: str,
    allowed: str,
    form: FileForm,
    grids: AreaNames = NO_NAMES,
    choose: Choose = nothing,
    more: Iterable[Fault] = (),
) -> bytes:
    """Return the faulty rows of a file with their reasons, as a file to send back.

    `more` are faults that were found later, beside what is registered.
    """
    table = _table(data, file=file, choose=choose)
    reader = _reader(table, allowed=allowed, grids=grids, today=None)
    for _entry in _entries(deque(table.rows), reader, progress=silent):
        pass
    faults = dict.fromkeys((*reader.faults, *more))
    return sheets.returned(table, faults, form=form)


def _table(data: bytes, *, file: str, choose: Choose) -> Table:
    table = sheets.read(data, file=file, layout=LAYOUT, choose=choose, others=OTHERS, gather=True)
    check_columns(table, headings=HEADINGS)
    return table


def _reader(table: Table, *, allowed: str, grids: AreaNames, today: date | None) -> RowReader:
    there = {each.name for each in table.recognition.columns}
    rules = RowRules(allowed, today or clock.local(clock.now()).date(), grids, frozenset(there))
    points = points_in(row["household"] for row in table.rows)
    return RowReader(rules, headings=HEADINGS, faults=Faults(list(table.faults)), points=points)


def _entries(rows: deque[Row], reader: RowReader, *, progress: Progress) -> Iterable[HouseholdEntry]:
    """Yield what rows state, each of which is let go."""
    unread, of = {fault.line for fault in reader.faults}, len(rows)
    for done in range(1, of + 1):
        row = rows.popleft()
        entry = None if row.line in unread else reader.entry(row)
        if entry is not None:
            yield entry
        if done % EVERY == 0:
            progress(done, of)
