"""Forty files and more that go wrong in their own ways: the right rows, or one sentence that says where."""

from __future__ import annotations

import pytest

from huying.base.errors import Invalid
from huying.sheets import Column, Layout, read
from tests.huying.sheets import hostile

LAYOUT = Layout(
    "住户",
    (
        Column("code", "户编号", ("户号",), kind="code", example="H001"),
        Column("phone", "电话", ("手机号",), kind="phone", example="+99913800001"),
        Column("day", "登记日期", kind="date", example="2026-11-23"),
        Column("address", "地址", example="和平里3号楼201"),
    ),
    "households",
)
FILES = {each.name: each for each in hostile.files(LAYOUT)}


def test_there_are_forty_and_more():
    assert len(FILES) >= 40


@pytest.mark.parametrize("given", FILES.values(), ids=FILES)
def test_it_ends_in_the_right_rows_or_in_a_sentence(given):
    if given.says:
        with pytest.raises(Invalid) as refusal:
            read(given.data, file=given.file, layout=LAYOUT)
        assert all(word in refusal.value.message for word in given.says), refusal.value.message
    else:
        table = read(given.data, file=given.file, layout=LAYOUT)
        assert len(table.rows) == given.rows
        for row in table.rows:
            found = [row[column.name] for column in LAYOUT.columns]
            assert found == [column.example for column in LAYOUT.columns]
