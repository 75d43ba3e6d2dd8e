"""What the rows of a registry file state, cell by cell: each fault with its row, column and reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from sys import intern
from typing import Any

from huying.base import days, personal_numbers, register_codes
from huying.base.area_names import NO_NAMES, AreaNames, no_grid
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _, lazy
from huying.base.telephone_cells import Telephone, read_cell
from huying.sheets import Faults, Row, Table
from survey.drawing.fields import STRATUM

LONGEST = {"address": 200, "phone_source": 40, "phone_by": 64}
"""Characters of free text, as many as the tables keep."""

CODE = re.compile(r"[!-~]{1,32}", re.ASCII)
MOST_NUMBERS = 20
"""Numbers in one cell."""

TRIED = 200
"""Rows by which exchanged headings are found."""

UNSAID = "名册文件"
"""Where numbers come from that stand in a file without a column of sources."""

DONE = {
    "unwrapped": lazy('%(n)d 个编号带着表格软件加的 \' 或 ="…"，已去掉。'),
    "points": lazy("%(n)d 个户编号写成了 101.0 这样，读成 101。"),
    "named": lazy("%(n)d 行写的是网格的名称，已换成编号。"),
    "several": lazy("%(n)d 户有几个号码，按次序都记下。"),
    "extension": lazy("%(n)d 个号码带分机，分机另外记下。"),
    "unchecked": lazy("还没有收到网格的名单，%(n)d 行的网格编号没有核对。"),
}
"""What was made of cells that had to be read with care."""


@dataclass(frozen=True, slots=True)
class HouseholdEntry:
    """A household as a row states it: its numbers, and the listed adults' own, each in order."""

    line: int
    code: str
    grid: str
    address: str
    numbers: tuple[Telephone, ...]
    source: str
    day: date | None
    by: str
    adults: tuple[Telephone, ...]

    def text(self) -> str:
        """Return everything stated, to tell a changed row from an unchanged one."""
        day = self.day.isoformat() if self.day else ""
        numbers, adults = " ".join(map(str, self.numbers)), map(str, self.adults)
        return "\t".join([self.code, self.grid, self.address, numbers, self.source, day, self.by, *adults])


@dataclass(frozen=True, slots=True)
class RowRules:
    """How rows are read: which numbers are `allowed` (`real` or `invented`), the day, the known grids.

    `there` are the columns that the file has.
    """

    allowed: str
    today: date
    grids: AreaNames = NO_NAMES
    there: frozenset[str] = frozenset()


class RowReader:
    """Reads row after row; what is wrong goes to the faults, what was done to cells is counted."""

    def __init__(
        self, rules: RowRules, *, headings: Mapping[str, str], faults: Faults, points: bool = False
    ) -> None:
        self.rules = rules
        self.headings = headings
        self.faults = faults
        self.points = points
        self.seen: dict[str, int] = {}
        self.done: Counter[str] = Counter()
        self.checks: Mapping[str, Callable[[str], Any]] = {
            "household": self._code,
            "grid": self._grid,
            "address": self._address,
            "phone": self._phones,
            "phone_source": self._source,
            "phone_date": self._day,
            "phone_by": self._by,
            "adults": self._numbers,
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to cells, in sentences."""
        return tuple(
            _(sentence.message, n=self.done[what]) for what, sentence in DONE.items() if self.done[what]
        )

    def entry(self, row: Row) -> HouseholdEntry | None:
        """Return what a row states; None where something is wrong with it, all of which is noted."""
        found: list[Any] = []
        for name, check in self.checks.items():
            try:
                found.append(check(row[name]))
            except Refused as refusal:
                self.faults.add(row.line, refusal.message.rstrip("。"), self.headings[name])
        if len(found) < len(self.checks):
            return None
        entry = HouseholdEntry(row.line, *found)
        return entry if self._fits(entry) else None

    def _fits(self, entry: HouseholdEntry) -> bool:
        """Note what is wrong between the cells of a row, and between rows."""
        if not (entry.code or entry.address):
            column = "address" if "address" in self.rules.there else "household"
            self.faults.add(entry.line, _("没有写地址，也没有户编号"), self.headings[column])
            return False
        if entry.code and not self._is_first(entry):
            return False
        if not entry.address and "address" in self.rules.there:
            self.faults.add(entry.line, _("没有写地址"), self.headings["address"])
            return False
        unsaid = [
            name for name, said in (("phone_source", entry.source), ("phone_date", entry.day)) if not said
        ]
        unsaid = [name for name in unsaid if name in self.rules.there and entry.numbers]
        for name in unsaid:
            self.faults.add(entry.line, _("有电话的户必须写明电话的来源和登记日期"), self.headings[name])
        return not unsaid

    def _is_first(self, entry: HouseholdEntry) -> bool:
        """Note a code that a row before had."""
        before = self.seen.setdefault(register_codes.folded(entry.code), entry.line)
        if before != entry.line:
            again = _("户编号 %(code)s 与第 %(line)s 行重复", code=entry.code, line=before)
            self.faults.add(entry.line, again, self.headings["household"])
            return False
        return True

    def _code(self, text: str) -> str:
        if not text:
            return ""
        code = self._unwrapped(text)
        if not self.points and (whole := register_codes.without_point(code)) != code:
            self.done["points"] += 1
            code = whole
        register_codes.check_code(code)
        if not CODE.fullmatch(code):
            raise Invalid(_("户编号应当是至多 32 位字母、数字或符号"))
        return code

    def _grid(self, text: str) -> str:
        grid = self._unwrapped(text)
        if self.rules.grids.names:
            code = self.rules.grids.code(grid, unknown=no_grid(grid))
            self.done["named"] += code != grid
            return intern(code)
        register_codes.check_code(grid)
        if not STRATUM.fits(grid):
            raise Invalid(_("网格编号应当是至多 32 位字母、数字、点、横线或下划线"))
        self.done["unchecked"] += 1
        return intern(grid)

    def _unwrapped(self, text: str) -> str:
        code = register_codes.unwrapped(text)
        self.done["unwrapped"] += code != text
        return code

    def _address(self, text: str) -> str:
        if personal_numbers.looks_like_telephones(text):
            raise Invalid(_("这看起来是电话，不是地址：“地址”和“电话”是不是写反了？"))
        return self._short(text, name="address")

    def _source(self, text: str) -> str:
        if "phone_source" not in self.rules.there:
            return UNSAID
        return intern(self._short(text, name="phone_source"))

    def _by(self, text: str) -> str:
        return intern(self._short(text, name="phone_by"))

    def _short(self, text: str, *, name: str) -> str:
        personal_numbers.check_none(text)
        most = LONGEST[name]
        if len(text) > most:
            raise Invalid(_("%(heading)s超过 %(most)s 个字", heading=self.headings[name], most=most))
        return text

    def _day(self, text: str) -> date | None:
        return days.check_past(days.read_day(text), today=self.rules.today) if text else None

    def _phones(self, text: str) -> tuple[Telephone, ...]:
        found = self._numbers(text)
        self.done["several"] += len(found) > 1
        return found

    def _numbers(self, text: str) -> tuple[Telephone, ...]:
        if not text:
            return ()
        found = read_cell(text, allowed=self.rules.allowed)
        if len(found) > MOST_NUMBERS:
            raise Invalid(_("一格里的电话超过 %(most)s 个", most=MOST_NUMBERS))
        self.done["extension"] += sum(bool(each.extension) for each in found)
        return found


def check_columns(table: Table, *, headings: Mapping[str, str]) -> None:
    """Raise Invalid where the column of addresses holds telephones: its heading belongs to another."""
    addresses = [row["address"] for row in table.rows[:TRIED] if row["address"]]
    alike = sum(map(personal_numbers.looks_like_telephones, addresses))
    if alike > 1 and 2 * alike > len(addresses):
        raise Invalid(
            _(
                "%(file)s 的“%(address)s”一列看起来是电话：它和“%(phone)s”的表头是不是写反了？请改好再导入。",
                file=table.file,
                address=headings["address"],
                phone=headings["phone"],
            )
        )


def points_in(codes: Iterable[str]) -> bool:
    """Tell whether points belong to a file's household codes."""
    return register_codes.have_points(map(register_codes.unwrapped, codes))
