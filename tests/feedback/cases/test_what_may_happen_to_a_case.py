"""What may happen to a case: every step has its actor, its state and its next holder; all else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.cases.rules.lifecycle import (
    EVENTS,
    NOBODY,
    REFUSALS,
    RULES,
    RUNNING,
    STATES,
    TABLE,
    WORKED,
    Standing,
    allowed,
    check_refusal,
    department,
    event_of_word,
    kind,
    next_state,
)
from huying.base.errors import Conflict, Forbidden, Invalid, Refused

WATER, URBAN, OFFICE = department("water"), department("urban"), department("coordinator")
ACTORS = ("worker", "unit", "resident", "clock", "operator", "import", WATER, URBAN, OFFICE)
EVENTS_AFTER_OPENING = [event for event in EVENTS if event != "open"]


def go(standing: Standing | None, event: str, actor: str, **more: object) -> Standing:
    state, holder = (standing.state, standing.holder) if standing else (None, NOBODY)
    return next_state(state, event, actor=actor, holder=holder, **more)  # type: ignore[arg-type]


def attempt(standing: Standing, event: str, actor: str, **more: object) -> Standing | Refused:
    try:
        return go(standing, event, actor, **more)
    except Refused as refusal:
        return refusal


def walk(*moves: tuple[str, str] | tuple[str, str, str]) -> Standing:
    standing = go(None, "open", "resident")
    for event, actor, *to in moves:
        standing = go(standing, event, actor, to=to[0] if to else None)
    return standing


ANSWERED = walk(("answer", "worker"))
WHISTLED = walk(("answer", "worker"), ("whistle", "worker", WATER))
ACCEPTED = walk(("answer", "worker"), ("whistle", "worker", WATER), ("accept", WATER))
DECLARED = walk(("answer", "worker"), ("declare", "worker"))
standings = st.builds(
    Standing,
    st.sampled_from(sorted(STATES)),
    st.sampled_from(["worker", "unit", "resident", WATER, OFFICE, NOBODY]),
)


@settings(deadline=None)
@given(
    standing=standings,
    event=st.sampled_from(EVENTS_AFTER_OPENING),
    actor=st.sampled_from(ACTORS),
    to=st.sampled_from([None, WATER, URBAN, OFFICE]),
)
def test_a_step_is_in_the_table_or_refused_with_a_sentence(standing, event, actor, to):
    after = attempt(standing, event, actor, to=to, asked_from=Standing("answered", "worker"))
    if isinstance(after, Refused):
        assert after.message.endswith("。")
        assert after.status in {403, 409, 422}
    else:
        assert kind(actor) in RULES[event, standing.state].who
        assert after.state in STATES
        assert after.over is (after.state not in RUNNING) or standing.over
        assert kind(after.holder) in {"worker", "unit", "dept", "resident", ""}
        assert actor in {standing.holder, "resident", "clock"} or event == "answer"


@settings(deadline=None)
@given(standing=standings, actor=st.sampled_from(ACTORS))
def test_a_page_offers_what_would_not_be_refused_and_nothing_else(standing, actor):
    offered = allowed(standing.state, actor=actor, holder=standing.holder)
    for event in EVENTS_AFTER_OPENING:
        after = attempt(standing, event, actor, to=URBAN, asked_from=Standing("answered", "worker"))
        assert (event in offered) is not isinstance(after, Conflict | Forbidden)


@settings(deadline=None)
@given(path=st.lists(st.tuples(st.sampled_from(EVENTS_AFTER_OPENING), st.sampled_from(ACTORS)), max_size=25))
def test_on_every_path_somebody_holds_the_case_until_it_is_over(path):
    standing, asked = go(None, "open", "resident"), None
    for event, actor in path:
        after = attempt(standing, event, actor, to=OFFICE if event == "refuse" else URBAN, asked_from=asked)
        if isinstance(after, Refused):
            continue
        asked = standing if event == "ask" else asked
        standing = after
        assert standing.over is (standing.state in {"confirmed", "unconfirmed", "ended"})


@pytest.mark.parametrize("state", sorted(STATES))
def test_only_the_resident_says_solved_or_not_solved(state):
    for event in ("confirm", "contest", "unsure", "withdraw", "reply"):
        for actor in set(ACTORS) - {"resident"}:
            with pytest.raises(Refused):
                go(Standing(state, actor), event, actor)


def test_the_table_speaks_of_every_state_and_event_that_has_a_name_and_of_no_other():
    resumed = {"asked"}
    assert {rule.event for rule in TABLE} | {"open"} == set(EVENTS)
    sources = frozenset().union(*(rule.sources for rule in TABLE))
    assert {rule.state for rule in TABLE} - resumed | sources | {"registered"} == set(STATES)


def test_a_case_is_worked_on_waits_or_is_over():
    assert NOBODY == ""
    assert {"registered", "answered", "whistled", "accepted", "contested"} == WORKED
    assert set(STATES) - {"confirmed", "unconfirmed", "ended"} == RUNNING


@pytest.mark.parametrize("state", ["registered", "answered", "whistled", "accepted", "contested"])
@pytest.mark.parametrize("holder", ["worker", "unit", WATER])
def test_who_works_on_a_case_asks_the_resident_or_declares_it_solved(state, holder):
    held = Standing(state, holder)
    assert go(held, "ask", holder) == Standing("waiting", "resident")
    assert go(held, "declare", holder) == Standing("declared", "resident")
    answered = go(Standing("waiting", "resident"), "reply", "resident", asked_from=held)
    assert answered == held


@pytest.mark.parametrize(
    ("state", "over", "opens_round"),
    [(state, state in {"confirmed", "unconfirmed", "ended"}, state == "contested") for state in STATES],
)
def test_a_standing_tells_whether_it_is_over_and_whether_a_round_begins(state, over, opens_round):
    standing = Standing(state, NOBODY if over else "worker")
    assert (standing.over, standing.opens_round) == (over, opens_round)


@pytest.mark.parametrize("actor", ["resident", "operator", "worker", "unit"])
def test_who_opens_a_case_on_the_ground(actor):
    assert go(None, "open", actor) == Standing("registered", "worker")


def test_an_opened_case_is_with_the_worker_or_with_the_unit_of_a_vacant_grid():
    assert go(None, "open", "resident") == Standing("registered", "worker")
    assert go(None, "open", "operator", desk="unit") == Standing("registered", "unit")


def test_an_imported_case_is_with_its_department_which_may_declare_it():
    imported = go(None, "open", "import", to=WATER)
    assert imported == Standing("registered", WATER)
    assert go(imported, "declare", WATER) == Standing("declared", "resident")


def test_a_case_is_opened_once():
    with pytest.raises(Conflict, match="已经登记"):
        go(ANSWERED, "open", "resident")


def test_a_department_opens_no_case():
    with pytest.raises(Forbidden, match="不能登记"):
        go(None, "open", WATER)


def test_the_clock_is_the_departments_from_the_whistle_on():
    assert (WHISTLED.state, WHISTLED.holder) == ("whistled", WATER)
    assert (ACCEPTED.state, ACCEPTED.holder) == ("accepted", WATER)


@pytest.mark.parametrize("to", [None, "", "worker", "dept:", "resident"])
def test_a_whistle_needs_a_department(to):
    with pytest.raises(Invalid, match="部门"):
        go(ANSWERED, "whistle", "worker", to=to)


def test_another_department_can_not_accept():
    with pytest.raises(Forbidden, match="不在您手里"):
        go(WHISTLED, "accept", URBAN)


@pytest.mark.parametrize("standing", [WHISTLED, ACCEPTED])
def test_a_refusal_goes_up_to_the_coordinators_office_and_not_back_to_the_worker(standing):
    refused = go(standing, "refuse", WATER, to=OFFICE)
    assert refused == Standing("refused", OFFICE)
    assert go(refused, "whistle", OFFICE, to=URBAN) == Standing("whistled", URBAN)


def test_the_coordinators_office_never_declares_solved():
    with pytest.raises(Conflict, match="不能报告办结"):
        go(Standing("refused", OFFICE), "declare", OFFICE)


def test_a_department_can_not_refuse_to_itself():
    with pytest.raises(Invalid, match="自己"):
        go(WHISTLED, "refuse", WATER, to=WATER)


def test_what_a_department_has_done_comes_back_to_the_ground():
    assert go(ACCEPTED, "done", WATER) == Standing("answered", "worker")
    assert go(ACCEPTED, "done", WATER, desk="unit") == Standing("answered", "unit")


def test_a_question_waits_with_the_resident_and_the_reply_goes_to_the_asker():
    waiting = go(ACCEPTED, "ask", WATER)
    assert waiting == Standing("waiting", "resident")
    assert go(waiting, "reply", "resident", asked_from=ACCEPTED) == ACCEPTED


def test_a_reply_without_a_question_is_refused():
    with pytest.raises(Conflict, match="没有等您回复"):
        go(Standing("waiting", "resident"), "reply", "resident")


@pytest.mark.parametrize(
    ("event", "actor", "after"),
    [
        ("confirm", "resident", Standing("confirmed", NOBODY)),
        ("contest", "resident", Standing("contested", "unit")),
        ("unsure", "resident", Standing("unconfirmed", NOBODY)),
        ("lapse", "clock", Standing("unconfirmed", NOBODY)),
        ("withdraw", "resident", Standing("ended", NOBODY)),
    ],
)
def test_a_declared_case_waits_for_the_resident(event, actor, after):
    assert (DECLARED.state, DECLARED.holder) == ("declared", "resident")
    assert go(DECLARED, event, actor) == after


def test_not_solved_opens_the_next_round_one_level_above():
    contested = go(DECLARED, "contest", "resident")
    assert contested.opens_round
    assert go(contested, "answer", "unit") == Standing("answered", "unit")
    assert go(contested, "answer", "worker") == Standing("answered", "unit")
    assert go(go(contested, "answer", "unit"), "whistle", "unit", to=WATER) == Standing("whistled", WATER)


def test_a_worker_takes_up_what_waited_for_one_in_a_vacant_grid():
    assert go(Standing("registered", "unit"), "answer", "worker") == Standing("answered", "worker")


def test_a_silent_case_is_never_solved_but_a_later_not_solved_reopens_it():
    silent = go(DECLARED, "lapse", "clock")
    with pytest.raises(Conflict, match="未获确认"):
        go(silent, "confirm", "resident")
    assert go(silent, "contest", "resident") == Standing("contested", "unit")


@pytest.mark.parametrize("state", ["confirmed", "unconfirmed", "ended"])
def test_what_is_over_can_not_be_withdrawn(state):
    with pytest.raises(Conflict, match="不能撤回"):
        go(Standing(state, NOBODY), "withdraw", "resident")


def test_an_unknown_event_is_refused():
    with pytest.raises(Invalid, match="没有这种操作"):
        go(ANSWERED, "vanish", "worker")


@pytest.mark.parametrize(
    ("solved", "event"), [("solved", "confirm"), ("unsure", "unsure"), ("not_solved", "contest")]
)
def test_what_the_resident_says_of_the_matter_decides_and_no_mark_does(solved, event):
    assert event_of_word(solved) == event


def test_a_word_outside_the_three_is_refused():
    with pytest.raises(Invalid, match="说不清"):
        event_of_word("")


@pytest.mark.parametrize("reason", ["not_ours", "missing_fact", "done", "law_forbids"])
def test_a_refusal_needs_what_its_reason_has_to_bring(reason):
    check_refusal(reason, text="应由区城管委办理")
    with pytest.raises(Invalid, match="请写明"):
        check_refusal(reason, text=" ")


def test_a_refusal_needs_a_listed_reason():
    assert len(REFUSALS) == 4
    with pytest.raises(Invalid, match="理由"):
        check_refusal("busy", text="忙")
