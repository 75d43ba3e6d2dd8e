"""What any gateway must do: whoever carries the calls, the rest of the program can't tell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huying.telephony.voice import LEG_RESULTS, Connect, Forged, Gather, HangUp, NotServed, Placed
from tests.huying.telephony.gateways import BASE, CALL, CALLER, PROVIDERS, MarkupProvider, Provider


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> Provider:
    return PROVIDERS[request.param]()


class TestEveryGateway:
    def test_a_call_begins_with_who_calls(self, provider):
        event = provider.gateway.read(provider.request("call"), what="call")
        assert (event.kind, event.call, event.caller) == ("start", CALL, CALLER)
        assert event.provider == provider.gateway.name

    def test_keys_arrive(self, provider):
        event = provider.gateway.read(provider.request("digits", digits="572005"), what="digits")
        assert (event.kind, event.digits) == ("digits", "572005")

    @pytest.mark.parametrize("result", LEG_RESULTS)
    def test_a_leg_ends_with_a_word_that_everybody_knows(self, provider, result):
        event = provider.gateway.read(provider.request("leg", leg=2, result=result), what="leg")
        assert (event.kind, event.leg, event.result) == ("leg", 2, result)

    def test_a_call_ends(self, provider):
        event = provider.gateway.read(provider.request("status", result="completed"), what="status")
        assert event.kind == "end"

    def test_a_repetition_has_the_same_key_and_another_word_another(self, provider):
        read = provider.gateway.read
        once = read(provider.request("digits", digits="1"), what="digits")
        again = read(provider.request("digits", digits="1"), what="digits")
        assert once.key == again.key
        other = read(provider.request("leg", leg=1, result="busy"), what="leg")
        assert other.key != once.key

    def test_what_was_not_signed_is_forged(self, provider):
        with pytest.raises(Forged):
            provider.gateway.read(replace(provider.request("call"), headers={}), what="call")

    def test_what_was_changed_after_signing_is_forged(self, provider):
        request = provider.request("digits", digits="1")
        changed = replace(
            request,
            body=request.body.replace(b'"1"', b'"2"'),
            form={**request.form, "Digits": ["2"]} if request.form else {},
        )
        with pytest.raises(Forged):
            provider.gateway.read(changed, what="digits")

    def test_a_question_is_said_and_waits_for_keys(self, provider):
        answer = provider.gateway.answer(Gather("请按编号", digits=7), base_url=BASE)
        told = provider.read(answer)
        assert (told.say, told.gathers) == ("请按编号", 7)

    def test_a_number_is_rung_and_its_leg_comes_back(self, provider):
        answer = provider.gateway.answer(Connect("正在接通", "+99913800001", leg=2), base_url=BASE)
        told = provider.read(answer)
        assert (told.say, told.rings, told.leg) == ("正在接通", "+99913800001", 2)

    def test_a_call_is_ended_with_a_word(self, provider):
        told = provider.read(provider.gateway.answer(HangUp("再见"), base_url=BASE))
        assert (told.say, told.hangs_up) == ("再见", True)

    def test_what_is_said_can_hold_any_sign(self, provider):
        text = "第3网格 <&\"'> 东门"
        assert provider.read(provider.gateway.answer(HangUp(text), base_url=BASE)).say == text


@pytest.mark.parametrize(
    ("fate", "placed"),
    [
        ("accepted", Placed.ACCEPTED),
        ("refused", Placed.REFUSED),
        ("lost", Placed.UNKNOWN),
        ("broken", Placed.UNKNOWN),
    ],
)
@pytest.mark.parametrize("name", ["http", "twilio"])
def test_a_call_that_is_placed_is_accepted_refused_or_unknown_and_asked_for_once(name, fate, placed):
    provider = PROVIDERS[name]()
    provider.fate = fate
    found = provider.gateway.connect("01J", first="+99913800001", second=CALLER, base_url=BASE)
    assert found is placed
    assert len(provider.placed) == 1


@pytest.mark.parametrize(
    ("fate", "placed"),
    [
        ("accepted", Placed.ACCEPTED),
        ("refused", Placed.REFUSED),
        ("lost", Placed.UNKNOWN),
        ("broken", Placed.UNKNOWN),
    ],
)
@pytest.mark.parametrize("name", ["http", "twilio"])
def test_a_number_is_rung_once_to_be_told_something(name, fate, placed):
    provider = PROVIDERS[name]()
    provider.fate = fate
    found = provider.gateway.announce("m.1", number="+99913800001", say="第3网格有危险", base_url=BASE)
    assert found is placed
    (asked,) = provider.placed
    assert "第3网格有危险" in str(asked)
    assert "+99913800001" in str(asked)


def test_without_a_trunk_of_ones_own_the_mainland_is_refused_before_any_network():
    provider = MarkupProvider()
    gateway = replace(provider.gateway, byoc="")
    assert not gateway.reaches("+8613800000000")
    assert gateway.reaches("+85221234567")
    with pytest.raises(NotServed):
        gateway.connect("01J", first="+8613800000000", second="+85221234567", base_url=BASE)
    with pytest.raises(NotServed):
        gateway.answer(Connect("", "+8613800000000", leg=1), base_url=BASE)
    assert provider.placed == []


def test_a_body_signed_long_ago_is_forged(time_machine):
    provider = PROVIDERS["http"]()
    time_machine.move_to("2026-11-23T02:00:00Z", tick=False)
    request = provider.request("call")
    time_machine.shift(299)
    provider.gateway.read(request, what="call")
    time_machine.shift(2)
    with pytest.raises(Forged):
        provider.gateway.read(request, what="call")


@pytest.mark.parametrize(
    "said",
    [
        {"call": ""},
        {"call": "x" * 65},
        {"seq": "one"},
        {"seq": None},
        {"seq": -1},
        {"seq": 10**30},
        {"leg": "two", "result": "busy"},
        {"result": "gone fishing"},
    ],
)
def test_a_signed_body_that_makes_no_sense_is_forged_too(said):
    provider = PROVIDERS["http"]()
    with pytest.raises(Forged):
        provider.gateway.read(provider.request("leg", **{"leg": 1, "result": "busy", **said}), what="leg")


def test_in_play_no_real_number_is_heard():
    provider = PROVIDERS["fake"]()
    with pytest.raises(Forged):
        provider.gateway.read(provider.request("call", **{"from": "+8613800000000"}), what="call")


def test_a_key_is_asked_for_where_the_platform_may_wait_for_one_and_comes_back_with_the_call():
    provider = PROVIDERS["http"]()
    assert provider.gateway.abilities.keys
    ring = {"number": "+99913800001", "say": "第3网格有危险", "base_url": BASE}
    provider.gateway.announce("m.1", **ring, press="接单请按 1。")
    (asked,) = provider.placed
    assert "接单请按 1" in str(asked)
    assert not PROVIDERS["twilio"]().gateway.abilities.keys
