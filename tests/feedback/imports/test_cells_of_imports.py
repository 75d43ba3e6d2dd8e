"""What clerks write in the cells of any import is taken as it was meant, or refused by row and column."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from feedback.contacts.queries import answer as contacts
from feedback.models import Contact, Duty, Poster, Worker
from huying.base.errors import Invalid
from tests.feedback.imports.bringing import bring
from tests.feedback.town import Town

AREAS = """编号,上级编号,层级,名称,网格类型
C,,市,云川市,
S,C,街道,和平街道,
M,S,社区,和平里社区,
YC-111,M,网格,春一网格,老旧小区
YC-112,M,网格,同名,商品房
YC-113,M,网格,同名,商品房
"""
STAFF = "工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束"
OFFICES = "区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束"


@pytest.fixture
def city(public_db, vault, now) -> Town:
    town = Town(public_db, vault, now)
    bring(town, "areas", AREAS)
    return town


def refused(city: Town, kind: str, heading: str, row: str) -> str:
    with pytest.raises(Invalid) as refusal:
        bring(city, kind, f"{heading}\n{row}\n")
    with city.database.reading() as session:
        for model in (Worker, Duty, Contact, Poster):
            assert session.scalar(select(func.count()).select_from(model)) == 0
    return refusal.value.message


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("1390013900", "这里有 10 位"),
        ("139****9000", "被遮住了"),
        ("139O0139000", "号码里有字母"),
        ("12345", "服务热线"),
        ("55551234", "没有写区号"),
        ("13800000001、13800138000", "只能写一个号码"),
        ("021-55551234转801", "记不下分机号"),
    ],
)
def test_a_duty_number_is_read_by_the_same_rule_as_everywhere(city: Town, number: str, reason: str) -> None:
    said = refused(city, "staff", STAFF, f"W1,王秀兰,YC-111,{number},,2026-09-01,")
    assert "第 2 行，电话：" in said
    assert reason in said


@pytest.mark.parametrize("none", ["", "无", "暂无", "-"])
def test_a_worker_may_have_no_number(city: Town, none: str) -> None:
    assert bring(city, "staff", f"{STAFF}\nW1,王秀兰,YC-111,{none},,2026-09-01,\n").created == 1
    with city.database.reading() as session:
        assert session.scalar(select(func.count(Contact.id))) == 0


@pytest.mark.parametrize(
    "day", ["2026/9/1", "2026.9.1", "20260901", "2026年9月1日", "1-Sep-26", "46266", "2026-09-01 00:00:00"]
)
def test_days_are_read_in_every_usual_shape(city: Town, day: str) -> None:
    bring(city, "staff", f"{STAFF}\nW1,王秀兰,YC-111,,,{day},\n")
    with city.database.reading() as session:
        start = session.scalars(select(Duty.valid_from)).one()
    assert start.isoformat() == "2026-08-31T16:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "reason"),
    [("1/9/2026", "分不清"), ("1899-12-30", "太早"), ("2062-09-01", "太远"), ("明天", "不是日期")],
)
def test_an_unclear_or_implausible_day_is_refused(city: Town, day: str, reason: str) -> None:
    said = refused(city, "staff", STAFF, f"W1,王秀兰,YC-111,,,{day},")
    assert "第 2 行，值守开始：" in said
    assert reason in said


@pytest.mark.parametrize("grid", ["YC-11l", "YC111", "yc-111"])
def test_an_unknown_grid_is_refused_with_the_nearest_known(city: Town, grid: str) -> None:
    said = refused(city, "staff", STAFF, f"W1,王秀兰,{grid},,,2026-09-01,")
    assert f"网格编号：没有编号为“{grid}”的网格。最接近的是 YC-111（春一网格）" in said


def test_a_grid_is_known_by_a_name_that_it_alone_has(city: Town) -> None:
    assert "YC-112、YC-113" in refused(city, "posters", "网格编号,张贴地点", "同名,3号楼大厅")
    bring(city, "posters", "网格编号,张贴地点\n春一网格,3号楼大厅\n")
    with city.database.reading() as session:
        assert session.scalars(select(Poster.grid_code)).all() == ["YC-111"]


def test_an_area_is_known_by_its_name_too(city: Town) -> None:
    bring(city, "offices", f"{OFFICES}\n和平里社区,1,居委会,+99921000001,2026-11-22,,\n")
    with city.database.reading() as session:
        answer = contacts.answer(session, "YC-111", at=city.now, vault=city.vault)
    assert answer.institutions[0].name == "居委会"


@pytest.mark.parametrize(
    ("kind", "heading", "row", "column"),
    [
        ("staff", STAFF, "13800138000,王秀兰,YC-111,,,2026-09-01,", "工号"),
        ("staff", STAFF, "11010519491231002X,王秀兰,YC-111,,,2026-09-01,", "工号"),
        ("staff", STAFF, "W1,王秀兰13800138000,YC-111,,,2026-09-01,", "姓名"),
        ("offices", OFFICES, "M,1,居委会 010-82345678,+99921000001,,,", "名称"),
        ("posters", "网格编号,张贴地点", "YC-111,3号楼 138 0013 8000", "张贴地点"),
    ],
)
def test_a_personal_number_where_none_belongs_is_refused_and_not_repeated(
    city: Town, kind: str, heading: str, row: str, column: str
) -> None:
    said = refused(city, kind, heading, row)
    assert f"第 2 行，{column}：" in said
    assert not any(digits in said for digits in ("0013", "1949", "82345678"))


def test_exchanged_headings_are_told(city: Town) -> None:
    said = refused(city, "offices", OFFICES, "M,1,+99921000001,居委会,,,")
    assert "名称：这看起来是电话" in said


def test_a_code_is_what_the_clerk_sees_in_the_spreadsheet(city: Town) -> None:
    bring(city, "staff", f"{STAFF}\n'0001,王秀兰,'YC-111,,,2026-09-01,\n")
    with city.database.reading() as session:
        assert session.scalars(select(Worker.code)).all() == ["0001"]
