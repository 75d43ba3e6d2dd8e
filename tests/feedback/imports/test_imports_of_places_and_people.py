"""Areas, departments, workers and offices come by CSV: all of a file or nothing, each fault with its line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback.contacts.queries import answer as contacts
from feedback.duty import queries as duty
from feedback.imports.operations import bringing, kinds
from feedback.imports.operations.runs import ImportCounts
from feedback.imports.operations.scope import ImportScope
from feedback.models import LEDGER, Area, AreaChange, Contact, Department, Duty, ImportRun, Worker
from huying.base.errors import Invalid, Refused
from huying.sheets import read
from tests.feedback.town import Town

AREAS = """编号,上级编号,层级,名称,网格类型
C,,市,云川市,
S,C,街道,和平街道,
M,S,社区,和平里社区,
G1,M,网格,第1网格,老旧小区
G2,M,网格,第2网格,商品房
"""
STAFF = """工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束
W1,王秀兰,G1,+99913900001,2026-11-22 08:30,2026-09-01,
W2,李建国,G2,,,2026-09-01,2026-12-01 18:00
"""
EXPECTED = "应有：编号、上级编号、层级、名称、网格类型。"
OFFICES = """区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束
M,1,和平里居委会,+99921000001,2026-11-22,08:30,17:30
S,1,街道值班室,+99921000002,2026-11-22,,
"""


@pytest.fixture
def empty(public_db, vault, now) -> Town:
    return Town(public_db, vault, now)


def _bring(town, kind, text, **how):
    scope = ImportScope(now=town.now, by="office", vault=town.vault, region="CN", allowed="invented")
    found, data = kinds.find(kind), _bytes(text)
    table = read(data, file=f"{kind}.csv", layout=found.layout)
    with town.database.transaction() as session:
        return bringing.bring(session, found, table, data=data, scope=scope, **how)[0]


def _areas(town, text=AREAS):
    return _bring(town, "areas", text)


def _staff(town, text=STAFF):
    return _bring(town, "staff", text)


def _offices(town, text=OFFICES):
    return _bring(town, "offices", text)


def _departments(town, text="编号,名称\nwater,水务局\n"):
    return _bring(town, "departments", text)


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def _count(town, model):
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.mark.parametrize(("bring", "rows"), [(_areas, 5), (_staff, 2), (_offices, 2), (_departments, 1)])
def test_a_second_import_of_the_same_file_writes_nothing(empty, bring, rows):
    if bring is not _areas:
        _areas(empty)
    assert bring(empty) == ImportCounts(rows, rows, 0, 0)
    runs = _count(empty, ImportRun)
    with empty.database.reading() as session:
        lines = LEDGER.size(session)
    assert bring(empty) == ImportCounts(rows, 0, 0, rows)
    assert _count(empty, ImportRun) == runs
    with empty.database.reading() as session:
        assert LEDGER.size(session) == lines


def test_a_byte_order_mark_and_english_headings_are_welcome(empty):
    english = AREAS.replace("编号,上级编号,层级,名称,网格类型", "code,parent,level,name,grid_type")
    english = english.replace("街道,和平", "street,和平").replace("\n", "\r\n")
    assert _areas(empty, "\ufeff" + english).created == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_encoding_in_use_is_welcome(empty, encoding):
    assert _areas(empty, AREAS.encode(encoding)).created == 5


def test_columns_stand_in_any_order(empty):
    assert _areas(empty, "名称,层级,编号,网格类型,上级编号\n云川市,市,C,,\n").created == 1


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("编号,上头,层级,名称,网格类型", f"areas.csv 缺少表头“上级编号”。{EXPECTED}"),
        ("编号,上级编号,层级,名称", f"areas.csv 缺少表头“网格类型”。{EXPECTED}"),
        ("编号,编号,上级编号,层级,名称,网格类型", "areas.csv 的表头“编号”出现了两次。"),
        ("", "areas.csv 是空的。"),
    ],
)
def test_a_wrong_heading_is_named_with_those_expected(empty, heading, sentence):
    with pytest.raises(Invalid, match=sentence):
        _areas(empty, heading + "\n")
    assert _count(empty, Area) == 0


@pytest.mark.parametrize(
    ("line", "row", "reason"),
    [
        (7, "G3,M,楼,第3网格,", "层级“楼”不对"),
        (7, "G3,X,网格,第3网格,", "上级编号“X”不存在"),
        (7, "G3,,网格,第3网格,", "网格要有上级编号"),
        (7, "M2,G1,社区,东里,", "社区的上级不能是网格"),
        (7, "G1,M,网格,又一个,", "编号“G1”在文件里重复"),
        (7, ",M,网格,第3网格,", "编号应为"),
        (7, "G3,M,网格,,", "名称应为"),
        (7, "M2,S,社区,东里,老旧小区", "只有网格才有网格类型"),
        (7, "G3,M,网格", "只有 3 栏，表头有 5 栏"),
        (7, "G3,M,网格,第3\x07网格,", "控制字符"),
    ],
)
def test_one_bad_area_and_nothing_is_stored(empty, line, row, reason):
    with pytest.raises(Invalid, match=f"第 {line} 行.*：.*{reason}"):
        _areas(empty, f"{AREAS}{row}\n")
    assert _count(empty, Area) == 0


def test_twenty_faults_are_listed_and_the_rest_counted(empty):
    with pytest.raises(Invalid) as refused:
        _areas(empty, AREAS + "X,,楼,没有,\n" * 25)
    assert refused.value.message.count("第 ") == 20
    assert "另有 5 处" in refused.value.message


@pytest.mark.parametrize("data", [b"\x81,\xff\n", b"\xff\xfe", '编号,名称\n"A,市\n'.encode(), b"%PDF-1.7"])
def test_what_is_no_table_is_refused(empty, data):
    with pytest.raises(Invalid):
        _departments(empty, data)


def test_a_changed_name_changes_the_row(empty):
    _areas(empty)
    _departments(empty)
    assert _areas(empty, AREAS.replace("第2网格", "第二网格")) == ImportCounts(5, 0, 1, 4)
    assert _departments(empty, "编号,名称\nwater,供水公司\n") == ImportCounts(1, 0, 1, 0)
    with empty.database.reading() as session:
        assert session.get_one(Department, "water").name == "供水公司"


def test_households_of_a_grid_come_by_a_column_of_their_own_and_stay_where_it_is_missing(empty):
    said = "编号,上级编号,层级,名称,网格类型,户数\nG1,M,网格,第1网格,老旧小区,{}\n"
    _areas(empty)
    assert _areas(empty, said.format(412)).changed == 1
    assert _areas(empty).unchanged == 5
    assert _areas(empty, said.format("")).unchanged == 1
    with empty.database.reading() as session:
        assert session.get_one(Area, "G1").households == 412
    with pytest.raises(Refused, match="户数应为 0 到 100000 的整数"):
        _areas(empty, said.format("约四百"))


def test_a_row_a_post_brings_worker_duty_and_number(empty):
    _areas(empty)
    _staff(empty)
    with empty.database.reading() as session:
        answer = contacts.answer(session, "G1", at=empty.now, vault=empty.vault)
        assert (answer.state, answer.worker_name, answer.number) == ("fresh", "王秀兰", "+99913900001")
        row = session.scalars(select(Duty).where(Duty.worker_code == "W2")).one()
        assert row.valid_to.isoformat() == "2026-12-01T10:00:00+00:00"
        assert session.scalar(select(func.count()).select_from(Contact)) == 1


def test_a_successor_comes_with_the_end_of_the_post_before(empty):
    _areas(empty)
    _staff(empty)
    header = STAFF.partition("\n")[0]
    new = "W3,赵敏,G1,,,2026-12-01,"
    with pytest.raises(Invalid, match="第 2 行，值守开始：和 W1 在同一网格的值守时间重叠"):
        _staff(empty, f"{header}\n{new}\n")
    handed_over = f"{header}\n{new}\nW1,王秀兰,G1,+99913900001,,2026-09-01,2026-12-01\n"
    assert _staff(empty, handed_over) == ImportCounts(2, 1, 1, 0)
    with empty.database.reading() as session:
        before = duty.current(session, "G1", at=empty.now)
        after = duty.current(session, "G1", at=empty.now + timedelta(days=10))
        assert (before.worker_code, after.worker_code) == ("W1", "W3")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("W3,赵敏,M,,,2026-09-01,", "没有编号为“M”的网格"),
        ("W3,赵敏,G2,12,,2026-12-02,", "电话号码不完整"),
        ("W3,赵敏,G2,+99913900003,2027-01-01,2026-12-02,", "不能在将来"),
        ("W3,赵敏,G2,,,明天,", "不是日期"),
        ("W3,赵敏,G2,,,,", "请填写值守开始"),
        ("W3,赵敏,G2,,,2026-12-02,2026-12-02", "要晚于"),
        ("W1,王小兰,G2,+99913900001,,2026-12-02,", "姓名或电话和第 2 行不同"),
        ("W3,赵敏,G2,,,2026-11-30,", "和 W2 在同一网格的值守时间重叠"),
        ("W2,李建国,G2,,,2026-09-01,", "和第 3 行是同一条值守"),
    ],
)
def test_one_bad_post_and_nothing_is_stored(empty, row, reason):
    _areas(empty)
    with pytest.raises(Invalid, match=f"第 4 行.*：.*{reason}"):
        _staff(empty, f"{STAFF}{row}\n")
    assert (_count(empty, Worker), _count(empty, Duty), _count(empty, Contact)) == (0, 0, 0)


def test_offices_answer_in_their_hours_and_the_one_above_after_them(empty):
    _areas(empty)
    _offices(empty)
    with empty.database.reading() as session:
        morning = contacts.answer(session, "G2", at=empty.now, vault=empty.vault)
        evening = contacts.answer(session, "G2", at=empty.now + timedelta(hours=9), vault=empty.vault)
    assert [each.name for each in morning.institutions] == ["和平里居委会", "街道值班室", "市民热线"]
    assert [each.name for each in evening.institutions] == ["街道值班室", "市民热线"]


@pytest.mark.parametrize(
    "row", ["X,1,甲,+99921000001,,,", "M,0,甲,+99921000001,,,", "M,2,甲,,,,", "M,2,甲,+99921000001,,08:30,"]
)
def test_one_bad_office_and_nothing_is_stored(empty, row):
    _areas(empty)
    with pytest.raises(Invalid, match="第 4 行"):
        _offices(empty, f"{OFFICES}{row}\n")
    assert _count(empty, Contact) == 0


def test_a_move_is_a_recorded_change_of_the_map(empty):
    _areas(empty)
    more = "M2,S,社区,东里社区,\n"
    assert _areas(empty, AREAS.replace("G2,M,", "G2,M2,") + more) == ImportCounts(6, 1, 1, 4)
    with empty.database.reading() as session:
        change = session.scalars(select(AreaChange)).one()
        assert (change.before, change.by) == ("G2", "office")
        assert session.get_one(Area, "G2").parent_code == "M2"


def test_a_grid_that_was_given_up_is_neither_brought_back_nor_staffed(empty):
    _areas(empty)
    with empty.database.transaction() as session:
        session.get_one(Area, "G2").retired_at = empty.now
    with pytest.raises(Invalid, match="第 6 行，编号：编号“G2”的网格已经撤销"):
        _areas(empty)
    with pytest.raises(Invalid, match="第 3 行，网格编号：没有编号为“G2”的网格"):
        _staff(empty)


def test_many_posts_that_end_without_a_successor_wait_for_a_name(empty):
    grids = "".join(f"H{n},M,网格,{n}号网格,\n" for n in range(40))
    _areas(empty, AREAS + grids)
    header = STAFF.partition("\n")[0] + "\n"
    posts = "".join(f"P{n},人{n},H{n},,,2026-09-01,\n" for n in range(40))
    _staff(empty, header + posts)
    ended = header + posts.replace("2026-09-01,\n", "2026-09-01,2026-11-01\n")
    with pytest.raises(Refused, match="40 条里有 40 条会离开"):
        _staff(empty, ended)
    assert _bring(empty, "staff", ended, confirmed_by="周主任") == ImportCounts(40, 0, 40, 0)
    with empty.database.reading() as session:
        runs = session.scalars(select(ImportRun).order_by(ImportRun.id.desc())).all()
        assert (runs[0].confirmed_by, runs[0].by) == ("周主任", "office")
