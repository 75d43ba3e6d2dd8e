"""The grid office brings files by page: tried first, looked at, then applied exactly as shown, or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from sqlalchemy import func, select

from feedback import roles
from feedback.models import Account, Area, Department, Duty, ImportFile, ImportRun, SheetChoice, Worker
from tests.feedback.browsing import ORIGIN, Page, Visitor
from tests.feedback.neighbourhood import Backstage
from tests.huying.sheets.hostile import comma

SignIn = Callable[[str], Visitor]
AREAS = """编号,上级编号,层级,名称,网格类型
g4,m1,网格,第四网格,
g5,m1,网格,第5网格,老旧小区
"""
STAFF = """工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束
w3,赵敏,g4,+999 1390 0003,2026-11-22,2026-11-23,
"""


def upload(person: Visitor, kind: str, text: str | bytes, *, name: str = "文件.csv") -> Page:
    """Choose a file on the page of its kind, try it, and follow."""
    page = person.open(f"/imports/{kind}")
    data = text if isinstance(text, bytes) else text.encode()
    fields = {**page.form(f"/imports/{kind}").hidden, "file": (BytesIO(data), name)}
    answer = person.client.post(
        f"/imports/{kind}",
        data=fields,
        base_url=ORIGIN,
        headers={"Referer": f"{ORIGIN}/"},
        follow_redirects=True,
        content_type="multipart/form-data",
    )
    return Page(answer)


def count(backstage: Backstage, model: type) -> int:
    with backstage.ground.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def office(sign_in: SignIn) -> Visitor:
    return sign_in(roles.GRID_OFFICE)


def test_a_file_is_tried_looked_at_and_applied(office: Visitor, backstage: Backstage) -> None:
    before = count(backstage, Area)
    page = upload(office, "areas", AREAS)
    assert page.status == 200
    assert page.path.startswith("/imports/files/")
    assert "名称：第4网格 → 第四网格" in page.text
    assert "第5网格" in page.text
    assert count(backstage, Area) == before
    page = office.press(page, page.path)
    assert "已导入" in page.text
    assert count(backstage, Area) == before + 1
    with backstage.ground.database.reading() as session:
        run = session.scalars(select(ImportRun)).one()
        assert (run.created, run.changed, run.by) == (1, 1, roles.GRID_OFFICE)
        kept = session.scalars(select(ImportFile)).one()
        assert (kept.state, kept.sealed, kept.run_id) == ("applied", None, run.id)


def test_a_tried_file_lies_sealed(office: Visitor, backstage: Backstage) -> None:
    upload(office, "staff", STAFF)
    with backstage.ground.database.reading() as session:
        kept = session.scalars(select(ImportFile)).one()
        assert kept.sealed is not None
        assert b"1390" not in kept.sealed
        assert "赵敏".encode() not in kept.sealed


def test_a_page_shows_no_whole_number(office: Visitor) -> None:
    page = upload(office, "staff", STAFF)
    assert "••• 0003" in page.text
    assert "13900003" not in page.html


def test_the_same_file_again_has_nothing_to_apply(office: Visitor, backstage: Backstage) -> None:
    page = upload(office, "staff", STAFF)
    office.press(page, page.path)
    again = upload(office, "staff", STAFF)
    assert "没有什么要导入" in again.text
    assert not again.offers(again.path)
    assert count(backstage, ImportRun) == 1


def test_a_refused_row_is_shown_and_goes_back_as_a_file(office: Visitor, backstage: Backstage) -> None:
    page = upload(office, "areas", f"{AREAS}g6,nowhere,网格,第6网格,\n")
    assert "上级编号“nowhere”不存在" in page.text
    assert not page.offers(page.path)
    answer = office.get(f"{page.path}/refused.csv")
    assert answer.status_code == 200
    assert "nowhere" in answer.get_data().decode("utf-8-sig")
    assert office.get(f"{page.path}/refused.xlsx").get_data().startswith(b"PK")
    forced = office.post(page.path, shown="", csrf_token=page.form("/sign-out").hidden["csrf_token"])
    assert forced.status_code == 422
    assert count(backstage, ImportRun) == 0


def test_what_changed_meanwhile_is_shown_again_before_anything_is_stored(
    office: Visitor, backstage: Backstage
) -> None:
    page = upload(office, "areas", AREAS)
    with backstage.ground.database.transaction() as session:
        session.get_one(Area, "g4").name = "北网格"
    again = office.press(page, page.path)
    assert again.status == 422
    assert "已有内容变了" in again.text
    assert "名称：北网格 → 第四网格" in again.text
    assert "已导入" in office.press(again, again.path).text


def test_a_second_press_of_the_button_stores_nothing_twice(office: Visitor, backstage: Backstage) -> None:
    page = upload(office, "areas", AREAS)
    office.press(page, page.path)
    assert office.press(page, page.path).status == 410
    assert count(backstage, ImportRun) == 1


def test_a_file_of_yesterday_is_gone(
    office: Visitor, backstage: Backstage, moment: time_machine.Traveller
) -> None:
    page = upload(office, "areas", AREAS)
    moment.shift(timedelta(hours=25))
    assert office.open(page.path).status in {410, 200}
    with backstage.ground.database.transaction() as session:
        from feedback.imports.operations import tries
        from huying.base import clock

        assert tries.drop_old(session, now=clock.now()) == 1
        assert session.scalars(select(ImportFile)).one().sealed is None


def test_nobody_else_opens_a_tried_file(office: Visitor, sign_in: SignIn) -> None:
    page = upload(office, "areas", AREAS)
    other = sign_in(roles.ADMINISTRATOR)
    assert other.open(page.path).status == 404
    assert other.get(f"{page.path}/refused.csv").status_code == 404


def test_the_administrator_brings_areas_and_departments_alone(sign_in: SignIn, backstage: Backstage) -> None:
    person = sign_in(roles.ADMINISTRATOR)
    assert person.open("/imports/staff").status == 403
    page = upload(person, "departments", "编号,名称\nheat,供热公司\n")
    person.press(page, page.path)
    with backstage.ground.database.reading() as session:
        assert session.get_one(Department, "heat").name == "供热公司"


def test_an_office_of_one_street_brings_nothing_beyond_it(sign_in: SignIn, backstage: Backstage) -> None:
    with backstage.ground.database.transaction() as session:
        account = session.scalars(select(Account).where(Account.login == roles.GRID_OFFICE)).one()
        account.area_code = "s1"
    person = sign_in(roles.GRID_OFFICE)
    for kind, text in (
        ("areas", AREAS.replace("m1", "s2")),
        ("areas", AREAS.replace("g4,m1", "g9,m1")),
        ("staff", STAFF.replace("g4", "g9")),
        ("duty", "网格编号,工号,值守方式,值守开始,值守结束\ng9,w1,代班,2026-11-24,2026-11-25\n"),
    ):
        page = upload(person, kind, text)
        assert "不归您管" in page.text, (kind, text)
        assert not page.offers(page.path)
    page = upload(person, "areas", AREAS)
    assert page.offers(page.path)


def test_many_moves_wait_for_a_name(office: Visitor, backstage: Backstage) -> None:
    rows = "".join(f"h{n},m1,网格,{n}号网格,\n" for n in range(30))
    header = AREAS.partition("\n")[0] + "\n"
    page = upload(office, "areas", header + rows)
    office.press(page, page.path)
    page = upload(office, "areas", header + rows.replace(",m1,", ",s2,"))
    again = office.press(page, page.path, confirmed_by=" ")
    assert again.status == 422
    assert "确认人姓名" in again.text
    assert "确认人姓名 （选填）" not in again.text
    done = office.press(again, again.path, confirmed_by="周主任")
    assert "确认人：周主任" in done.text
    with backstage.ground.database.reading() as session:
        assert session.get_one(Area, "h0").parent_code == "s2"


def test_what_is_no_table_comes_back_with_a_sentence(office: Visitor, backstage: Backstage) -> None:
    page = upload(office, "staff", b"%PDF-1.7 ...", name="名册.xlsx")
    assert page.status == 422
    assert "名册.xlsx" in page.text
    assert count(backstage, ImportFile) == 0


def test_no_file_at_all_comes_back(office: Visitor) -> None:
    page = office.press(office.open("/imports/areas"), "/imports/areas")
    assert page.status == 422
    assert "请选择文件。" in page.text


@pytest.mark.parametrize(
    ("kind", "form"),
    [(kind, "csv") for kind in ("areas", "departments", "staff", "offices", "duty", "remit", "lists")]
    + [("staff", "xlsx")],
)
def test_each_kind_has_a_page_and_a_template_that_reads_again(office: Visitor, kind: str, form: str) -> None:
    assert office.open(f"/imports/{kind}").status == 200
    answer = office.get(f"/imports/{kind}/template.{form}")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    page = upload(office, kind, answer.get_data(), name=f"模板.{form}")
    assert page.path.startswith("/imports/files/"), page.text


@pytest.mark.parametrize("path", ["/imports/nothing", "/imports/areas/template.pdf", "/imports/files/x"])
def test_what_doesnt_exist_is_said_so(office: Visitor, path: str) -> None:
    assert office.open(path).status == 404


def test_a_roster_puts_people_on_duty(office: Visitor, resident: Visitor, backstage: Backstage) -> None:
    roster = "网格编号,工号,值守方式,值守开始,值守结束,原因\ng4,w1,代班,2026-11-23,2026-11-30,轮休\n"
    page = upload(office, "duty", roster)
    office.press(page, page.path)
    assert count(backstage, Duty) == 2
    assert count(backstage, Worker) == 2
    assert "现在由王网格员代班" in resident.open("/HAPPY7CM").text


CLERKS = [
    ["网格办人员安排表", "", "", "", ""],
    ["号码牌", "哪位", "哪片", "手机号", "从哪天"],
    ["w3", "赵敏", "g4", "+99913900003", "2026-11-23"],
    ["合计", "1 人", "", "", ""],
    ["填表人：李四", "", "", "", ""],
]
SAID = {"column-0": "staff", "column-1": "name", "column-2": "grid", "column-4": "from"}


def test_headings_that_nobody_knows_are_said_once_and_offered_again(
    office: Visitor, backstage: Backstage
) -> None:
    data = comma(CLERKS, sign=";").encode("gbk")
    page = upload(office, "staff", data)
    assert "请说明哪一列是什么" in page.text
    assert not page.offers(page.path)
    page = office.press(page, f"{page.path}/columns", **SAID)
    for words in ("标题", "合计", "说明、签字", "工号←号码牌", "新增"):
        assert words in page.text
    office.press(page, page.path)
    assert count(backstage, ImportRun) == 1
    assert count(backstage, SheetChoice) == 1
    assert "没有什么要导入" in upload(office, "staff", data).text


def test_what_one_office_said_is_not_another_s(office: Visitor, sign_in: SignIn) -> None:
    data = comma(
        [["牌号", "归谁", "层级", "名称", "网格类型"], ["g4", "m1", "网格", "第四网格", ""]]
    ).encode()
    first = upload(office, "areas", data)
    office.press(first, f"{first.path}/columns", **{"column-0": "code", "column-1": "parent"})
    assert "第四网格" in upload(office, "areas", data).text
    assert "请说明哪一列是什么" in upload(sign_in(roles.ADMINISTRATOR), "areas", data).text


def test_good_rows_are_kept_by_name_and_the_others_come_back(office: Visitor, backstage: Backstage) -> None:
    before = count(backstage, Area)
    page = upload(office, "areas", f"{AREAS}g6,nowhere,网格,第6网格,\n")
    unnamed = office.press(page, f"{page.path}/good")
    assert "要由负责人署名" in unnamed.text
    answer = office.send(page, f"{page.path}/good", confirmed_by="安娜")
    assert answer.get_data().startswith(b"PK")
    assert count(backstage, Area) == before + 1
    with backstage.ground.database.reading() as session:
        assert session.scalars(select(ImportRun.confirmed_by)).one() == "安娜"


def test_a_table_of_households_is_never_taken_here(office: Visitor) -> None:
    page = upload(office, "staff", "户编号,网格编号,地址,电话,电话来源\nH1,g4,某路,+99912345678,物业\n")
    assert "独立测评方" in page.text
    assert "12345678" not in page.html
