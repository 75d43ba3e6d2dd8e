"""Two hands on a keyboard before the interviewer's desk in a real browser, and a look at what it shows."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support.browser import violations

SCREEN = {"width": 1024, "height": 768}
FITS = "document.documentElement.scrollHeight <= innerHeight"
UNDER_THE_HAND = "button[autofocus]:focus"
SCRIPT, TAKEN = "script[src$='desk.js']", "html[data-keys=on]"
"""Where the page takes keys, it says from when on it does."""
ENOUGH = 40
"""So many times Tab leads anywhere on a page of a call."""


@dataclass
class Hands:
    """Every key is pressed once its page is seen, and counted."""

    page: Page
    keys: int = 0

    def press(self, key: str) -> None:
        """Press one key."""
        self.page.wait_for_selector(TAKEN)
        self.page.keyboard.press(key)
        self.keys += 1

    def goes(self, key: str) -> None:
        """Press one key that leads to a page."""
        self.page.wait_for_selector(TAKEN)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.keys += 1

    def enter(self, codes: str = "") -> None:
        """Type a code and save it; wait for the next page."""
        for sign in codes:
            self.press(sign)
        self.goes("Enter")

    def takes_the_next(self) -> None:
        """Press Enter on the button that waits under the hand."""
        self.page.wait_for_selector(UNDER_THE_HAND)
        if self.page.locator(SCRIPT).count():
            self.page.wait_for_selector(TAKEN)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.keys += 1

    def tabs_to(self, what: str, key: str = "Tab") -> None:
        """Press Tab until the focus is on what the selector says."""
        for _ in range(ENOUGH):
            self.press(key)
            if self.page.evaluate("what => document.activeElement.matches(what)", what):
                return
        message = f"no way by {key} to {what}"
        raise AssertionError(message)

    @property
    def item(self) -> str:
        """The last part of the address: the question's code, or the step of the call."""
        return self.page.url.partition("?")[0].rsplit("/", 1)[1]


def look(hands: Hands) -> None:
    """Every page of a call fits the screen and keeps nobody out."""
    assert hands.page.evaluate(FITS), hands.page.url
    assert violations(hands.page) == [], hands.page.url
