"""The people of the stories, each in an own window of a real browser, without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.support.browser import picture, window

PASSWORD = "a-long-password"
PATIENCE = 10_000


class Person:
    """Somebody at a browser."""

    def __init__(self, browser: Browser, url: str, name: str) -> None:
        self.url, self.name = url, name
        self.page: Page = window(browser).new_page()
        self.page.set_default_timeout(PATIENCE)

    def opens(self, path: str) -> None:
        """Go to an address of the side."""
        self.page.goto(self.url + path)

    def looks(self, what: str) -> None:
        """Look at the page; it is kept as a picture, if pictures are wanted."""
        picture(self.page, f"{self.name}-{what}")

    def reads(self, text: str) -> None:
        """Expect a text on the page."""
        expect(self.page.locator("body")).to_contain_text(text)

    def presses(self, label: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=label, exact=True).click()

    def follows(self, label: str | re.Pattern[str]) -> None:
        """Follow a link."""
        self.page.get_by_role("link", name=label).first.click()

    def writes(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.page.get_by_label(label).first.fill(text)

    def ticks(self, legend: str, label: str) -> None:
        """Choose one of a group."""
        self.page.get_by_role("group", name=re.compile(f"^{re.escape(legend)}")).get_by_label(
            label, exact=True
        ).check()

    def picks(self, label: str, option: str | re.Pattern[str]) -> None:
        """Choose from a list by what its option says."""
        box = self.page.get_by_label(label).first
        wanted = box.locator("option").filter(has_text=option).first
        box.select_option(value=wanted.get_attribute("value"))

    def brings(self, label: str, file: Path) -> None:
        """Choose a file."""
        self.page.get_by_label(label).first.set_input_files(file)


class Staff(Person):
    """Somebody with an account."""

    def signs_in(self) -> None:
        """Sign in; the login is the person's name."""
        self.opens("/sign-in")
        self.writes("登录名", self.name)
        self.writes("密码", PASSWORD)
        self.presses("登录")


class Interviewer(Staff):
    """Somebody who calls."""

    def takes_the_next(self) -> bool:
        """Ask for the next case; return whether there was one."""
        self.opens("/interview/")
        self.presses("下一户")
        return "nothing" not in self.page.url

    def reaches(self) -> None:
        """Dial, and be answered."""
        self.presses("拨打")
        self.presses("接通了，开始")

    def asks_all(self, answers: dict[str, str], *, look: bool = False) -> None:
        """Ask every question of the path, typing the codes of `answers`, and code the call as complete."""
        while (item := urlsplit(self.page.url).path.rsplit("/", 1)[1]) != "coding":
            if look and item in {"C1", "A2", "G1", "O1"}:
                self.looks(f"question-{item}")
            self._types(answers[item])
        if look:
            self.looks("coding")
        self.page.get_by_label("完整访问").check()
        self.page.locator("main button[type=submit]").first.click()

    def _types(self, code: str) -> None:
        box = self.page.locator("#code, textarea[name=value]").first
        box.fill(code)
        self.page.get_by_role("button", name="保存，下一题").first.click()
