"""What may happen to a case: every step has its actor, its state and its next holder; all else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback.cases.rules.desks import CLOCKS, Staffing, desk, hand_of, keeper_after, moves
from feedback.cases.rules.lifecycle import (
    COORDINATION,
    DISTRICT,
    EVENTS,
    NOBODY,
    PAUSES,
    RULES,
    RUNNING,
    STATES,
    TABLE,
    WORKED,
    Hand,
    Standing,
    allowed,
    department,
    kind,
    next_state,
)
from feedback.cases.rules.requests import REFUSALS, check_refusal, event_of_word
from huying.base.errors import Conflict, Forbidden, Invalid, Refused

WATER, URBAN, OFFICE = department("water"), department("urban"), COORDINATION
ACTORS = ("worker", "unit", "resident", "clock", "operator", "import", "reviewer", WATER, URBAN, OFFICE)
HOLDERS = ("worker", "unit", WATER, COORDINATION, DISTRICT, "resident", "pause:weather")
EVENTS_AFTER_OPENING = [event for event in EVENTS if event != "open"]


def go(
    standing: Standing | None,
    event: str,
    actor: str,
    *,
    keeper: str = NOBODY,
    lead: str = NOBODY,
    **more: object,
) -> Standing:
    state, holder = (standing.state, standing.holder) if standing else (None, NOBODY)
    hand = Hand(actor, holder, keeper, lead=lead)
    return next_state(state, event, hand=hand, **more)  # type: ignore[arg-type]


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
    to=st.sampled_from([None, WATER, URBAN, OFFICE, "weather"]),
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
        assert kind(after.holder) in {"worker", "unit", "dept", "resident", "pause", ""}
        assert actor in {standing.holder, "resident", "clock", "reviewer"}


@settings(deadline=None)
@given(standing=standings, actor=st.sampled_from(ACTORS))
def test_a_page_offers_what_would_not_be_refused_and_nothing_else(standing, actor):
    offered = allowed(standing.state, Hand(actor, standing.holder))
    for event in EVENTS_AFTER_OPENING:
        to = "weather" if event == "pause" else URBAN
        after = attempt(standing, event, actor, to=to, asked_from=Standing("answered", "worker"))
        assert (event in offered) is not isinstance(after, Conflict | Forbidden)


@settings(deadline=None)
@given(path=st.lists(st.tuples(st.sampled_from(EVENTS_AFTER_OPENING), st.sampled_from(ACTORS)), max_size=25))
def test_on_every_path_somebody_holds_the_case_until_it_is_over(path):
    standing, asked = go(None, "open", "resident"), None
    for event, actor in path:
        to = "court" if event == "pause" else URBAN
        after = attempt(standing, event, actor, to=to, asked_from=asked)
        if isinstance(after, Refused):
            continue
        asked = standing if event in {"ask", "pause"} else asked
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
    assert {"refused", "waiting", "paused", "declared"} == RUNNING - WORKED
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
    refused = go(standing, "refuse", WATER)
    assert refused == Standing("refused", OFFICE)
    assert go(refused, "whistle", OFFICE, to=URBAN) == Standing("whistled", URBAN)


def test_the_coordinators_office_never_declares_solved():
    with pytest.raises(Conflict, match="不能报告办结"):
        go(Standing("refused", OFFICE), "declare", OFFICE)


def test_who_was_named_to_lead_can_not_refuse():
    for standing in (WHISTLED, ACCEPTED):
        with pytest.raises(Forbidden, match="首接负责"):
            go(standing, "refuse", WATER, lead=WATER)
        assert "refuse" not in allowed(standing.state, Hand(WATER, WATER, WATER, lead=WATER))


@pytest.mark.parametrize("office", [COORDINATION, DISTRICT, department("grid_office")])
def test_nobody_whistles_to_the_offices_above(office):
    with pytest.raises(Invalid, match="办事的部门"):
        go(ANSWERED, "whistle", "worker", to=office)


def test_the_coordinator_sends_back_to_the_grid_and_what_nobody_leads_is_the_districts():
    refused = Standing("refused", COORDINATION)
    assert go(refused, "return", COORDINATION) == Standing("answered", "worker")
    assert go(refused, "return", COORDINATION, desk="unit") == Standing("answered", "unit")
    fallen = go(refused, "backstop", "clock")
    assert fallen == Standing("answered", DISTRICT)
    assert go(fallen, "whistle", DISTRICT, to=URBAN) == Standing("whistled", URBAN)
    assert go(fallen, "declare", DISTRICT) == Standing("declared", "resident")


def test_only_a_reviewer_ends_what_is_out_of_scope():
    refused = Standing("refused", COORDINATION)
    assert go(refused, "out_of_scope", "reviewer") == Standing("ended", NOBODY)
    with pytest.raises(Forbidden):
        go(refused, "out_of_scope", COORDINATION)


@pytest.mark.parametrize("reason", sorted(PAUSES))
def test_a_pause_has_a_listed_reason_and_ends_where_it_began(reason):
    paused = go(ACCEPTED, "pause", WATER, to=reason)
    assert paused == Standing("paused", f"pause:{reason}")
    assert go(paused, "resume", WATER, keeper=WATER, asked_from=ACCEPTED) == ACCEPTED
    assert go(paused, "void", "clock", keeper=WATER, asked_from=ACCEPTED) == ACCEPTED
    with pytest.raises(Invalid, match="暂停的理由"):
        go(ACCEPTED, "pause", WATER, to="busy")


def test_whoever_has_the_desk_by_then_takes_a_question_back():
    waiting = go(ANSWERED, "ask", "worker")
    assert go(waiting, "recall", "unit", keeper="unit", asked_from=ANSWERED) == Standing("answered", "unit")


staffings = st.builds(
    Staffing,
    st.booleans(),
    st.booleans(),
    st.sets(st.sampled_from([WATER, URBAN, DISTRICT])).map(frozenset),
    st.just(True),
)


@settings(deadline=None)
@given(
    state=st.sampled_from(sorted(RUNNING)),
    holder=st.sampled_from(HOLDERS),
    keeper=st.sampled_from(HOLDERS[:5]),
    staffing=staffings,
)
def test_in_every_state_and_hand_some_desk_has_a_move_while_there_is_a_coordinator(
    state, holder, keeper, staffing
):
    if not _can_be(state, holder, keeper):
        return
    keeper = keeper_after(holder, before=keeper)
    where = desk(keeper, staffing)
    assert where is not None
    found = moves(state, hand=hand_of(where, holder=holder, keeper=keeper))
    assert found
    assert set(found) <= set(EVENTS)


def _can_be(state: str, holder: str, keeper: str) -> bool:
    """Tell whether histories lead there: who waits, waits with the resident; what was refused is above."""
    waits = {"waiting": "resident", "declared": "resident", "paused": "pause:weather"}
    if state in waits or holder in waits.values():
        return waits.get(state) == holder and keeper != COORDINATION
    by_state = {
        "registered": ("worker", "unit", WATER),
        "contested": ("unit",),
        "refused": (COORDINATION,),
        "whistled": (WATER,),
        "accepted": (WATER,),
        "answered": ("worker", "unit", DISTRICT),
    }
    return holder in by_state[state]


def test_without_any_account_a_case_is_on_no_desk():
    assert desk("worker", Staffing(False, False, frozenset(), False)) is None


def test_a_desk_that_only_waits_names_the_clock_that_ends_the_wait():
    assert moves("declared", hand=hand_of("worker", holder="resident", keeper="worker")) == ("lapse",)
    assert set(CLOCKS) == {"declared"}


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
    with pytest.raises(Forbidden, match="不在您手里"):
        go(contested, "answer", "worker")
    assert go(go(contested, "answer", "unit"), "whistle", "unit", to=WATER) == Standing("whistled", WATER)


def test_an_office_takes_over_only_where_it_stands_in():
    held = Standing("whistled", WATER)
    with pytest.raises(Forbidden):
        go(held, "take_over", COORDINATION, keeper=WATER)
    hand = Hand(COORDINATION, WATER, WATER, stands_in=True)
    assert next_state("whistled", "take_over", hand=hand) == Standing("refused", COORDINATION)
    hand = Hand("unit", "worker", "worker", stands_in=True)
    assert next_state("registered", "take_over", hand=hand) == Standing("answered", "unit")


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
