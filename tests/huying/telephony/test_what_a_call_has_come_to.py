"""A call's state is a fold of what was said of it, in any order; and how dials are paced."""

from __future__ import annotations

import random
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from huying.telephony import pacing
from huying.telephony.dialler import (
    CAUSES,
    ENDS,
    HEARD,
    ON_THE_WAY,
    TOO_MANY,
    ProviderEvent,
    accepted,
    cause_of_sip,
    refused,
)
from huying.telephony.fold import CallState, fold
from huying.telephony.twilio_dialler import TwilioDialler
from huying.telephony.voice import Placed
from huying.testing.fake_twilio import FakeTwilio
from huying.testing.mischief import Mischief
from tests.huying.telephony.diallers import ACCOUNT, BASE, KEY, NUMBERS, OURS, seat
from tests.huying.telephony.gateways import elsewhere

events = st.lists(
    st.builds(
        ProviderEvent,
        st.just("fake"),
        st.text("ab", max_size=2),
        st.just("D"),
        st.sampled_from([*ON_THE_WAY, *ENDS, "musing", ""]),
        cause=st.sampled_from(["", *CAUSES]),
        heard=st.sampled_from(["", *HEARD]),
    ),
    max_size=8,
)


def said(status, **more):
    return ProviderEvent("fake", status, "D", status, **more)


@given(events, st.randoms())
def test_any_order_and_repetition_give_one_state(told, chance):
    shuffled = told + chance.choices(told, k=3) if told else told
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(told)


@given(events, events)
def test_what_is_over_stays_over(told, later):
    assert not fold(told).is_over or fold(told + later).is_over


@given(events)
def test_unknown_words_change_nothing(told):
    assert fold([*told, said("musing"), said("completed-ish")]) == fold(told)


def test_of_several_ends_the_first_holds():
    for position, status in enumerate(ENDS):
        assert fold(said(each) for each in reversed(ENDS[position:])).status == status


def test_a_late_ring_doesnt_wake_a_call_and_nothing_is_a_call_that_was_asked_for():
    assert fold([said("busy"), said("ringing")]) == CallState("busy")
    assert fold([]) == CallState()
    assert fold([said("in_progress", heard="machine"), said("completed")]).heard == "machine"


def test_the_far_ends_answer_says_why():
    assert [cause_of_sip(each) for each in ("404", "484", "604")] == ["vacant"] * 3
    assert [cause_of_sip(each) for each in ("480", "408", "403", "603", "607")] == ["off"] * 2 + [
        "blocked"
    ] * 3
    assert [cause_of_sip(each) for each in ("503", "", "5", "200")] == ["ours", "", "", ""]


def test_only_what_was_never_processed_is_asked_again():
    answers, waited = [refused(TOO_MANY), refused(TOO_MANY), accepted("S")], []
    assert pacing.place(lambda: answers.pop(0), dial_id="D", wait=waited.append).sid == "S"
    assert len(waited) == 2
    for result in (refused("ours"), accepted()):
        assert pacing.place(lambda result=result: result, dial_id="D", wait=waited.append) == result
    assert len(waited) == 2
    assert pacing.place(lambda: refused(TOO_MANY), dial_id="D", wait=waited.append).reason == TOO_MANY


def test_those_refused_together_dont_come_again_together():
    assert len({next(pacing.pauses(f"D{number}")) for number in range(50)}) == 50
    for number, pauses in enumerate(map(list, map(pacing.pauses, map(str, range(20))))):
        assert [
            0.5 * wait <= pause <= 1.5 * wait for wait, pause in zip(pacing.WAITS, pauses, strict=True)
        ], number


def test_five_dials_a_second_through_a_server_of_one_none_is_lost_and_none_doubled():
    told = []

    def post(url, form, headers):
        told.append((url, form))
        return 204, ""

    fake = FakeTwilio(ACCOUNT, KEY, post, per_second=1, at_once=4)
    with fake.serving() as address:
        dialler = TwilioDialler(
            NUMBERS.__getitem__, ACCOUNT, KEY, OURS, BASE, seat, make_client=partial(elsewhere, address)
        )

        def wait(_seconds):
            fake.pass_time(1)

        results = {}
        for second in range(3):
            for turn in range(5):
                name = f"D{second}{turn}"
                dial = partial(dialler.dial, name, number_ref="U1/1", interviewer=name)
                results[name] = pacing.place(dial, dial_id=name, wait=wait)
            fake.pass_time(1)
    assert {result.placed for result in results.values()} == {Placed.ACCEPTED}
    ours = [call for call in fake.calls.values() if call.direction == "outbound-api"]
    assert {call.sid for call in ours} == {result.sid for result in results.values()}
    assert len(ours) == 15
    fake.mischief = Mischief(repeated=1.0, shuffled=True, seed=random.Random(1).randrange(9))
    fake.deliver()
    ended = [form["CallSid"] for url, form in told if "/seat" in url and form["CallStatus"] == "completed"]
    assert set(ended) == {result.sid for result in results.values()}
