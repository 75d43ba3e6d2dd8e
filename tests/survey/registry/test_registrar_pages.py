"""The registrar tries a file of households, sees what it would do, and applies exactly that file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from huying import accounts
from huying.base import clock
from huying.side.app import LARGEST_REQUEST
from survey.models import Account, Household, RegistryImport, RegistryTrial
from survey.registry.queries.quality import COUNTED
from tests.survey.browsing import Page, Visitor
from tests.survey.world import ORIGIN, PASSWORD, household_file

Visit = Callable[..., Visitor]
FAULTY = household_file() + "\nH 9,G1,某路,,,,\nHX,G1,某路,+9991000,物业,2026-01-01,".encode()


@pytest.fixture
def registrar(visit: Visit) -> Visitor:
    return visit("settled", "registrar")


def tried(registrar: Visitor, data: bytes, *, name: str = "名册.csv") -> Page:
    return registrar.send(registrar.open("/registry/"), "/registry/", file=(io.BytesIO(data), name))


def large(visitor: Visitor, data: bytes, *, csrf_token: str = "") -> Page:
    """Send a file as a browser does, without the files that a test's client leaves open for large ones."""
    parts = {'name="csrf_token"': csrf_token.encode(), 'name="file"; filename="f.csv"': data}
    pieces = [
        f"--xx\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + body + b"\r\n"
        for about, body in parts.items()
    ]
    kind = "multipart/form-data; boundary=xx"
    body = b"".join(pieces) + b"--xx--\r\n"
    return Page(visitor.client.post("/registry/", data=body, content_type=kind, base_url=ORIGIN))


def stored(registrar: Visitor, what: object) -> int:
    with registrar.app.extensions["huying"].database.reading() as session:
        return int(session.scalar(select(what)))


def households(registrar: Visitor) -> int:
    return stored(registrar, func.count(Household.code))


def test_a_file_is_tried_then_applied(registrar: Visitor) -> None:
    more = household_file() + "\nHX,G3,虚构路99号,+99912345678,本人,2026-11-01,名册员".encode()
    page = tried(registrar, more)
    assert page.path == "/registry/trial"
    assert "名册.csv" in page.text
    assert "新增 1" in page.text
    assert "HX" in page.main
    assert "+99912345678" not in page.html
    assert households(registrar) == 90
    page = registrar.send(page, "/trial/apply")
    assert "新增 1，变更 0，换网格 0，不变 90" in page.text
    assert households(registrar) == 91
    assert stored(registrar, func.count(RegistryTrial.by)) == 0
    assert stored(registrar, func.count(RegistryImport.id)) == 2


def test_what_changed_meanwhile_is_shown_again_before_anything_is_stored(registrar: Visitor) -> None:
    more = household_file() + "\nHX,G3,虚构路99号,+99912345678,本人,2026-11-01,名册员".encode()
    page = tried(registrar, more)
    with registrar.app.extensions["huying"].database.transaction() as session:
        session.execute(update(Household).where(Household.code == "HG1000").values(row_hash=""))
    again = registrar.send(page, "/trial/apply")
    assert again.status == 409
    assert "已有内容变了" in again.text
    assert "变更 1" in again.text
    assert households(registrar) == 90
    assert registrar.send(again, "/trial/apply").path == "/registry/"
    assert households(registrar) == 91


def test_the_same_file_has_nothing_to_apply(registrar: Visitor) -> None:
    page = tried(registrar, household_file())
    assert "完全一样" in page.text
    assert not [action for action in page.actions if action.endswith("/apply")]


def test_much_that_would_leave_waits_for_a_second_registrar(registrar: Visitor) -> None:
    page = tried(registrar, household_file(grids=("G1",)).rsplit(b"\n", 6)[0])
    assert "迁出 6" in page.text
    assert not [action for action in page.actions if action.endswith("/apply")]
    assert registrar.send(page, "/hand-over", why=" ").status == 422
    page = registrar.send(page, "/hand-over", why="3 号楼拆迁，见公告")
    assert page.path == "/registry/requests"
    assert stored(registrar, func.count(Household.left_at)) == 0
    assert "要由另一位名册管理员核对" in registrar.open("/registry/requests/1").text
    mine = registrar.post("/registry/requests/1", {"reason": "我自己", **token(page, "/sign-out")})
    assert mine.status == 403
    public = Visitor(registrar.app).open("/registry/log")
    assert "3 号楼拆迁" in public.text
    assert "迁出 6" in public.text

    second = colleague(registrar.app)
    page = second.open("/registry/requests/1")
    assert second.send(page, "/requests/1", reason="打 13800000000 问过").status == 422
    assert second.send(page, "/requests/1", reason="现场看过，确已拆除").path == "/registry/requests"
    assert stored(registrar, func.count(Household.left_at)) == 6
    assert stored(registrar, func.count(RegistryImport.id).filter(RegistryImport.confirmed_by == "李四")) == 1
    public = Visitor(registrar.app).open("/registry/log")
    assert "李四" in public.text
    assert "现场看过，确已拆除" in public.text


def test_a_second_registrar_may_send_a_file_back(registrar: Visitor) -> None:
    page = tried(registrar, household_file(grids=("G1",)).rsplit(b"\n", 6)[0])
    registrar.send(page, "/hand-over", why="3 号楼拆迁，见公告")
    second = colleague(registrar.app)
    second.send(second.open("/registry/requests/1"), "/requests/1", reason="楼还在", refuse="1")
    assert stored(registrar, func.count(Household.left_at)) == 0
    assert "楼还在" in Visitor(registrar.app).open("/registry/log").text


def colleague(app: Flask) -> Visitor:
    """A second registrar, signed in."""
    with app.extensions["huying"].database.transaction() as session:
        accounts.create(
            session, Account, login="second-registrar", name="李四", role="registrar", password=PASSWORD,
            now=clock.now(), code=None,
        )  # fmt: skip
    return Visitor(app, "second-registrar")


def test_departures_drawn_by_lot_are_checked_and_counted_publicly(registrar: Visitor) -> None:
    page = tried(registrar, household_file(grids=("G1",)).rsplit(b"\n", 1)[0])
    registrar.send(page, "/trial/apply")
    page = registrar.open("/registry/departures")
    assert "虚构路29号" in page.text
    number = next(action for action in page.actions if "/departures/" in action).rsplit("/", 1)[1]
    registrar.send(page, f"/departures/{number}", result="here", source="11 月 26 日上门")
    public = Visitor(registrar.app).open("/registry/log").text
    assert "抽签核对 1 户，查清 1 户，其中 1 户还住在那里" in public
    assert "虚构路" not in public


def test_one_home_under_two_codes_is_decided_on_before_the_file_is_applied(registrar: Visitor) -> None:
    twice = household_file() + "\nHX,G3,虚构路 一 号,+99912000001,本人,2026-11-01,名册员".encode()
    page = tried(registrar, twice)
    assert "这几户是同一家吗" in page.text
    assert not [action for action in page.actions if action.endswith("/apply")]
    page = registrar.send(page, "/homes", codes="HG3001 HX", keep="")
    assert page.path == "/registry/trial"
    registrar.send(page, "/trial/apply")
    assert households(registrar) == 91
    assert "没有要决定的" in registrar.open("/registry/homes").text


def test_counts_from_outside_are_entered_and_compared(registrar: Visitor) -> None:
    page = registrar.open("/registry/outside")
    wrong = registrar.send(page, "/outside", source="统计局", day="2026-06-30", counts="G1 三十")
    assert (wrong.status, "第 1 行看不懂" in wrong.text) == (422, True)
    page = registrar.send(page, "/outside", source="统计局", day="2026-06-30", counts="G1 31\nG2：45 户")
    assert page.status == 200
    rows = page.html.split("<tbody>")[1]
    assert rows.count("相差大") == 1


def test_a_faulty_file_is_told_row_by_row_and_can_be_sent_back_but_not_applied(registrar: Visitor) -> None:
    page = tried(registrar, FAULTY)
    assert "有错 2" in page.text
    assert "户编号应当是至多 32 位" in page.text
    assert not [action for action in page.actions if action.endswith("/apply")]
    sha256 = page.html.split("sha256=")[1][:64]
    back = registrar.glance(f"/registry/trial/refused.csv?sha256={sha256}")
    assert "attachment" in back.response.headers["Content-Disposition"]
    assert "户编号应当是至多 32 位" in back.html
    refused = registrar.post_once("/registry/trial/apply", {"sha256": sha256, **token(page)})
    assert refused.status == 422
    assert households(registrar) == 90


def token(page: Page, ending: str = "/trial/drop") -> dict[str, str]:
    return {"csrf_token": page.hidden(ending)[1]["csrf_token"]}


def test_another_file_than_the_tried_one_is_not_applied(registrar: Visitor) -> None:
    first = tried(registrar, household_file().replace(b"2026-05-01", b"2026-06-01"))
    tried(registrar, FAULTY)
    answer = registrar.send(first, "/trial/apply")
    assert answer.status == 404
    assert "重新上传" in answer.text


def test_a_tried_file_can_be_dropped(registrar: Visitor) -> None:
    page = tried(registrar, FAULTY)
    assert "还没有导入" in registrar.open("/registry/").text
    assert "已删除" in registrar.send(page, "/trial/drop").text
    assert registrar.open("/registry/trial").path == "/registry/"
    assert stored(registrar, func.count(RegistryTrial.by)) == 0


def test_a_file_that_is_no_table_is_refused_in_place(registrar: Visitor) -> None:
    page = tried(registrar, b"%PDF-1.7")
    assert page.status == 422
    assert "名册.csv" in page.text
    assert registrar.send(registrar.open("/registry/"), "/registry/").status == 422
    assert households(registrar) == 90


def test_the_registrar_says_which_column_is_which_and_is_remembered(registrar: Visitor) -> None:
    data = household_file().replace("网格编号".encode(), "片".encode())
    page = tried(registrar, data)
    assert "缺少表头“网格编号”" in page.text
    assert not [action for action in page.actions if action.endswith("/apply")]
    page = registrar.send(page, "/trial/columns", **{"column-1": "grid"})
    assert "缺少表头" not in page.text
    assert "网格编号←片" in page.text
    registrar.send(page, "/trial/drop")
    again = tried(registrar, data)
    assert "网格编号←片" in again.text
    assert "由您指定" in again.text
    assert registrar.send(again, "/trial/columns", **{"column-2": "nonsense"}).status == 422


def test_good_rows_are_kept_by_name_and_the_others_given_back(registrar: Visitor) -> None:
    data = household_file() + "\nH 9,G1,某路,,,,\nH99,G1,某路9号,,,,".encode()
    page = tried(registrar, data)
    assert "要由负责人署名" in registrar.send(page, "/trial/good").text
    answer = registrar.send(page, "/trial/good", confirmed_by="安娜")
    assert "attachment" in answer.response.headers["Content-Disposition"]
    assert answer.response.get_data().startswith(b"PK")
    assert households(registrar) == 91
    assert stored(registrar, func.count(RegistryImport.id).filter(RegistryImport.confirmed_by == "安娜")) == 1
    assert stored(registrar, func.count(RegistryTrial.by)) == 0


def test_codes_that_the_registry_gave_are_given_back(registrar: Visitor) -> None:
    text = registrar.glance("/registry/codes.csv").response.get_data().decode("utf-8-sig")
    assert text.splitlines()[0] == "户编号,网格编号,地址"
    assert len(text.splitlines()) == 91


def test_a_citys_file_is_larger_than_other_requests_may_be(registrar: Visitor) -> None:
    mark = token(registrar.open("/registry/"), "/registry/")
    page = large(registrar, household_file() + b"\n" * LARGEST_REQUEST, **mark)
    assert (page.status, page.response.headers["Location"]) == (303, "/registry/trial")


def test_a_file_larger_than_any_city_is_sent_to_the_command_line(
    registrar: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.registry.views.households.LARGEST_FILE", LARGEST_REQUEST)
    page = large(registrar, b"x" * (LARGEST_REQUEST + 1))
    assert page.status == 413
    assert "import-households" in page.text


@pytest.mark.parametrize("role", ["interviewer", "administrator"])
def test_nobody_else_may_send_a_large_file(visit: Visit, role: str) -> None:
    assert large(visit("settled", role), b"x" * (LARGEST_REQUEST + 1)).status == 413


def test_a_stranger_may_not_send_a_large_file(visit: Visit) -> None:
    stranger = Visitor(visit("settled", "auditor").app)
    assert large(stranger, b"x" * (LARGEST_REQUEST + 1)).status == 413


@pytest.mark.parametrize(("form", "start"), [("csv", b""), ("xlsx", b"PK\x03\x04")])
def test_a_template_can_be_downloaded_and_tried(registrar: Visitor, form: str, start: bytes) -> None:
    template = registrar.glance(f"/registry/template.{form}").response.data
    assert template.startswith(start)
    page = tried(registrar, template, name=f"t.{form}")
    assert page.path == "/registry/trial"


def test_the_quality_is_shown_and_downloaded_without_any_number_or_address(registrar: Visitor) -> None:
    page = registrar.open("/registry/quality")
    assert page.status == 200
    assert "没有电话" in page.text
    for told in ("+9991", "虚构路", "HG1"):
        assert told not in page.html
    text = registrar.glance("/registry/quality.csv").html
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["grid"] for row in rows] == ["G1", "G2", "G3", "*"]
    assert set(COUNTED) < set(rows[0])
    assert [row["households"] for row in rows] == ["30", "30", "30", "90"]


def test_a_try_is_forgotten_after_some_hours(registrar: Visitor) -> None:
    tried(registrar, FAULTY)
    with registrar.app.extensions["huying"].database.transaction() as session:
        row = session.scalars(select(RegistryTrial)).one()
        row.at -= timedelta(days=1)
    assert registrar.open("/registry/trial").path == "/registry/"
