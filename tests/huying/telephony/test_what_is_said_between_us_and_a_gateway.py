"""The port of every gateway: how a leg may end, how long a telephone rings, what is refused."""

from __future__ import annotations

from huying.base.errors import Refused
from huying.telephony.voice import (
    LEG_RESULTS,
    Abilities,
    CallEvent,
    Connect,
    Forged,
    Gather,
    NotServed,
    Placed,
)


def test_a_leg_ends_in_one_of_five_ways():
    assert LEG_RESULTS == ("answered", "no_answer", "busy", "vacant", "failed")


def test_what_is_forged_is_forbidden_and_what_cannot_be_reached_is_not_served():
    assert (Forged("假的").status, NotServed("够不着").status) == (403, 503)
    assert issubclass(Forged, Refused)
    assert issubclass(NotServed, Refused)


def test_a_call_was_accepted_refused_or_nobody_knows():
    assert [each.value for each in Placed] == ["accepted", "refused", "unknown"]


def test_a_gateway_can_do_nothing_unless_it_says_so():
    assert Abilities() == Abilities(answers=False, connects=False)


def test_keys_are_waited_for_ten_seconds_and_a_telephone_rings_for_twenty_five():
    assert Gather("请按键", 7) == Gather("请按键", digits=7, wait_s=10, turn=0)
    assert Connect("正在接通", "12345", 1) == Connect(
        "正在接通", number="12345", leg=1, ring_s=25, limit_s=900
    )


def test_an_event_holds_what_was_told_and_shows_nothing_of_its_raw_form():
    event = CallEvent("fake", "call", "start", "key")
    told = (event.caller, event.digits, event.leg, event.result, event.identity, event.raw)
    assert told == ("", "", 0, "", "", "")
    assert "secret" not in repr(CallEvent("fake", "call", "start", "key", raw="secret"))
