"""What a file of households holds: its columns, by the words that offices use; tables of others."""

from __future__ import annotations

import tomllib
from importlib import resources

from huying.sheets import Column, ColumnKind, Fold, Foreign, Layout

WORDS: dict[str, list[str]] = tomllib.loads(
    resources.files(__package__).joinpath("headings.toml").read_text("utf-8")
)


def _column(
    name: str,
    heading: str,
    *,
    kind: ColumnKind = "text",
    required: bool = False,
    several: bool = False,
    aside: bool = False,
    words: bool = False,
    example: str = "",
    longest: int = 200,
) -> Column:
    also = tuple(WORDS[name])
    return Column(name, heading, also, required, kind, example, longest, several, aside, words)


LAYOUT = Layout(
    title="户籍登记",
    name="households",
    columns=(
        _column("household", "户编号", kind="code", example="H0001", longest=32),
        _column("grid", "网格编号", kind="code", required=True, example="G0101", longest=32),
        _column("address", "地址", words=True, example="春一路 1 号 101 室"),
        _column("phone", "电话", kind="phone", required=True, several=True, example="13800000000"),
        _column("phone_source", "电话来源", example="物业登记", longest=40),
        _column("phone_date", "电话登记日期", kind="date", example="2026-11-23"),
        _column("phone_by", "登记人", example="名册员", longest=64),
        _column("adults", "成年人电话", longest=800),
        _column("person", "姓名", aside=True),
        _column("relation", "与户主关系", aside=True),
        _column("age", "年龄", aside=True),
    ),
    needs=(("household", "address"),),
    grouped="grid",
    fold=Fold(
        key="household",
        same=("grid", "address"),
        number="phone",
        noted=("phone_source", "phone_date", "phone_by"),
        into="adults",
        persons=("person", "relation"),
        relation="relation",
        heads=("户主", "本人"),
        age="age",
    ),
)

OTHERS = (
    Foreign(
        "网格员名册",
        (("工号",), ("值守开始", "值守结束", "开始", "结束", "姓名", "网格员姓名")),
        "请交给网格办，在公众一侧的“导入 → 网格员名册”里导入",
        always=True,
    ),
    Foreign(
        "排班表",
        (("班次", "值班日期", "值班时间"), ("值班人", "值班员", "工号")),
        "请交给网格办，在公众一侧的“导入 → 排班”里导入",
        always=True,
    ),
    Foreign(
        "区域和网格",
        (("上级编号", "上级"), ("层级", "级别")),
        "请交给网格办，在公众一侧的“导入 → 区域和网格”里导入",
        always=True,
    ),
)
"""Tables that end up here by mistake, and who takes them."""
