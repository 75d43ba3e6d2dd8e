"""The grid office puts people on duty, the keeper hangs posters, the administrator makes accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from feedback import roles
from feedback.posters.rules import qr
from huying.base import phones
from huying.messaging import carriers
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import DIAL, OFFICE, POSTER, STREET, VACANT, WANG, Backstage

SignIn = Callable[[str], Visitor]
GRID = "/office/grids/g4"


def test_gaps_stand_first(sign_in: SignIn) -> None:
    text = sign_in(roles.GRID_OFFICE).open("/office/").text
    assert text.index("第4网格") < text.index("第3网格")
    assert "无人值守" in text


def test_whoever_is_put_on_duty_is_on_the_poster_at_once(sign_in: SignIn, resident: Visitor) -> None:
    office = sign_in(roles.GRID_OFFICE)
    page = office.press(office.open(GRID), GRID, worker="w1", layer="0", reason="补缺")
    assert page.status == 200
    assert "补缺" in page.text
    assert "现在值班：王网格员" in resident.open(f"/{VACANT}").text


def test_a_time_is_local(sign_in: SignIn, resident: Visitor) -> None:
    office = sign_in(roles.GRID_OFFICE)
    times = {"valid_from": "2026-11-23T09:00", "valid_to": "2026-11-23T18:00"}
    office.press(office.open(GRID), GRID, worker="w1", layer="1", **times)
    assert "现在由王网格员代班（至 18:00）" in resident.open(f"/{VACANT}").text


def test_two_at_once_on_one_layer_are_refused_in_the_form(sign_in: SignIn) -> None:
    office = sign_in(roles.GRID_OFFICE)
    form = office.open(GRID)
    office.press(form, GRID, worker="w1", layer="0")
    page = office.press(form, GRID, worker="w2", layer="0")
    assert page.status == 422
    assert "已经安排了 王秀兰" in page.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "请选择网格员。"),
        ({"worker": "w1"}, "请选择值守方式。"),
        (
            {"worker": "w1", "layer": "1", "valid_from": "2026-11-23T18:00", "valid_to": "2026-11-23T09:00"},
            "结束时间要晚于开始时间。",
        ),
    ],
)
def test_a_faulty_duty_comes_back(sign_in: SignIn, fields: dict[str, str], sentence: str) -> None:
    office = sign_in(roles.GRID_OFFICE)
    page = office.press(office.open(GRID), GRID, **fields)
    assert page.status == 422
    assert sentence in page.text


def test_a_duty_ends_or_is_taken_back_and_stays_readable(sign_in: SignIn, resident: Visitor) -> None:
    office = sign_in(roles.GRID_OFFICE)
    page = office.press(office.open("/office/grids/g3"), "/close")
    assert "已结束" in page.text
    assert "没有网格员（自 11月23日）" in resident.open(f"/{POSTER}").text
    page = office.press(office.open(GRID), GRID, worker="w1", layer="0")
    page = office.press(page, "/retract")
    assert "已撤回" in page.text


def test_a_leader_arranges_covers_in_the_own_street_alone(sign_in: SignIn) -> None:
    leader = sign_in(roles.GRID_LEADER)
    page = leader.open(GRID)
    assert "负责人" not in page.text
    assert not page.offers("/close")
    assert leader.press(page, GRID, worker="w1", layer="1").status == 200
    assert leader.press(page, GRID, worker="w1", layer="0").status == 403
    assert leader.open("/office/grids/g9").status == 404


def test_a_new_poster_has_two_codes_and_a_page_behind_them(sign_in: SignIn, resident: Visitor) -> None:
    keeper = sign_in(roles.POSTER_KEEPER)
    page = keeper.press(keeper.open("/posters/"), "/posters/", grid="g3", place="5号楼")
    assert page.status == 200
    code = page.path.rpartition("/")[2]
    assert "第3网格 · 找网格员" in resident.open(f"/{code}").text


def test_a_poster_without_a_place_comes_back(sign_in: SignIn) -> None:
    keeper = sign_in(roles.POSTER_KEEPER)
    page = keeper.press(keeper.open("/posters/"), "/posters/", grid="g3", place=" ")
    assert page.status == 422
    assert "请填写张贴地点。" in page.text


def test_the_sheet_holds_what_is_printed_in_order(sign_in: SignIn) -> None:
    page = sign_in(roles.POSTER_KEEPER).open(f"/posters/{POSTER}/sheet")
    order = ["找网格员，扫这里", "3号楼大厅", "不会扫码？打", f"{DIAL[:3]} {DIAL[3:]}", "和平里居委会"]
    order += [
        "电话上的人定期核对。打不通，请拨 12345。",
        "本码只打开",
        "hy.example.cn",
        "如网址不同、要求付款或验证码",
    ]
    sheet = page.text.partition("扫一遍再张贴。")[2]
    places = [sheet.index(words) for words in order]
    assert places == sorted(places)
    assert phones.pretty(STREET) in page.text
    assert phones.pretty(OFFICE) in page.text


def test_the_sheets_symbol_is_the_posters(sign_in: SignIn) -> None:
    html = sign_in(roles.POSTER_KEEPER).open(f"/posters/{POSTER}/sheet").html
    assert qr.svg("https://hy.example.cn", POSTER) in html
    assert html.count("<svg") == 1


@pytest.mark.parametrize("path", [f"/posters/{POSTER}/sheet", f"/posters/{POSTER}", "/posters/"])
def test_the_keeper_sees_no_workers_name_or_number(sign_in: SignIn, path: str) -> None:
    html = sign_in(roles.POSTER_KEEPER).open(path).html
    assert "王秀兰" not in html
    assert WANG[-8:] not in html.replace(" ", "")


def test_a_poster_is_posted_and_retired(sign_in: SignIn, resident: Visitor) -> None:
    keeper = sign_in(roles.POSTER_KEEPER)
    page = keeper.press(keeper.open(f"/posters/{POSTER}"), "/posted")
    assert "今天 10:00" in page.text
    keeper.press(page, "/retire", reason="torn", replaced_by=VACANT.lower())
    gone = resident.open(f"/{POSTER}")
    assert gone.status == 410
    assert f'href="/{VACANT}"' in gone.html


def test_an_unknown_successor_is_refused(sign_in: SignIn) -> None:
    keeper = sign_in(roles.POSTER_KEEPER)
    page = keeper.press(keeper.open(f"/posters/{POSTER}"), "/retire", reason="torn", replaced_by="7K3M9QDB")
    assert page.status == 422
    assert "没有这个编号" in page.text


NEW = {"login": "xiaoli", "name": "小李", "role": "operator"}
LINK = re.compile(r"https://hy\.example\.cn(/sign-in/link/[\w-]+)")


def test_somebody_invited_sets_a_password_and_signs_in(
    sign_in: SignIn, visitor: Callable[[], Visitor]
) -> None:
    administrator = sign_in(roles.ADMINISTRATOR)
    page = administrator.press(administrator.open("/administrator/accounts"), "/accounts", **NEW)
    link = LINK.search(page.text)[1]
    assert "等待本人设定密码" in page.text
    person = visitor()
    words = "long enough, I hope"
    page = person.press(person.open(link), link, password=words, again=words)
    page = person.press(page, "/sign-in", login="xiaoli", password=words)
    assert page.path == "/switchboard/"


def test_the_link_is_shown_once(sign_in: SignIn) -> None:
    administrator = sign_in(roles.ADMINISTRATOR)
    page = administrator.press(administrator.open("/administrator/accounts"), "/accounts", **NEW)
    assert LINK.search(page.text)
    assert not LINK.search(administrator.open(page.path).text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"login": roles.WORKER}, "已经有人用了"),
        ({"login": "xiao\u200bli"}, "看不见的字符"),
        ({"role": "worker"}, "网格员账号要选对应的网格员。"),
        ({"role": "department_officer"}, "部门经办人账号要选所在部门。"),
        ({"role": ""}, "请选择角色。"),
    ],
)
def test_a_faulty_account_comes_back(sign_in: SignIn, changes: dict[str, str], sentence: str) -> None:
    administrator = sign_in(roles.ADMINISTRATOR)
    page = administrator.press(administrator.open("/administrator/accounts"), "/accounts", **NEW | changes)
    assert page.status == 422
    assert sentence in page.text


FACTS = {"day": "23日", "spot": "第3网格", "matter": "水电气热"}


def test_the_demonstration_shows_what_would_have_been_sent(resident: Visitor, backstage: Backstage) -> None:
    folder = backstage.ground.settings.data / "messages" / "public"
    url = f"https://hy.example.cn/r/{'A' * 16}"
    carriers.FakeCarrier(folder).send("1", number=WANG, template="rating", params={"url": url, **FACTS})
    page = resident.open("/demo/messages")
    assert f'href="{url}"' in page.html
    assert WANG not in page.html


def test_a_message_fits_into_one(backstage: Backstage) -> None:
    text = carriers.body("rating", {"url": f"https://hy.example.cn/r/{'A' * 16}", **FACTS})
    assert len(text.encode("utf-16-le")) // 2 <= carriers.LONGEST
    assert text.startswith("【呼应】")
    assert not re.search("满意|好评", text)
