"""The registry's file: comma-separated, with Chinese or English headings; every fault with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huying import phones
from huying.errors import Invalid, Refused
from survey.drawing.fields import STRATUM

HEADINGS = {
    "户编号": "household",
    "网格编号": "grid",
    "地址": "address",
    "电话": "phone",
    "电话来源": "phone_source",
    "电话登记日期": "phone_date",
    "登记人": "phone_by",
    "成年人电话": "adults",
}
OPTIONAL = {"adults"}
CHINESE = {name: heading for heading, name in HEADINGS.items()}
DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})", re.ASCII)
CODE = re.compile(r"[!-~]{1,32}", re.ASCII)
LONGEST = {"address": 200, "phone_source": 40, "phone_by": 64}
SHOWN = 20
MOST_ADULTS = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A household as a file states it; numbers in E.164, an empty `phone` where there is none."""

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


def read(data: bytes, *, allowed: str) -> list[Entry]:
    """Return the households of a file; raise Invalid naming a wrong heading, or the faulty lines and why.

    `allowed` numbers are `real` or `invented`.
    """
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise Invalid(f"第 {reader.line_num} 行不是完整的 CSV，什么也没有导入。") from None
    if not rows:
        raise Invalid("文件是空的。")
    names = _names([cell.strip() for cell in rows[0][1]])
    return _entries(rows[1:], names=names, allowed=allowed)


def _decoded(data: bytes) -> str:
    # Spreadsheet programs in China write GB 18030 unless told otherwise.
    for encoding in ("utf-8-sig", "gb18030") if b"\0" not in data else ():
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("文件不是 UTF-8 或 GB 18030 编码的文字。")


def _names(header: Sequence[str]) -> list[str]:
    names = [HEADINGS.get(cell, cell) for cell in header]
    for cell, name in zip(header, names, strict=True):
        if name not in CHINESE:
            raise Invalid(f"不认识表头“{cell[:40]}”；应当是：{'、'.join(HEADINGS)}。")
        if names.count(name) > 1:
            raise Invalid(f"表头“{cell}”出现了两次。")
    for name, heading in CHINESE.items():
        if name not in names and name not in OPTIONAL:
            raise Invalid(f"缺少表头“{heading}”。")
    return names


def _entries(rows: Sequence[tuple[int, list[str]]], *, names: list[str], allowed: str) -> list[Entry]:
    entries: list[Entry] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in rows:
        try:
            entry = _entry(_cells(cells, names=names), allowed=allowed)
            if entry.code in seen:
                raise Invalid(f"户编号 {entry.code} 与第 {seen[entry.code]} 行重复")
        except Refused as refusal:
            faults.append(f"第 {line} 行：{refusal.message.rstrip('。')}")
            continue
        seen[entry.code] = line
        entries.append(entry)
    if faults:
        more = f"；另有 {len(faults) - SHOWN} 行" if len(faults) > SHOWN else ""
        raise Invalid(f"有 {len(faults)} 行不对，什么也没有导入。{'；'.join(faults[:SHOWN])}{more}。")
    return entries


def _cells(cells: Sequence[str], *, names: list[str]) -> Mapping[str, str]:
    if len(cells) != len(names):
        raise Invalid(f"应当有 {len(names)} 栏，实际有 {len(cells)} 栏")
    return {name: cell.strip() for name, cell in zip(names, cells, strict=True)}


def _entry(cells: Mapping[str, str], *, allowed: str) -> Entry:
    if not CODE.fullmatch(cells["household"]):
        raise Invalid("户编号应当是至多 32 位字母、数字或符号")
    for name, most in LONGEST.items():
        if len(cells[name]) > most:
            raise Invalid(f"{CHINESE[name]}超过 {most} 个字")
    if not cells["address"]:
        raise Invalid("没有写地址")
    listed = [part.strip() for part in re.split("[;；]", cells.get("adults", "")) if part.strip()]
    if len(listed) > MOST_ADULTS:
        raise Invalid(f"成年人电话超过 {MOST_ADULTS} 个")
    return Entry(
        code=cells["household"],
        grid=_grid(cells["grid"]),
        address=cells["address"],
        phone=phones.parse(cells["phone"], allowed=allowed) if cells["phone"] else "",
        source=cells["phone_source"],
        day=_day(cells["phone_date"]),
        by=cells["phone_by"],
        adults=tuple(phones.parse(number, allowed=allowed) for number in listed),
    )


def _grid(text: str) -> str:
    if not STRATUM.fits(text):
        raise Invalid("网格编号应当是至多 32 位字母、数字、点、横线或下划线")
    return text


def _day(text: str) -> date | None:
    if not text:
        return None
    parts = DATE.fullmatch(text)
    try:
        return date(*map(int, parts.groups())) if parts else date.fromisoformat(text)
    except ValueError:
        raise Invalid(f"电话登记日期“{text[:20]}”不对，写法如 2026-11-23") from None
