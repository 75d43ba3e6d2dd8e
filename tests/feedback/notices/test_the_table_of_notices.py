"""Who is told of what: life rings by day and night, a lamp post wakes nobody, and every text fits."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from feedback.cases.rules.categories import CATEGORIES
from feedback.cases.rules.deadlines import URGENCIES
from feedback.notices import rules
from huying.base import assets
from huying.messaging.carriers import LONGEST, body
from huying.messaging.hours import URGENT, USUAL
from tests.conftest import NOW

DESKS = ("worker", "office", "coordination", "department", "")
EVENTS = tuple(rules.SAYS)


@pytest.mark.parametrize("desk", ["worker", "office"])
def test_danger_rings_whoever_would_answer_a_call_until_somebody_takes_it(desk):
    told = {line.who: line for line in rules.lines("open", urgency="life", desk=desk)}
    for who, minutes in (("first", 0), ("second", 3), ("third", 6)):
        assert told[who].after == timedelta(minutes=minutes)
        assert told[who].by == ("voice", "sms")
        assert told[who].priority == URGENT
        assert told[who].again, "again and again"


def test_only_danger_may_wake_anybody():
    for event, urgency, desk in product(EVENTS, URGENCIES, DESKS):
        for line in rules.lines(event, urgency=urgency, desk=desk):
            if line.priority == URGENT:
                assert urgency == "life"
            if line.who != "resident" and urgency != "life":
                assert (line.priority, line.again) == (USUAL, ())


def test_nobody_is_told_twice_of_one_step():
    for event, urgency, desk in product(EVENTS, URGENCIES, DESKS):
        told = [line.who for line in rules.lines(event, urgency=urgency, desk=desk)]
        assert len(told) == len(set(told))


def test_each_desk_that_gets_a_case_is_told():
    arrivals = (
        ("open", "worker"),
        ("open", "office"),
        ("contest", "office"),
        ("whistle", "department"),
        ("refuse", "coordination"),
        ("handed", "worker"),
        ("handed", "office"),
        ("escalate", "department"),
        ("untaken", "department"),
    )
    for (event, desk), urgency in product(arrivals, URGENCIES):
        assert [each for each in rules.lines(event, urgency=urgency, desk=desk) if each.who != "resident"]


def test_the_last_pause_between_two_rings_goes_on_for_ever():
    line = rules.RING[0]
    rung = partial(rules.next_at, line, now=NOW)
    waits = [rung(times=times, state="registered") - NOW for times in range(1, 20)]
    assert waits[:7] == list(rules.MINUTES)
    assert set(waits[6:]) == {timedelta(minutes=30)}
    assert rung(times=1, state="accepted") is None, "what somebody has taken rings nobody again"


def test_what_nobody_did_takes_nothing():
    assert not any(
        map(rules.takes, ("escalate", "escalated", "lapse", "clock.corrected", "open", "something new"))
    )
    assert all(
        map(rules.takes, ("answer", "accept", "whistle", "refuse", "declare", "withdraw", "handed_over"))
    )


@pytest.mark.parametrize("category", [*CATEGORIES, *rules.SHORT, "张三 13800000000"])
def test_a_matter_has_a_short_name_and_none_that_somebody_wrote(category):
    short = rules.matter(category)
    assert 0 < len(short) <= rules.LONGEST_MATTER
    assert not any(sign.isdigit() for sign in short)


LONGEST_WORDS = {
    "day": "23日",
    "place": "和平里北社区第12网格段"[: rules.LONGEST_PLACE].ljust(rules.LONGEST_PLACE, "段"),
    "spot": "第12网格",
    "matter": "六个字的事情",
    "code": "7K3M9Q",
    "receipt": "7K3M-9QDA-ABCD",
    "what": "转到您这里",
    "department": "城市管理综合执法",
    "round": "2",
    "hours": "336",
    "url": f"https://hy.example.cn/r/{'A' * 16}",
}


@pytest.mark.parametrize(
    "template", sorted(path.stem for path in (assets.folder("templates") / "messages").glob("*.txt"))
)
def test_every_message_fits_into_one_with_its_longest_words(template):
    words = LONGEST_WORDS | ({"place": "和平里社区第12网格段"[:11]} if template == "ping" else {})
    words |= {"day": "11月23日08:02"} if template in {"lapse", "gap", "swap"} else {}
    text = body(template, words)
    assert text.startswith("【呼应】")
    assert len(text.encode("utf-16-le")) // 2 <= LONGEST, text


def test_no_message_hints_at_an_answer():
    folder = Path(assets.folder("templates")) / "messages"
    for path in folder.glob("*.txt"):
        assert not any(word in path.read_text(encoding="utf-8") for word in ("满意", "好评", "没有解决"))
