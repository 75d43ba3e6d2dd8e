"""The registry's file: what its columns mean, what it states, and every fault of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Literal

from huying import sheets
from huying.base import clock, personal_numbers
from huying.base.known_areas import NONE_KNOWN, KnownAreas
from huying.sheets import Column, Faults, Layout, Table
from survey.registry.rules.household_rows import (
    HouseholdEntry,
    RowReader,
    RowRules,
    check_columns,
    points_in,
)

LAYOUT = Layout(
    title="户籍登记",
    name="households",
    columns=(
        Column("household", "户编号", also=("household", "户号"), kind="code", example="H0001", longest=32),
        Column("grid", "网格编号", also=("grid", "网格编码"), kind="code", example="G0101", longest=32),
        Column("address", "地址", also=("address", "住址"), example="春一路 1 号 101 室", longest=200),
        Column("phone", "电话", also=("phone", "联系电话"), kind="phone", example="13800000000"),
        Column("phone_source", "电话来源", also=("phone_source",), example="物业登记", longest=40),
        Column("phone_date", "电话登记日期", also=("phone_date",), kind="date", example="2026-11-23"),
        Column("phone_by", "登记人", also=("phone_by",), example="名册员", longest=64),
        Column("adults", "成年人电话", also=("adults",), required=False, longest=800),
    ),
)
HEADINGS: Mapping[str, str] = {column.name: column.heading for column in LAYOUT.columns}
NAME_LENGTH = 200
"""Characters of a file's name that are kept: its end."""

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
class Stated:
    """A file as it was read: its households, its faulty rows, and the digest by which it is named.

    `notes` are sentences about cells that had to be read with care.
    """

    file: str
    sha256: str
    entries: tuple[HouseholdEntry, ...]
    faults: Faults
    notes: tuple[str, ...] = ()


def read(
    data: bytes,
    *,
    file: str,
    allowed: str,
    grids: KnownAreas = NONE_KNOWN,
    today: date | None = None,
    progress: Progress = silent,
) -> Stated:
    """Return what a file states; raise Invalid where it can't be read at all.

    `allowed` numbers are `real` or `invented`; `grids` are those that may be named, any where none are known.
    A faulty row is no entry: it stands in the faults.
    """
    table = sheets.read(data, file=_named(file), layout=LAYOUT)
    check_columns(table, headings=HEADINGS)
    reader = _reader(table, allowed=allowed, grids=grids, today=today)
    entries = tuple(_entries(table, reader, progress=progress))
    return Stated(table.file, digest(data), entries, reader.faults, reader.notes)


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file, 64 hex digits: what is applied is what was tried."""
    return sha256(data).hexdigest()


def refused(data: bytes, *, file: str, allowed: str, form: FileForm, grids: KnownAreas = NONE_KNOWN) -> bytes:
    """Return the faulty rows of a file with their reasons, as a file to send back."""
    table = sheets.read(data, file=file, layout=LAYOUT)
    reader = _reader(table, allowed=allowed, grids=grids, today=None)
    for _entry in _entries(table, reader, progress=silent):
        pass
    return sheets.returned(table, reader.faults, form=form)


def _named(file: str) -> str:
    """Return a file's name as it can be shown and stored anywhere."""
    shown = "".join(sign for sign in file if sign.isprintable())[-NAME_LENGTH:]
    return personal_numbers.quoted(shown, longest=NAME_LENGTH) if personal_numbers.kind_in(shown) else shown


def _reader(table: Table, *, allowed: str, grids: KnownAreas, today: date | None) -> RowReader:
    rules = RowRules(allowed, today or clock.local(clock.now()).date(), grids)
    points = points_in(row["household"] for row in table.rows)
    return RowReader(rules, headings=HEADINGS, faults=Faults(), points=points)


def _entries(table: Table, reader: RowReader, *, progress: Progress) -> Iterable[HouseholdEntry]:
    for done, row in enumerate(table.rows, start=1):
        entry = reader.entry(row)
        if entry is not None:
            yield entry
        if done % EVERY == 0:
            progress(done, len(table.rows))
