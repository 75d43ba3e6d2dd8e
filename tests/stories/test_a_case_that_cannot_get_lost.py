"""A case that can't get lost: five that would elsewhere, each told by those it happens to, on a telephone."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from huying.base import clock
from tests.stories.quarter import NUMBERS, Quarter, built
from tests.support.actors import Person, Staff
from tests.support.browser import chromium

pytestmark = [pytest.mark.browser, pytest.mark.server]

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
ELDER = "+99913900001"
ROAD, PIPE = "道路和公共设施", "水电气热"


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    quarter = built(tmp_path_factory.mktemp("quarter"))
    with quarter.public.serving():
        yield quarter


@pytest.fixture
def enters(browser, town):
    """Signs in; everybody has a window of their own."""

    def enter(login: str) -> Staff:
        person = Staff(browser, town.url, login)
        person.signs_in()
        return person

    return enter


@pytest.fixture
def resident(browser, town) -> Person:
    return Person(browser, town.url, "resident")


def asks(resident: Person, poster: str, text: str, *, kind: str = PIPE, **more: str) -> str:
    """Ask for help by a poster; return the receipt."""
    resident.opens(f"/help/{poster}")
    resident.ticks("什么事？", kind)
    resident.writes("请写几句", text)
    resident.ticks("事情急吗？", more.get("urgency", "不急，按顺序办"))
    if "contact" in more:
        resident.writes("您的电话", more["contact"])
    if "photo" in more:
        resident.brings("照片", Path(more["photo"]))
    resident.presses("提交")
    if resident.page.get_by_text("是同一件事吗？").count():
        resident.ticks("是同一件事吗？", "不是，另外登记")
        resident.page.get_by_role("button", name="提交").first.click()
    resident.reads("请记下或截图")
    return resident.page.url.rsplit("/", 1)[1]


def whistles(person: Staff, department: str) -> None:
    person.picks("叫哪个部门", department)
    person.writes("请部门做什么", "主管漏水，请来修")
    person.presses("吹哨")


def refuses(officer: Staff, instead: str) -> None:
    """Refuse the whistle that is shown."""
    officer.page.locator("summary", has_text="退回").click()
    officer.ticks("退回理由", "不归我们管")
    officer.picks("应由谁办", instead)
    officer.writes("说明", "楼内的管子不归我们")
    officer.presses("退回")


def opens(person: Staff, desk: str, words: str) -> None:
    """Open the case that somebody asked for in these words."""
    person.opens(desk)
    person.follows(re.compile("打开办理" if desk == "/worker/" else words))


def test_the_worker_who_leaves(town, resident, enters):
    """Four open cases are on other desks in that second, and who left sees neither them nor a number."""
    receipts = [
        asks(resident, town.poster(1), f"{floor}楼漏水", contact=ELDER) for floor in ("一", "二", "三", "四")
    ]
    worker, office, leader = enters("worker1"), enters("office"), enters("leader")
    for number, move in enumerate((None, _declares, _asks_back, _whistles_for_water), start=1):
        worker.opens(f"/worker/cases/{number}")
        worker.reads("139")
        if move:
            worker.presses("我来办")
            move(worker)
    worker.opens("/worker/")
    worker.looks("before-leaving")
    office.opens("/staff/W1")
    office.reads("4 件")
    office.presses("办理离岗")
    office.looks("who-left")
    assert [keeper for _case, keeper, _at in town.desks()] == ["unit", "unit", "unit", "dept:water"]
    moved = {at for _case, keeper, at in town.desks() if keeper == "unit"}
    assert len(moved) == 1, "three changed hands in one second; the fourth was the department's before"
    worker.opens("/worker/cases/1")
    assert "/sign-in" in worker.page.url
    assert "139" not in worker.page.content()
    leader.opens("/escalated/")
    leader.reads("1 件要您办")
    leader.reads("等居民答复的、暂停的，2 件")
    leader.follows(re.compile("一楼漏水"))
    leader.reads("139")
    leader.looks("taken-over")
    resident.opens(f"/receipt/{receipts[0]}")
    resident.reads("现在在社区手里")
    assert "office" not in resident.page.inner_text("main"), "no login stands on a resident's page"
    resident.looks("receipt-after-the-worker-left")


def _declares(worker: Staff) -> None:
    worker.writes("做了什么", "换了阀门")
    worker.presses("报办结")


def _asks_back(worker: Staff) -> None:
    worker.page.locator("summary", has_text="询问居民").click()
    worker.writes("问居民什么", "几号楼？")
    worker.presses("询问居民")


def _whistles_for_water(worker: Staff) -> None:
    whistles(worker, "水务局")


def test_a_leaking_pipe(town, resident, enters):
    """Whistle, refusal with a reason, a lead that can't refuse, done, and rated by who was asked."""
    receipt = asks(resident, town.poster(2), "楼道水管漏水", contact="+99913900002")
    resident.looks("code-to-type")
    town.passes(MINUTE)
    (code,) = re.findall(r"验证码 (\d{6})", " ".join(town.sent("+99913900002")))
    resident.writes("短信里的验证码", code)
    resident.presses("核对")
    worker = enters("worker2")
    opens(worker, "/worker/", "楼道水管漏水")
    worker.presses("我来办")
    whistles(worker, "水务局")
    water = enters("water")
    opens(water, "/department/", "楼道水管漏水")
    refuses(water, "城管局")
    coordinator = enters("coordinator")
    opens(coordinator, "/escalated/", "楼道水管漏水")
    coordinator.reads("水务局退回了这件事")
    coordinator.page.get_by_label("指定为首接负责部门").check()
    coordinator.looks("refused")
    whistles(coordinator, "城管局")
    resident.opens(f"/receipt/{receipt}")
    resident.reads("楼内的管子不归我们")
    resident.reads("现在在城管局手里")
    resident.looks("receipt-refused-and-led")
    urban = enters("urban")
    opens(urban, "/department/", "楼道水管漏水")
    urban.reads("首接负责，不能退回")
    assert urban.page.locator("summary", has_text="退回").count() == 0
    urban.presses("受理")
    urban.writes("做了什么", "换了一段管子")
    urban.presses("报办结")
    town.passes(MINUTE)
    (link,) = re.findall(r"http://\S+?(/r/\S+)", " ".join(town.sent("+99913900002")))
    resident.opens(link)
    resident.looks("rating")
    resident.ticks("这件事解决了吗？", "解决了")
    resident.ticks("网格员的态度和联系", "满意")
    resident.ticks("办理结果", "非常满意")
    resident.presses("提交")
    resident.looks("rated")
    town.passes(DAY + MINUTE)
    resident.opens(f"/receipt/{receipt}")
    resident.reads("已了结")
    resident.looks("receipt-rated")


def test_a_case_that_is_sent_round(town, resident, enters):
    """Three refuse it: after two it is flagged, and what nobody leads in a day is the district's."""
    receipt = asks(resident, town.poster(3), "井盖松了，车过就响", kind=ROAD)
    worker, coordinator = enters("worker3"), enters("coordinator")
    officers = [enters("water"), enters("urban")]
    opens(worker, "/worker/", "井盖松了")
    worker.presses("我来办")
    whistles(worker, "水务局")
    opens(officers[0], "/department/", "井盖松了")
    refuses(officers[0], "城管局")
    opens(coordinator, "/escalated/", "井盖松了")
    whistles(coordinator, "城管局")
    opens(officers[1], "/department/", "井盖松了")
    refuses(officers[1], "水务局")
    coordinator.opens("/escalated/")
    coordinator.reads("空转的事项（1）")
    coordinator.looks("idling")
    resident.opens(f"/receipt/{receipt}")
    resident.looks("receipt-sent-round")
    town.passes(DAY + MINUTE)
    coordinator.signs_in()
    coordinator.reads("0 件要您办")
    district = enters("district")
    district.opens("/department/")
    district.reads("区级兜底单位")
    district.follows(re.compile("井盖松了"))
    district.looks("backstop")
    district.writes("做了什么", "换了井盖")
    district.presses("报办结")
    resident.opens(f"/receipt/{receipt}")
    resident.reads("办好了吗？由您说了算")


def test_gas_at_night(town, resident, enters):
    """It rings until somebody takes it, within a minute; of a lamp post nobody asleep is told."""
    now = clock.local(town.now())
    night = now.replace(hour=1, minute=27, second=0, microsecond=0)
    town.passes(night + (DAY if night <= now else timedelta()) - now)
    before = town.rung()
    asks(resident, town.poster(5), "路灯不亮", kind=ROAD)
    asks(resident, town.poster(4), "楼道里有煤气味", urgency="有危险，要马上有人来")
    resident.looks("receipt-of-danger")
    town.passes(timedelta(seconds=5))
    assert town.rung() == before + 1
    assert any("有危险：水电气热" in text for text in town.sent(NUMBERS[3]))
    worker = enters("worker4")
    worker.reads("危及人身或财产安全")
    worker.looks("danger")
    worker.follows("打开办理")
    worker.presses("我来办")
    taken = town.now()
    for _round in range(3):
        town.passes(10 * MINUTE)
    assert town.rung() == before + 1, "taken: nobody is rung again"
    assert town.sent(NUMBERS[4]) == [], "nobody is woken for a lamp"
    town.passes(clock.local(taken).replace(hour=8, minute=1) - clock.local(town.now()))
    assert any("新登记" in text for text in town.sent(NUMBERS[4]))


def test_who_left_no_number_is_heard_until_it_is_solved(town, resident, enters, tmp_path):
    receipt = _asks_with_a_photo(resident, town, tmp_path)
    worker = enters("worker3")
    case = _takes_it_up_and_declares(worker)
    resident.opens(f"/receipt/{receipt}")
    resident.reads("办好了吗？由您说了算")
    assert "短信" not in resident.page.inner_text("main")
    resident.looks("receipt-declared")
    resident.presses("提交")
    resident.reads("请选择这件事解决了没有。")
    resident.ticks("这件事解决了吗？", "没有解决")
    resident.writes("还想说什么", "只修了一级，第二级还是松的。")
    resident.presses("提交")
    resident.reads("已答复。24 小时内可以在这里改")
    resident.looks("receipt-answered")

    town.passes(DAY + MINUTE)
    leader = enters("leader")
    opens(leader, "/escalated/", "门口台阶松了")
    leader.reads("只修了一级，第二级还是松的。")
    leader.reads("话务员应在")
    leader.looks("the-next-round")
    worker.signs_in()
    worker.opens(case)
    assert "第二级还是松的" not in worker.page.content(), "the first round's worker reads nothing of it"
    leader.presses("我来办")
    leader.writes("做了什么", "两级都换了。")
    leader.presses("报办结")

    resident.opens(f"/receipt/{receipt}")
    resident.reads("两级都换了。")
    resident.ticks("这件事解决了吗？", "解决了")
    resident.presses("提交")
    town.passes(DAY + MINUTE)
    resident.opens(f"/receipt/{receipt}")
    resident.reads("已了结")
    resident.reads("还没有解决？")
    resident.looks("receipt-at-its-end")
    resident.opens("/figures/ratings")
    resident.reads("凭回执编号说的")
    resident.looks("figures")
    assert resident.page.context.cookies() == []


def _asks_with_a_photo(resident: Person, town: Quarter, folder: Path) -> str:
    receipt = asks(resident, town.poster(3), "门口台阶松了", kind=ROAD, photo=str(_photo(folder)))
    resident.looks("receipt-with-a-photo")
    _sees_the_photo(resident)
    _goes_back_and_sends_again(resident, receipt)
    return receipt


def _goes_back_and_sends_again(resident: Person, receipt: str) -> None:
    """After Back nothing typed is lost, and what is sent again is the same case."""
    resident.page.go_back()
    assert resident.page.get_by_label("请写几句").input_value() == "门口台阶松了"
    resident.presses("提交")
    resident.reads("请记下或截图")
    assert resident.page.url.rsplit("/", 1)[1] == receipt


def _takes_it_up_and_declares(worker: Staff) -> str:
    worker.follows("打开办理")
    _sees_the_photo(worker)
    case = worker.page.url.removeprefix(worker.url)
    worker.looks("case-with-a-photo")
    worker.presses("我来办")
    worker.writes("做了什么", "台阶修好了。")
    worker.presses("报办结")
    return case


def _sees_the_photo(person: Person) -> None:
    shown = person.page.locator(".photos img")
    expect(shown).to_have_count(1)
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("naturalWidth", 1600)


def _photo(folder: Path) -> Path:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    Image.new("RGB", (3000, 2000), "steelblue").save(made, "JPEG", exif=exif.tobytes())
    file = folder / "台阶.jpg"
    file.write_bytes(made.getvalue())
    return file
