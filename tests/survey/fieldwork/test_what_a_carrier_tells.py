"""What a carrier's word makes of a dial: temporary codes alone; when a number is doubted, or the line."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from huying.telephony.dialler import CAUSES, ENDS, HEARD, ON_THE_WAY, ProviderEvent, accepted, refused
from huying.telephony.fold import CallState, fold
from survey.fieldwork.rules import provider_results as rules
from survey.fieldwork.rules.attempts import TEMPORARY
from survey.fieldwork.rules.dials import TELLING, route
from survey.fieldwork.rules.provider_results import LineHealth, later_state, provider_code, refusal
from survey.fieldwork.rules.recording import STARTED, STOPPED, UNSURE, is_wanted, may_run
from survey.registry.rules.number_states import NUMBER_BAD, number_state
from survey.waves.rules.final_codes import FINAL
from tests.conftest import NOW

WELL = LineHealth(delivers=True, ended=100, alike=1)
states = st.builds(
    CallState,
    st.sampled_from([*ON_THE_WAY, *ENDS]),
    st.sampled_from(["", *CAUSES]),
    st.sampled_from(["", *HEARD]),
)
healths = st.builds(LineHealth, st.booleans(), st.integers(0, 100), st.integers(0, 100))
events = st.lists(st.sampled_from([*ON_THE_WAY, *ENDS, "musing"]), max_size=6)


@given(states, healths)
def test_only_temporary_codes_follow_and_only_such_as_reach_nobody(state, health):
    code = provider_code(state, health=health)
    assert code is None or (code in TEMPORARY and code in TELLING)
    assert code is None or code == "technical_ours" or state.status in ENDS
    assert code not in FINAL.keys() - {"busy", "no_answer", "blocked", "machine"}


@given(events, st.randoms(), st.sampled_from(["requested", "unknown", "in_progress"]))
def test_however_events_come_a_dial_ends_in_one_state(told, chance, own):
    shuffled = [*told, *told[:2]]
    chance.shuffle(shuffled)

    def stored(statuses):
        state, heard = own, []
        for status in statuses:
            heard.append(ProviderEvent("http", status, "D", status))
            state = later_state(state, fold(heard).status)
        return state

    assert stored(shuffled) == stored(told)


def test_each_event_has_its_code():
    def of(status, **more):
        return provider_code(CallState(status, **more), health=WELL)

    assert [of(status) for status in ON_THE_WAY] == [None] * len(ON_THE_WAY)
    assert [of(each) for each in ("busy", "no_answer", "canceled")] == [
        "busy",
        "no_answer",
        "cancelled_by_us",
    ]
    assert of("completed") is of("completed", heard="human") is None, "completed is not contact"
    assert of("completed", heard="machine") == "machine"
    assert of("failed", cause="vacant") == of("failed", cause="undelivered") == "number_suspect"
    assert [of("failed", cause=each) for each in ("off", "blocked", "ours", "")] == [
        "no_answer",
        "blocked",
        "technical_ours",
        "technical_ours",
    ]


def test_a_fax_makes_its_number_bad_at_once_and_says_nothing_of_the_household():
    assert provider_code(CallState("completed", heard="fax"), health=WELL) == "number_suspect"
    assert number_state([(NOW, NUMBER_BAD)]) == "bad"


def test_a_thousand_dials_that_no_carrier_delivers_leave_no_number_suspect():
    failed = CallState("failed", "undelivered")
    codes = []
    for before in range(1000):
        health = LineHealth(delivers=False, ended=before + 1, alike=before + 1)
        codes.append(provider_code(failed, health=health))
    assert set(codes) == {"technical_ours"}
    assert {number_state([(NOW, code), (NOW + timedelta(1), code)]) for code in codes} == {"untested"}
    assert rules.is_down(["undelivered"] * 20)


def test_a_number_is_doubted_only_where_another_of_its_carrier_got_through():
    failed = CallState("failed", "vacant")
    assert provider_code(failed, health=LineHealth(delivers=False, ended=100, alike=1)) == "technical_ours"
    assert provider_code(failed, health=LineHealth(delivers=True, ended=100, alike=30)) == "number_suspect"
    assert provider_code(failed, health=LineHealth(delivers=True, ended=100, alike=31)) == "technical_ours"
    assert route("+8613800000000") == route("+8613812345678") != route("+8613900000000")


def test_a_few_failures_stop_nothing():
    assert not rules.is_down([])
    assert not rules.is_down(["ours"] * 19)
    assert not rules.is_down(["ours"] * 6 + [""] * 14)
    assert rules.is_down(["ours"] * 7 + [""] * 13)
    assert not rules.is_down(["off"] * 20), "telephones that are off are no errors"


def test_a_dial_that_wasnt_taken_is_our_fault_unless_the_number_is_told_of():
    assert refusal(refused("too_many")).cause == refusal(refused("not_served")).cause == "ours"
    assert refusal(refused("vacant")).cause == "vacant"
    assert accepted("X").sid == "X"


def test_recording_needs_the_consent_of_who_speaks_now():
    assert not is_wanted({})
    assert is_wanted({"C2": 1})
    assert not is_wanted({"C2": 2})
    assert not is_wanted({"C2": 1, "S3": 2}), "another was fetched, and wasn't asked yet"
    assert is_wanted({"C2": 2, "S3": 2, "C2R": 1})
    assert [may_run(each) for each in (None, STARTED, UNSURE, STOPPED)] == [False, True, True, False]


def test_two_ends_of_a_call_contradict_each_other_only_where_both_cant_be_true():
    said = ["busy", "no_answer", "machine", "number_suspect", "technical_ours", "callback_other"]
    doubted = {
        told: [code for code in said if rules.contradicts(code, told=told)] for told in (*ENDS, "ringing")
    }
    assert doubted == {
        "completed": ["busy", "no_answer"],
        "busy": [code for code in said if code != "busy"],
        "no_answer": [code for code in said if code != "no_answer"],
        "failed": ["machine", "callback_other"],
        "canceled": ["machine", "callback_other"],
        "ringing": [],
    }
