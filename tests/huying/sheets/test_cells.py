"""What spreadsheet programs do to cells is undone where that is exact, and refused where digits are lost."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from huying.base.errors import Invalid
from huying.sheets import Column, Layout, read
from huying.workbooks import limits
from tests.huying.sheets import hostile

HEADS = ["户编号", "电话", "日子"]
LAYOUT = Layout(
    "住户",
    (
        Column("code", "户编号", kind="code"),
        Column("phone", "电话", kind="phone"),
        Column("day", "日子", kind="date"),
    ),
    "households",
)


def rows(data, *, file="a.xlsx"):
    return [dict(row.cells) for row in read(data, file=file, layout=LAYOUT).rows]


def of(code="H1", phone="1", day="2026-11-23", touch=None):
    return hostile.book(("表", [HEADS, [code, phone, day]]), touch=touch)


def test_a_phone_that_became_a_number_is_restored_to_its_last_digit():
    assert (
        rows(of(phone=13800138000))[0]["phone"] == rows(of(phone=13800138000.0))[0]["phone"] == "13800138000"
    )


@pytest.mark.parametrize("code", [10**15, 110101199001011237, 1.1010119900101e17])
def test_a_number_beyond_fifteen_digits_has_lost_some_and_is_refused(code):
    with pytest.raises(Invalid, match=r"a\.xlsx.*\n第 2 行，户编号：超过 15 位"):
        rows(of(code=code))


@pytest.mark.parametrize(
    "day", ["2026年11月23日", "2026/11/23", "2026.11.23", "20261123", "２０２６－１１－２３"]
)
def test_days_are_read_as_people_write_them(day):
    assert rows(of(day=day))[0]["day"] == "2026-11-23"


def test_days_that_a_program_counts_from_1904_are_the_same_days():
    def touch(book):
        book.epoch = CALENDAR_MAC_1904

    day = datetime(2026, 11, 23)  # noqa: DTZ001
    assert rows(of(day=day))[0]["day"] == rows(of(day=day, touch=touch))[0]["day"] == "2026-11-23"


def test_a_day_that_does_not_exist_stays_as_it_was_written():
    assert rows(of(day="2026-02-30"))[0]["day"] == "2026-02-30"


def test_a_control_character_is_refused_by_row_and_column():
    with pytest.raises(Invalid, match="第 2 行，户编号：有看不见的控制字符"):
        rows("户编号,电话,日子\nH\x01,1,\n".encode(), file="a.csv")


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_half_a_surrogate_pair_is_refused(mark):
    text = "\ufeff户编号,电话,日子\nH\ud800,1,\n".encode(mark, "surrogatepass")
    with pytest.raises(Invalid, match=r"a\.csv"):
        rows(text, file="a.csv")


def test_a_null_in_utf_16_is_refused():
    with pytest.raises(Invalid, match=r"a\.csv"):
        rows("户编号,电话,日子\nH\0,1,\n".encode("utf-16"), file="a.csv")


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_table_or_in_a_sentence(data):
    told = "a.csv"
    try:
        read(data, file="a.csv", layout=LAYOUT)
    except Invalid as refusal:
        told = refusal.message
    assert "a.csv" in told


def _sharing(text: str, *, many: int) -> bytes:
    """Return a small workbook of which many cells share one text."""
    with zipfile.ZipFile(io.BytesIO(of())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"</sheetData>", b'<row><c t="s"><v>0</v></c></row>' * many + b"</sheetData>"
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{space}"><si><t>{text}</t></si></sst>'.encode()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", part.encode())
    return hostile._zip(parts)


def test_cells_may_share_a_text():
    assert [row["code"] for row in rows(_sharing("H2", many=2))] == ["H1", "H2", "H2"]


def test_a_long_text_that_very_many_cells_share_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr("huying.sheets.child.MOST_SPOKEN", 2**20)
    with pytest.raises(Invalid, match="大得不正常"):
        rows(_sharing("长" * 1000, many=400))


def test_a_process_that_takes_too_long_is_ended_and_the_file_refused(monkeypatch):
    monkeypatch.setattr("huying.sheets.child.SECONDS", 0.01)
    with pytest.raises(Invalid, match="打不开"):
        rows(of())


def test_the_limits_are_those_of_spreadsheet_programs():
    assert (limits.MOST_CHARACTERS, limits.MOST_COLUMNS) == (32_767, 300)
