"""The registry's file: what its columns mean, and every fault of it with row, column and reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from sys import intern
from typing import Any, Literal

from huying import sheets
from huying.base import phones
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from huying.sheets import Column, Faults, Layout, Row, Table
from survey.drawing.fields import STRATUM

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
LONGEST = {"address": 200, "phone_source": 40, "phone_by": 64}
"""Characters of free text, as many as the tables keep."""

CODE = re.compile(r"[!-~]{1,32}", re.ASCII)
DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})", re.ASCII)
SEVERAL = re.compile("[;；]")
MOBILE = re.compile(r"1[3-8][0-9]{9}", re.ASCII)
"""Mobile numbers as nearly every row has them; any other goes through the full parser."""

NAME_LENGTH = 200
"""Characters of a file's name that are kept: its end."""

MOST_ADULTS = 20
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
class HouseholdEntry:
    """A household as a row states it; numbers in E.164, an empty `phone` where there is none."""

    line: int
    code: str
    grid: str
    address: str
    phone: str
    source: str
    day: date | None
    by: str
    adults: tuple[str, ...]

    def text(self) -> str:
        """Return everything stated, to tell a changed row from an unchanged one."""
        day = self.day.isoformat() if self.day else ""
        return "\t".join(
            [self.code, self.grid, self.address, self.phone, self.source, day, self.by, *self.adults]
        )


@dataclass(frozen=True, slots=True)
class Stated:
    """A file as it was read: its households, its faulty rows, and the digest by which it is named."""

    file: str
    sha256: str
    entries: tuple[HouseholdEntry, ...]
    faults: Faults


def read(data: bytes, *, file: str, allowed: str, progress: Progress = silent) -> Stated:
    """Return what a file states; raise Invalid where it can't be read at all.

    `allowed` numbers are `real` or `invented`. A faulty row is no entry: it stands in the faults.
    """
    table = sheets.read(data, file=_named(file), layout=LAYOUT)
    faults = Faults()
    entries = tuple(_entries(table, faults=faults, allowed=allowed, progress=progress))
    return Stated(table.file, digest(data), entries, faults)


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file, 64 hex digits: what is applied is what was tried."""
    return sha256(data).hexdigest()


def refused(data: bytes, *, file: str, allowed: str, form: FileForm) -> bytes:
    """Return the faulty rows of a file with their reasons, as a file to send back."""
    table = sheets.read(data, file=file, layout=LAYOUT)
    faults = Faults()
    for _entry in _entries(table, faults=faults, allowed=allowed, progress=silent):
        pass
    return sheets.returned(table, faults, form=form)


def _named(file: str) -> str:
    """Return a file's name as it can be shown and stored anywhere."""
    return "".join(sign for sign in file if sign.isprintable())[-NAME_LENGTH:]


def _entries(table: Table, *, faults: Faults, allowed: str, progress: Progress) -> Iterable[HouseholdEntry]:
    rows = table.rows
    reader = _Reader(faults, allowed)
    for done, row in enumerate(rows, start=1):
        entry = reader.entry(row)
        if entry is not None:
            yield entry
        if done % EVERY == 0:
            progress(done, len(rows))


class _Reader:
    """Reads row after row; what is wrong goes to the faults."""

    def __init__(self, faults: Faults, allowed: str) -> None:
        self.faults = faults
        self.allowed = allowed
        self.seen: dict[str, int] = {}
        self.checks: Mapping[str, Callable[[str], Any]] = {
            "household": _code,
            "grid": _grid,
            "address": _address,
            "phone": self._phone,
            "phone_source": _source,
            "phone_date": _day,
            "phone_by": _by,
            "adults": self._adults,
        }

    def entry(self, row: Row) -> HouseholdEntry | None:
        """Return what a row states; None where something is wrong with it, all of which is noted."""
        found: list[Any] = []
        for name, check in self.checks.items():
            try:
                found.append(check(row[name]))
            except Refused as refusal:
                self.faults.add(row.line, refusal.message.rstrip("。"), HEADINGS[name])
        if len(found) < len(self.checks):
            return None
        entry = HouseholdEntry(row.line, *found)
        return entry if self._fits(entry) else None

    def _fits(self, entry: HouseholdEntry) -> bool:
        """Note what is wrong between the cells of a row, and between rows."""
        before = self.seen.setdefault(entry.code, entry.line)
        if before != entry.line:
            again = _("户编号 %(code)s 与第 %(line)s 行重复", code=entry.code, line=before)
            self.faults.add(entry.line, again, HEADINGS["household"])
            return False
        unsaid = [
            name for name, said in (("phone_source", entry.source), ("phone_date", entry.day)) if not said
        ]
        if not entry.phone or not unsaid:
            return True
        for name in unsaid:
            self.faults.add(entry.line, _("有电话的户必须写明电话的来源和登记日期"), HEADINGS[name])
        return not unsaid

    def _phone(self, text: str) -> str:
        return self._number(text) if text else ""

    def _adults(self, text: str) -> tuple[str, ...]:
        if not text:
            return ()
        listed = [part.strip() for part in SEVERAL.split(text) if part.strip()]
        if len(listed) > MOST_ADULTS:
            raise Invalid(_("成年人电话超过 %(most)s 个", most=MOST_ADULTS))
        return tuple(map(self._number, listed))

    def _number(self, text: str) -> str:
        # The full parser takes longer than all the rest of a row.
        if MOBILE.fullmatch(text):
            return f"+86{text}"
        return phones.parse(text, allowed=self.allowed)


def _code(text: str) -> str:
    if not CODE.fullmatch(text):
        raise Invalid(_("户编号应当是至多 32 位字母、数字或符号"))
    return text


@lru_cache(maxsize=20_000)
def _grid(text: str) -> str:
    if not STRATUM.fits(text):
        raise Invalid(_("网格编号应当是至多 32 位字母、数字、点、横线或下划线"))
    return text


def _address(text: str) -> str:
    if not text:
        raise Invalid(_("没有写地址"))
    return _short(text, name="address")


def _source(text: str) -> str:
    return intern(_short(text, name="phone_source"))


def _by(text: str) -> str:
    return intern(_short(text, name="phone_by"))


def _short(text: str, *, name: str) -> str:
    most = LONGEST[name]
    if len(text) > most:
        raise Invalid(_("%(heading)s超过 %(most)s 个字", heading=HEADINGS[name], most=most))
    return text


@lru_cache(maxsize=20_000)
def _day(text: str) -> date | None:
    if not text:
        return None
    parts = DATE.fullmatch(text)
    try:
        return date(*map(int, parts.groups())) if parts else date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("电话登记日期“%(text)s”不对，写法如 2026-11-23", text=text[:20])) from None
