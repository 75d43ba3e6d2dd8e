"""Templates can be read back; refused rows come back as they stood, with the reason, never as formulas."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.sheets import Column, Faults, Layout, read, returned, template

LAYOUT = Layout(
    "住户",
    (
        Column("code", "户编号", kind="code", example="H001"),
        Column("phone", "电话", kind="phone", example="+99913800001"),
        Column("note", "备注", required=False, example="无"),
    ),
    "households",
)
SIGNS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "＝", "＠", " ="])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_is_read_back_as_its_example(form):
    table = read(template(LAYOUT, form=form), file=f"households.{form}", layout=LAYOUT)
    assert [[row[column.name] for column in LAYOUT.columns] for row in table.rows] == [
        [column.example for column in LAYOUT.columns]
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_refused_row_comes_back_with_every_reason_and_can_be_brought_again(form):
    table = read("户编号,电话,街坊\nH1,1,甲\nH2,2,乙\n".encode(), file="a.csv", layout=LAYOUT)
    faults = Faults()
    faults.add(3, "没有这一户", "户编号")
    faults.add(3, "号码不完整", "电话")
    again = read(returned(table, faults, form=form), file=f"b.{form}", layout=LAYOUT)
    assert again.headings == ("户编号", "电话", "街坊", "原因")
    assert [row.raw for row in again.rows] == [("H2", "2", "乙", "户编号：没有这一户；电话：号码不完整")]


@given(sign=SIGNS, rest=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8))
def test_no_text_that_we_hand_out_is_a_formula(sign, rest):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["户编号", "电话", "备注"], ["H1", "1", f"{sign}x{rest}"]])
    table = read(text.getvalue().encode(), file="a.csv", layout=LAYOUT)
    faults = Faults()
    faults.add(table.rows[0].line, "不对")
    found = returned(table, faults, form="csv").decode("utf-8-sig")
    cell = list(csv.reader(io.StringIO(found, newline="")))[1][2]
    assert cell.startswith("'") or cell[1:].isdigit()
