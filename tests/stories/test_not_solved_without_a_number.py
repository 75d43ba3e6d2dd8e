"""Not solved, by somebody without a telephone number: receipt code, the next round one level up, solved."""

from __future__ import annotations

import io
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from huying.base import clock
from tests.support.actors import PASSWORD, Person, Staff
from tests.support.browser import chromium
from tests.support.later import FILE
from tests.support.servers import Installation, free_port

pytestmark = [pytest.mark.browser, pytest.mark.server]

AREAS = """编号,上级编号,层级,名称,网格类型
C,,city,云川市（虚构）,
S,C,street,春街道,
N,S,community,春一社区,
G,N,grid,第1网格,老旧小区
"""
STAFF = """工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束
W1,赵甲,G,+99910001110,{today},2026-01-01,
"""
OFFICES = """区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束
N,1,春一社区居委会（虚构）,+99920000001,{today},,
"""
PLACES = "网格编号,张贴地点\nG,1号楼大厅\n"
ACCOUNTS = {
    "leader": ("--role", "grid_leader", "--area", "S"),
    "keeper": ("--role", "poster_keeper"),
    "worker": ("--role", "worker", "--worker", "W1"),
    "reviewer": ("--role", "reviewer"),
}


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A grid and its people, served by a clock that the story sets ahead."""
    folder = tmp_path_factory.mktemp("town")
    ahead = folder / "ahead"
    ahead.write_text("0")
    public = Installation("feedback", folder / "public", free_port(), more={FILE: str(ahead)})
    today = clock.day(clock.now())
    for name, text in {"areas": AREAS, "staff": STAFF, "offices": OFFICES}.items():
        public.run(f"import-{name}", str(_file(folder, name, text.format(today=today))))
    public.run("import", "posters", str(_file(folder, "posters", PLACES)))
    for login, more in ACCOUNTS.items():
        public.run("account", login, "--name", login, *more, "--password-file", "-", stdin=PASSWORD)
    with public.serving():
        yield public


def _file(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.csv"
    file.write_text(text, encoding="utf-8")
    return file


def a_day_passes(town: Installation) -> None:
    ahead = Path(town.more[FILE])
    ahead.write_text(str(float(ahead.read_text()) + timedelta(days=1, minutes=1).total_seconds()))
    town.run("work", "--once")


def poster_of(town: Installation) -> str:
    with closing(sqlite3.connect(town.data / "public.db")) as database:
        return str(database.execute("SELECT code FROM poster").fetchone()[0])


def photo(folder: Path) -> Path:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where it was taken"
    Image.new("RGB", (3000, 2000), "steelblue").save(made, "JPEG", exif=exif.tobytes())
    file = folder / "台阶.jpg"
    file.write_bytes(made.getvalue())
    return file


def test_who_left_no_number_is_heard_until_it_is_solved(browser, town, tmp_path):
    resident = Person(browser, town.url, "resident")
    receipt = _asks_with_a_photo(resident, poster_of(town), tmp_path)
    worker = Staff(browser, town.url, "worker")
    worker.signs_in()
    _takes_it_up_and_declares(worker)

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

    a_day_passes(town)
    leader = Staff(browser, town.url, "leader")
    leader.signs_in()
    leader.follows(re.compile("道路和公共设施"))
    leader.reads("只修了一级，第二级还是松的。")
    leader.looks("the-next-round")
    worker.signs_in()
    worker.opens("/worker/cases/1")
    assert "第二级还是松的" not in worker.page.content(), "the first round's worker reads nothing of it"
    leader.presses("我来办")
    leader.writes("做了什么", "两级都换了。")
    leader.presses("报办结")

    resident.opens(f"/receipt/{receipt}")
    resident.reads("两级都换了。")
    resident.ticks("这件事解决了吗？", "解决了")
    resident.presses("提交")
    a_day_passes(town)
    resident.opens(f"/receipt/{receipt}")
    resident.reads("已了结")
    resident.reads("还没有解决？")
    resident.looks("receipt-at-its-end")
    resident.opens("/figures/ratings")
    resident.reads("凭回执编号说的")
    resident.looks("figures")
    assert resident.page.context.cookies() == []


def _asks_with_a_photo(resident: Person, poster: str, folder: Path) -> str:
    resident.opens(f"/help/{poster}")
    resident.reads("最多 3 张，每张不超过 8 MB")
    resident.ticks("什么事？", "道路和公共设施")
    resident.writes("请写几句", "门口台阶松了，老人差点摔倒。")
    resident.ticks("事情急吗？", "不急，按顺序办")
    resident.brings("照片", photo(folder))
    resident.looks("help-with-a-photo")
    resident.presses("提交")
    resident.reads("回执编号")
    resident.looks("receipt-with-a-photo")
    shown = resident.page.locator(".photos img")
    assert shown.count() == 1
    assert shown.evaluate("image => image.naturalWidth") == 1600
    receipt = resident.page.url.rsplit("/", 1)[1]
    _goes_back_and_sends_again(resident, receipt)
    return receipt


def _goes_back_and_sends_again(resident: Person, receipt: str) -> None:
    """After Back nothing typed is lost, and what is sent again is the same case."""
    resident.page.go_back()
    assert resident.page.get_by_label("请写几句").input_value() == "门口台阶松了，老人差点摔倒。"
    resident.presses("提交")
    resident.reads("回执编号")
    assert resident.page.url.rsplit("/", 1)[1] == receipt


def _takes_it_up_and_declares(worker: Staff) -> None:
    worker.follows(re.compile("道路和公共设施"))
    assert worker.page.locator(".photos img").evaluate("image => image.naturalWidth") == 1600
    worker.looks("case-with-a-photo")
    worker.presses("我来办")
    worker.writes("做了什么", "台阶修好了。")
    worker.presses("报办结")
