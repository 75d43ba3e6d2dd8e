"""Who is told of what by which way, and by which names desks, events and deadlines stand in the table."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback.notices import rules
from feedback.roles import OFFICE
from huying.messaging.hours import ASKED, URGENT, USUAL

Told = tuple[str, tuple[str, ...], int]
PHONE, OFFICE_WIDE = ("voice", "sms"), ("chat", "mail")
RUNG = [("first", PHONE, 0), ("second", PHONE, 3), ("third", PHONE, 6), ("group", OFFICE_WIDE, 0)]
CHASED = [("group", OFFICE_WIDE, 0), ("leader", PHONE, 0), ("first", PHONE, 6)]
GROUP = [("group", OFFICE_WIDE, 0)]
LED = [*GROUP, ("leader", ("sms",), 0)]
HOLDER, FORMER = ("holder", ("sms",), 0), ("former", ("sms",), 0)


def staff(event: str, urgency: str, desk: str) -> list[Told]:
    """Return who of the staff is told, by which ways, after how many minutes."""
    found = rules.lines(event, urgency=urgency, desk=desk)
    return [
        (each.who, each.by, int(each.after / timedelta(minutes=1)))
        for each in found
        if each.who != "resident"
    ]


@pytest.mark.parametrize(
    ("event", "desk", "told"),
    [
        *((event, desk, RUNG) for event in ("open", "contest") for desk in ("worker", "office")),
        ("handed", "worker", RUNG),
        ("handed", "department", RUNG),
        ("whistle", "department", CHASED),
        ("refuse", "coordination", CHASED),
        ("untaken", "worker", CHASED),
        ("escalate", "worker", [("group", OFFICE_WIDE, 0), ("leader", PHONE, 0)]),
        ("reassign", "worker", [("holder", PHONE, 0), FORMER]),
    ],
)
def test_of_danger(event: str, desk: str, told: list[Told]) -> None:
    assert staff(event, "life", desk) == told
    lines = rules.lines(event, urgency="life", desk=desk)
    urgent = {each.who for each in lines if each.priority == URGENT}
    assert urgent == {each.who for each in lines} - {"resident", "former"}


@pytest.mark.parametrize(
    ("event", "desk", "told"),
    [
        *((event, "worker", [HOLDER]) for event in ("open", "contest", "done", "handed")),
        *((event, "office", LED) for event in ("open", "contest")),
        ("whistle", "department", GROUP),
        ("refuse", "coordination", GROUP),
        *((event, desk, LED) for event in ("untaken", "escalate") for desk in ("worker", "department")),
        ("own", "office", GROUP),
        ("handed", "department", GROUP),
        ("reassign", "worker", [HOLDER, FORMER]),
        ("done", "department", []),
        ("accept", "worker", []),
    ],
)
def test_of_what_is_no_danger(event: str, desk: str, told: list[Told]) -> None:
    assert staff(event, "ordinary", desk) == told
    assert all(each.priority != URGENT for each in rules.lines(event, urgency="ordinary", desk=desk))


@pytest.mark.parametrize("urgency", ["life", "ordinary"])
def test_a_resident_is_told_by_message_that_it_was_taken_passed_on_or_begun_anew(urgency: str) -> None:
    templates = {"open": "receipt", "whistle": "transfer", "refuse": "refused", "contest": "next_round"}
    for event in rules.SAYS:
        line = rules.line_of("resident", event, urgency=urgency, desk="worker")
        assert (line.template if line else None) == templates.get(event)
        if line:
            assert (line.by, line.priority) == (("sms",), ASKED if event == "open" else USUAL)


def test_a_group_is_told_of_danger_every_half_hour_and_people_are_rung_ever_more_slowly() -> None:
    group = rules.line_of("group", "open", urgency="life", desk="worker")
    first = rules.line_of("first", "open", urgency="life", desk="worker")
    assert group is not None
    assert first is not None
    assert group.again == (timedelta(minutes=30),)
    assert list(first.again) == [timedelta(minutes=each) for each in (2, 2, 2, 5, 5, 10, 30)]
    assert rules.line_of("nobody", "open", urgency="life", desk="worker") is None


@pytest.mark.parametrize(
    ("holder", "desk"),
    [
        ("worker", "worker"),
        (OFFICE, "office"),
        ("dept:coordination", "coordination"),
        ("dept:water", "department"),
        ("resident", ""),
        ("", ""),
    ],
)
def test_a_holder_sits_at_one_kind_of_desk(holder: str, desk: str) -> None:
    assert rules.desk_of(holder) == desk


@pytest.mark.parametrize(
    ("event", "actor", "name"),
    [
        ("open", OFFICE, "own"),
        ("open", "resident", "open"),
        ("contest", OFFICE, "contest"),
        ("escalated", "clock", "escalate"),
        ("escalate", "clock", "escalate"),
        ("handed_over", "worker", "handed"),
        ("hand", "worker", "handed"),
        ("reassign", "office", "reassign"),
    ],
)
def test_an_event_has_one_name_in_the_table(event: str, actor: str, name: str) -> None:
    assert rules.event_of(event, actor=actor) == name


@pytest.mark.parametrize("state", ["registered", "contested", "whistled", "refused", "accepted", "declared"])
def test_a_deadline_for_taking_a_case_up_is_named_so_while_somebody_still_has_to(state: str) -> None:
    waits = state in {"registered", "contested", "whistled", "refused"}
    assert rules.event_of_deadline("accept", state=state) == ("untaken" if waits else "escalate")
    assert rules.event_of_deadline("due", state=state) == "escalate"


def test_a_desk_is_told_in_few_words_what_has_happened() -> None:
    assert all(2 <= len(words) <= 5 for words in rules.SAYS.values())
    assert len(set(rules.SAYS.values())) == len(rules.SAYS)
    known = {event for event, _urgency, _desk in rules.TABLE} | rules.RESIDENTS.keys()
    assert rules.SAYS.keys() == known
