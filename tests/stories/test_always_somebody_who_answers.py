"""Always somebody who answers: five things that go wrong, each told by those it happens to."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest

from huying.base import clock
from tests.support.actors import PASSWORD, Person, Staff
from tests.support.browser import chromium
from tests.support.servers import Installation, free_port

pytestmark = [pytest.mark.browser, pytest.mark.server]

AREAS = """编号,上级编号,层级,名称,网格类型
C,,city,云川市（虚构）,
S,C,street,春街道,
N1,S,community,春一社区,
N2,S,community,春二社区,
G1,N1,grid,第1网格,老旧小区
G2,N2,grid,第2网格,老旧小区
G3,N1,grid,第3网格,老旧小区
G4,N1,grid,第4网格,老旧小区
G5,N1,grid,第5网格,老旧小区
"""
OLD, NEW, DYING, READY, DEAF = (
    "+99910001110",
    "+99910001120",
    "+99910009404",
    "+99910001140",
    "+99910000001",
)
"""Numbers of those on duty; in the carriers' play nobody has DYING, and nobody takes calls at DEAF."""
OFFICE, LAPSED = "+99920000001", "+99920000002"
STAFF = f"""工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束
W1,赵甲,G1,{OLD},{{today}},2026-01-01,
W2,钱乙,G5,{NEW},{{today}},2026-01-01,2026-01-02
W6,孙己,G2,,,2026-01-01,{{yesterday}}
W3,李丙,G3,{DYING},{{today}},2026-01-01,
W4,周丁,G4,{READY},{{today}},2026-01-01,
W5,吴戊,G5,{DEAF},{{today}},2026-01-02,
"""
OFFICES = f"""区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束
N1,1,春一社区居委会（虚构）,{OFFICE},{{today}},,
N2,1,春二社区居委会（虚构）,{LAPSED},{{long_ago}},,
"""
PLACES = "网格编号,张贴地点\n" + "".join(f"G{n},{n}号楼大厅\n" for n in range(1, 6))
ACCOUNTS = {
    "office": ("--role", "grid_office"),
    "leader": ("--role", "grid_leader", "--area", "S"),
    "operator": ("--role", "operator"),
    "keeper": ("--role", "poster_keeper"),
    "worker3": ("--role", "worker", "--worker", "W3"),
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A street with five grids, served; the stories call whoever does what nobody clicks."""
    folder = tmp_path_factory.mktemp("town")
    public = Installation("feedback", folder / "public", free_port())
    now = clock.now()
    days = {
        "today": clock.day(now),
        "yesterday": clock.day(now - timedelta(days=1)),
        "long_ago": clock.day(now - timedelta(days=40)),
    }
    files = {"areas": AREAS, "staff": STAFF, "offices": OFFICES}
    (password := folder / "password").write_text(PASSWORD)
    public.runs(
        *((f"import-{name}", str(_file(folder, name, text.format(**days)))) for name, text in files.items()),
        ("import", "posters", str(_file(folder, "posters", PLACES))),
        *(
            ("account", "add", login, "--name", login, *more, "--password-file", str(password))
            for login, more in ACCOUNTS.items()
        ),
    )
    with public.serving():
        yield public


def _file(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def posters(browser, town) -> dict[str, tuple[str, str]]:
    """Each grid's poster as it hangs there: its code and its code to dial."""
    keeper = Staff(browser, town.url, "keeper")
    keeper.signs_in()
    hanging = {}
    for number in range(1, 6):
        keeper.opens("/fleet/")
        keeper.follows(f"{number}号楼大厅")
        dial = keeper.page.get_by_text(re.compile(r"\d{3} \d{3}")).first.inner_text()
        code = keeper.page.url.rsplit("/", 1)[1]
        hanging[f"G{number}"] = code, "".join(re.findall(r"\d{3} \d{3}", dial)[0].split())
    return hanging


def callable_numbers(person: Person) -> list[str]:
    return [
        link.get_attribute("href").removeprefix("tel:")
        for link in person.page.locator("main a[href^='tel:']").all()
    ]


def scans_a_second_later(person: Person, code: str) -> str:
    """Scan when pages kept in memory have had their second; return the number that comes first."""
    time.sleep(1.1)
    person.opens(f"/{code}")
    return callable_numbers(person)[0]


def test_the_elder_and_the_dead_number(browser, town, posters):
    """The worker leaves. Nobody touches the poster, nobody prints; the next scan reaches the new one."""
    code, _dial = posters["G1"]
    elder = Person(browser, town.url, "elder")
    elder.opens(f"/{code}")
    elder.reads("现在值班：赵网格员")
    assert callable_numbers(elder)[0] == OLD

    office = Staff(browser, town.url, "office")
    office.signs_in()
    office.opens("/office/grids/G1")
    office.presses("现在结束")
    office.picks("网格员", "钱乙")
    office.ticks("值守方式", "负责人")
    office.presses("安排")

    assert scans_a_second_later(elder, code) == NEW
    elder.reads("现在值班：钱网格员")
    assert OLD not in elder.page.content()
    elder.looks("scan-after-the-change")


def test_nobody_is_on_duty(browser, town, posters):
    """The chain is followed to its end, the office is told, and the vacant hours stand on the office."""
    code, _dial = posters["G2"]
    resident = Person(browser, town.url, "neighbour")
    resident.opens(f"/{code}")
    resident.reads("这个网格现在没有网格员")
    assert callable_numbers(resident)[0] == "12345", "the community's number is long unchecked"
    assert LAPSED not in resident.page.content()
    resident.looks("scan-vacant")

    town.run("work", "--once")
    leader = Staff(browser, town.url, "leader")
    leader.signs_in()
    leader.opens("/escalated/")
    leader.reads("网格无人值守")
    leader.looks("vacant-grid-comes-back")
    leader.opens("/office/")
    row = leader.page.locator(".grids li", has_text="第2网格").first
    assert re.search(r"2[34] 小时|1 天", row.inner_text()), "hours since yesterday"
    leader.looks("duty-with-vacant-hours")


def test_a_number_dies_at_night(browser, town, posters):
    """A neighbour says so by a tap; the system's own question fails; the next in the chain is shown."""
    code, _dial = posters["G3"]
    neighbour = Person(browser, town.url, "neighbour")
    neighbour.opens(f"/{code}")
    assert callable_numbers(neighbour)[0] == DYING
    neighbour.follows("号码不对 / 没人接")
    neighbour.looks("unreached")
    neighbour.writes("您的电话", "+999 1390 0007")
    neighbour.presses("请给我回电")
    neighbour.reads("回执")
    assert scans_a_second_later(neighbour, code) == DYING, "a doubt alone moves nobody"
    neighbour.reads("有居民说这个号码打不通")

    town.run("work", "--once")
    town.run("work", "--once")
    assert scans_a_second_later(neighbour, code) == OFFICE
    neighbour.reads("值班人的号码还没核对上")
    assert DYING not in neighbour.page.content()
    neighbour.looks("scan-number-dead")

    worker = Staff(browser, town.url, "worker3")
    worker.signs_in()
    worker.reads("现在不显示：打不通")
    worker.looks("card-number-dead")


def keys(person: Person, *words: str) -> None:
    for word in words:
        person.writes("按键", word)
        person.presses("按好了（#）")


def test_the_resident_with_an_old_telephone(browser, town, posters):
    """The code is dialled, the place read back, the call bridged; and where nobody answers, a case exists."""
    caller = Person(browser, town.url, "caller")
    caller.opens("/demo/telephone/")
    caller.presses("拨打找网格员热线")
    keys(caller, posters["G4"][1])
    caller.reads("春一社区第4网格，对请按 1")
    caller.looks("old-telephone")
    keys(caller, "1")
    caller.reads("有人接了")
    caller.presses("挂机")

    caller.presses("拨打找网格员热线")
    keys(caller, posters["G5"][1], "1")
    caller.reads("没有人接听")
    caller.presses("挂机")
    town.run("work", "--once")

    operator = Staff(browser, town.url, "operator")
    operator.signs_in()
    operator.reads("最近一天没有人接的来电")
    operator.looks("missed-calls")
    operator.follows("第5网格")
    operator.reads("第5网格，对吗？")
    operator.looks("place")


def test_an_impostor_at_the_door(browser, town):
    """A badge that was never issued, one that was withdrawn, and a true one."""
    office = Staff(browser, town.url, "office")
    office.signs_in()
    numbers = []
    for _badge in range(2):
        office.opens("/badges")
        office.picks("发给谁", "周丁")
        office.presses("发证")
        shown = office.page.get_by_text(re.compile(r"\d{3} \d{3}")).first.inner_text()
        numbers.append(re.search(r"\d{3} \d{3}", shown).group())
    withdrawn, true = numbers
    resident = Person(browser, town.url, "householder")

    def asks(number: str) -> None:
        resident.opens("/badge")
        resident.writes("编号", number)
        resident.presses("核对")

    asks("000 000")
    resident.reads("没有这张工作证")
    resident.looks("badge-unknown")
    asks(withdrawn)
    resident.reads("这张工作证已经停用")
    asks(true)
    resident.reads("工作证有效：周网格员，现在值班")
    resident.looks("badge-true")
    assert READY not in resident.page.content()
    assert "周丁" not in resident.page.content()
