"""What any dialler must do: whoever rings the household, the rest of the program can't tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from huying.telephony.dialler import TOO_MANY
from huying.telephony.fake_dialler import FakeDialler
from huying.telephony.fold import fold
from huying.telephony.manual import KEYS, pressed
from huying.telephony.twilio import client
from huying.telephony.voice import Forged, NotServed, Placed
from tests.huying.telephony.diallers import ASKING, DIAL, ENDS, KEY, NUMBERS, PROVIDERS, TELLING


@pytest.fixture
def provider(request):
    made = PROVIDERS[request.param]()
    with made.serving():
        yield made


def every(names):
    return pytest.mark.parametrize("provider", names, indirect=True)


def dial(provider, ref="U1/1", dial_id=DIAL):
    return provider.dialler.dial(dial_id, number_ref=ref, interviewer="801")


class TestEveryDialler:
    @every(sorted(PROVIDERS))
    def test_takes_a_dial_and_says_what_it_can_do(self, provider):
        assert dial(provider).placed is Placed.ACCEPTED
        can = provider.dialler.abilities
        assert can.reveals_number != can.bridges, "either a person dials, or nobody sees the number"
        assert can.reports_events == can.bridges

    @every(sorted(PROVIDERS))
    def test_hangs_up_as_often_as_it_is_asked(self, provider):
        sid = dial(provider).sid
        for _time in range(2):
            assert provider.dialler.hang_up(DIAL, sid=sid) is Placed.ACCEPTED

    @every(sorted(PROVIDERS))
    def test_refuses_what_nobody_signed(self, provider):
        what, request = provider.request("ringing")
        with pytest.raises(Forged):
            provider.dialler.events(replace(request, headers={}), what=what)

    @every(TELLING)
    def test_reads_what_was_signed_and_a_repetition_has_the_same_key(self, provider):
        what, request = provider.request("ringing")
        ((one,), (again,)) = (provider.dialler.events(request, what=what) for _time in range(2))
        assert (one.dial_id, one.status, one.provider) == (DIAL, "ringing", provider.dialler.name)
        assert one == again
        what, other = provider.request("busy")
        assert provider.dialler.events(other, what=what)[0].key != one.key

    @every(TELLING)
    def test_a_status_that_nobody_has_heard_of_is_kept_and_changes_nothing(self, provider):
        what, request = provider.request("musing")
        (event,) = provider.dialler.events(request, what=what)
        assert fold([event]).status == "requested"

    @every(TELLING)
    @pytest.mark.parametrize("ref", sorted(NUMBERS))
    def test_tells_how_a_call_ended(self, provider, ref):
        dial(provider, ref)
        provider.carry(DIAL, ref)
        told = [
            event for what, request in provider.told for event in provider.dialler.events(request, what=what)
        ]
        state = fold(told or provider.known)
        assert state.status == ENDS[ref]
        assert state.cause == ("vacant" if ref == "U4/1" else "")

    @every(ASKING)
    @pytest.mark.parametrize(
        ("failure", "placed", "reason", "calls"),
        [
            ("429", Placed.REFUSED, TOO_MANY, 0),
            ("500", Placed.UNKNOWN, "", 0),
            ("reset_before", Placed.UNKNOWN, "", 0),
            ("reset_after", Placed.UNKNOWN, "", 1),
        ],
    )
    def test_a_failure_is_no_exception_and_is_never_asked_again(
        self, provider, failure, placed, reason, calls
    ):
        provider.failures.append(failure)
        result = dial(provider)
        assert (result.placed, result.reason, provider.placed()) == (placed, reason, calls)
        assert provider.failures == []

    @every(ASKING)
    def test_knows_of_a_dial_whose_answer_was_lost_and_of_none_that_never_came(self, provider):
        since = datetime.fromtimestamp(1_800_000_000, UTC)
        known = {"number_ref": "U1/1", "interviewer": "801", "since": since}
        assert provider.dialler.reconcile(DIAL, **known) == ()
        provider.failures.append("reset_after")
        dial(provider)
        provider.carry(DIAL, "U1/1")
        found = provider.dialler.reconcile(DIAL, **known)
        assert fold(found).status == "completed"
        assert all(event.sid for event in found)
        provider.failures.append("500")
        assert provider.dialler.reconcile(DIAL, **known) is None, "nobody could be asked"

    @every(ASKING)
    def test_records_once_asked_and_no_sooner(self, provider):
        sid = dial(provider).sid
        asked = (
            provider.platform.recorded
            if hasattr(provider, "platform")
            else provider.fake.calls[sid].recordings
        )
        assert not asked
        if hasattr(provider, "fake"):
            provider.fake.pass_time(10)
        for _time in range(2):
            assert provider.dialler.start_recording(DIAL, sid=sid) is Placed.ACCEPTED
        for _time in range(2):
            assert provider.dialler.stop_recording(DIAL, sid=sid) is Placed.ACCEPTED
        if hasattr(provider, "fake"):
            assert [(each.channels, each.status) for each in asked] == [("dual", "stopped")]

    @every(TELLING)
    def test_lets_somebody_listen_only_where_it_can(self, provider):
        sid = dial(provider).sid
        heard = provider.dialler.listen(DIAL, sid=sid, supervisor="900")
        assert (heard is Placed.ACCEPTED) == provider.dialler.abilities.listens


@pytest.mark.parametrize(
    ("key", "status"),
    [("answered", "in_progress"), ("no_answer", "no_answer"), ("busy", "busy"), ("machine", "completed")],
)
def test_a_key_of_the_interviewer_is_an_event_too(key, status):
    assert fold([pressed(DIAL, key)]).status == status


def test_a_vacant_or_suspended_number_is_doubtful_and_a_telephone_that_is_off_isnt():
    assert [KEYS[key][1] for key in ("vacant", "suspended", "off")] == ["vacant", "vacant", "off"]


@every(["twilio"])
def test_without_a_trunk_of_ones_own_the_mainland_is_refused_before_any_network(provider):
    refusing = replace(provider.dialler, resolve=lambda _ref: "+8613800000000")
    with pytest.raises(NotServed):
        refusing.dial(DIAL, number_ref="U1/1", interviewer="801")
    assert provider.fake.requests == []
    byoc = replace(refusing, byoc="BY" + "0" * 32, seat=lambda _code: "+85221230000")
    assert byoc.dial(DIAL, number_ref="U1/1", interviewer="801").placed is Placed.ACCEPTED


@every(["twilio"])
def test_no_number_stands_in_an_address_that_a_provider_calls_or_is_called_by(provider):
    dial(provider)
    provider.carry(DIAL, "U1/1")
    addresses = [path for _method, path in provider.fake.requests] + [
        request.url for _, request in provider.told
    ]
    assert not [address for address in addresses if NUMBERS["U1/1"][4:] in address]


@every(["twilio"])
def test_whoever_wasnt_at_the_table_costs_the_household_nothing(provider):
    provider.fake.outcomes["mple"] = "no-answer"  # the end of a seat's address
    dial(provider)
    provider.carry(DIAL, "U1/1")
    told = [event for what, each in provider.told for event in provider.dialler.events(each, what=what)]
    assert fold(told).status == "canceled"


@every(["twilio"])
def test_either_algorithm_signs(provider):
    provider.fake.shared_key = "s" * 32
    dial(provider)
    provider.carry(DIAL, "U1/1")
    what, request = provider.told[-1]
    with pytest.raises(Forged):
        provider.dialler.events(request, what=what)
    assert replace(provider.dialler, shared_key="s" * 32).events(request, what=what)


def test_every_request_has_a_time_limit():
    with client("AC" + "0" * 32, KEY) as made:
        assert made.http_client.timeout


def test_in_play_only_invented_numbers_ring():
    provider = PROVIDERS["fake"]()
    real = replace(provider.dialler, resolve=lambda _ref: "+8613800000000")
    assert dial(provider).placed is Placed.ACCEPTED
    refusal = real.dial(DIAL, number_ref="U1/1", interviewer="801")
    assert (refusal.placed, refusal.reason) == (Placed.REFUSED, "not_served")
    assert real.reconcile(DIAL, number_ref="U1/1", interviewer="801", since=provider.at - timedelta(1)) == ()


@every(["twilio"])
def test_an_extension_is_keyed_once_the_number_answers(provider):
    behind = replace(provider.dialler, resolve=lambda _ref: "+85221230000;ext=801")
    sid = behind.dial(DIAL, number_ref="U1/1", interviewer="801").sid
    markup = provider.fake.calls[sid].markup
    assert ">+85221230000<" in markup
    assert 'sendDigits="wwww801"' in markup
    assert FakeDialler(lambda _ref: "+99910000001;ext=8", KEY).serves("+99910000001;ext=8")
