"""A community office plans the week of twelve grids without touching a mouse: the keys are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from huying.base import clock
from tests.support.actors import PASSWORD, Staff
from tests.support.browser import chromium
from tests.support.servers import Installation, free_port

pytestmark = [pytest.mark.browser, pytest.mark.server]

GRIDS = 12
KEY_S, THOUGHT_S = 0.28, 1.35
"""An average typist's key, and a thought before each choice: Card, Moran and Newell (1980), table 2."""
TWO_MINUTES = 120


@dataclass
class Hands:
    """Two hands on a keyboard: every key is pressed in the browser, and counted."""

    page: Page
    keys: int = 0
    thoughts: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def write(self, text: str) -> None:
        for sign in text:
            self.press(sign)

    def think(self) -> None:
        self.thoughts += 1

    def tab_to(self, what: str) -> None:
        for _key in range(60):
            self.press("Tab")
            if self.page.evaluate(
                "document.activeElement.matches(arguments)".replace("arguments", repr(what))
            ):
                return
        pytest.fail(f"no way by Tab to {what}")

    @property
    def seconds(self) -> float:
        return self.keys * KEY_S + self.thoughts * THOUGHT_S


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A community of twelve grids, each held by nobody yet, and its office signed in."""
    folder = tmp_path_factory.mktemp("week")
    public = Installation("feedback", folder / "public", free_port())
    areas = "编号,上级编号,层级,名称,网格类型\nC,,city,云川市（虚构）,\nM,C,community,春一社区,\n"
    areas += "".join(f"G{n:02d},M,grid,第{n}网格,老旧小区\n" for n in range(1, GRIDS + 1))
    long_ago = clock.day(clock.now() - timedelta(days=60))
    then = clock.day(clock.now() - timedelta(days=59))
    staff = "工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束\n"
    staff += "".join(
        f"{n:02d},网格员{n},G{n:02d},+9991000{n:04d},,{long_ago},{then}\n" for n in range(1, GRIDS + 1)
    )
    for name, text in {"areas": areas, "staff": staff}.items():
        file = folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        public.run(f"import-{name}", str(file))
    public.run(
        "account",
        "office",
        "--role",
        "grid_office",
        "--name",
        "office",
        "--password-file",
        "-",
        stdin=PASSWORD,
    )
    with public.serving(), chromium() as browser:
        person = Staff(browser, public.url, "office")
        person.signs_in()
        yield person


def next_week(office: Staff) -> str:
    return clock.day(clock.now() + timedelta(days=7))


@pytest.fixture(scope="module")
def entered(office) -> Hands:
    """The hands that entered the next week."""
    office.opens(f"/roster/?of={next_week(office)}")
    hands = Hands(office.page)
    for number in range(1, GRIDS + 1):
        hands.tab_to("td select")
        hands.think()
        hands.write(f"{number:02d}")
    hands.tab_to("form[action*=save] button[type=submit]")
    hands.think()
    hands.press("Enter")
    office.reads("已保存，12 个网格有变化。")
    office.looks("week-entered")
    chosen = [each.input_value() for each in office.page.locator("td select").all()]
    assert chosen == [f"{number:02d}" for number in range(1, GRIDS + 1)]
    return hands


def test_a_week_of_twelve_grids_is_entered_in_under_two_minutes(entered):
    assert entered.seconds < TWO_MINUTES, (entered.keys, entered.seconds)
    print(f"{entered.keys} keys, {entered.thoughts} thoughts: {entered.seconds:.0f} s")


@pytest.mark.usefixtures("entered")
def test_the_next_one_is_copied_with_one_change_in_a_quarter_of_that(office):
    after = clock.day(clock.now() + timedelta(days=14))
    office.opens(f"/roster/?of={after}")
    hands = Hands(office.page)
    hands.think()
    hands.tab_to("a[href*='copy=1']")
    hands.press("Enter")
    office.reads("已按上一周填好")
    hands.tab_to("td select")
    hands.think()
    hands.write("03")
    hands.tab_to("form[action*=save] button[type=submit]")
    hands.press("Enter")
    office.reads("已保存，12 个网格有变化。")
    assert hands.seconds < TWO_MINUTES / 4, (hands.keys, hands.seconds)
    print(f"{hands.keys} keys, {hands.thoughts} thoughts: {hands.seconds:.0f} s")
