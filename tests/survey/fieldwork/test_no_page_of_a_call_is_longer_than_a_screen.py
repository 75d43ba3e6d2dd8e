"""Every page of a call stands on 1024 by 768 and keeps nobody out, in both languages: items, coding steps."""

from __future__ import annotations

import pytest

from tests.support.browser import violations
from tests.survey.fieldwork.test_an_interviewers_hands import ANSWERS, app, at_the_seat, hands
from tests.survey.hands import SCREEN, Hands

__all__ = ["app", "at_the_seat", "hands"]

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.slow]

TOO_LONG = "document.documentElement.scrollHeight - innerHeight"
TOO_WIDE = "document.documentElement.scrollWidth - innerWidth"
FIVE_LEVELS = {"SA", "SB", "SC", "SD", "G1"}
ASKED = {**ANSWERS, "V1": "1", "E1": "1", "E1A": "1", "E4": "3", "E5": "2"}


def speaks(hands: Hands, language: str) -> None:
    url = hands.page.url.split("/interview/")[0]
    hands.page.context.add_cookies([{"name": "lang", "value": language, "url": url}])


def measured(hands: Hands, *paths: str) -> dict[str, int]:
    """What of the page in hand, or of these, sticks out, in both languages."""
    found = {}
    for path in paths or (hands.page.url,):
        for language in ("zh", "en"):
            speaks(hands, language)
            hands.page.goto(path)
            over = max(hands.page.evaluate(TOO_LONG), hands.page.evaluate(TOO_WIDE))
            if over > 0:
                found[f"{path.rpartition('/')[2]} {language}"] = over
            assert violations(hands.page) == [], (path, language)
    speaks(hands, "zh")
    hands.page.goto(paths[0] if paths else hands.page.url)
    return found


def test_every_page_of_a_call_in_both_languages(hands: Hands) -> None:
    hands.page.set_viewport_size(SCREEN)
    over: dict[str, int] = {}
    hands.takes_the_next()
    over |= measured(hands)
    speaks(hands, "en")
    hands.page.reload()
    hands.enter()
    if (sticks := hands.page.evaluate(TOO_LONG)) > 0:
        over["call en"] = sticks
    hands.enter("0")
    asked = set()
    while hands.item != "coding":
        asked.add(hands.item)
        coding = hands.page.url.rpartition("/")[0] + "/coding"
        over |= measured(hands)
        if hands.item in {"C1", "S2A", "A2", "SA"}:
            here = hands.page.url
            ways = (
                f"{coding}?who=1",
                f"{coding}?who=2",
                f"{coding}?who=3",
                f"{coding}?who=4",
                f"{coding}?later=1",
            )
            over |= {f"{hands.item}: {name}": n for name, n in measured(hands, coding, *ways).items()}
            hands.page.goto(here)
        hands.enter(ASKED.get(hands.item, "1"))
    over |= measured(hands)
    assert over == {}
    assert {"A1", "G1"} <= asked
