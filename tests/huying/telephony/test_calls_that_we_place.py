"""The genuine client against a Twilio that fails: a lost answer is unknown, and nothing is asked twice."""

from __future__ import annotations

from functools import partial

import pytest

from huying.telephony.twilio import TIMEOUT_S, TwilioGateway, client
from huying.telephony.voice import Placed, WebRequest
from huying.testing.fake_twilio import FakeTwilio
from huying.testing.mischief import Mischief
from tests.huying.telephony.gateways import elsewhere

ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32
OURS, THEIRS, OTHER = "+85212345678", "+85221230000", "+85221239999"
BASE = "https://hy.example.cn"


@pytest.fixture
def told() -> list[WebRequest]:
    """What the provider posted."""
    return []


@pytest.fixture
def twilio(told):
    def post(url, form, headers):
        told.append(WebRequest(url, headers, {name: [value] for name, value in form.items()}, b""))
        return 204, ""

    fake = FakeTwilio(ACCOUNT, TOKEN, post)
    with fake.serving() as address:
        fake.address = address
        yield fake


@pytest.fixture
def gateway(twilio) -> TwilioGateway:
    return TwilioGateway(ACCOUNT, TOKEN, OURS, make_client=partial(elsewhere, twilio.address))


def place(gateway, first=THEIRS) -> Placed:
    return gateway.connect("01JDX", first=first, second=OTHER, base_url=BASE)


def test_a_call_is_placed_with_the_second_number_in_its_markup(gateway, twilio):
    assert place(gateway) is Placed.ACCEPTED
    (call,) = twilio.calls.values()
    assert (call.to, call.caller) == (THEIRS, OURS)
    assert OTHER in call.markup
    assert set(call.subscribed) == {"initiated", "ringing", "answered", "completed"}


def test_the_carrier_s_word_on_it_carries_its_identity_and_its_end(gateway, twilio, told):
    place(gateway)
    twilio.deliver()
    events = [gateway.read(request, what="status") for request in told]
    assert {event.identity for event in events} == {"01JDX"}
    assert [event.kind for event in events] == ["progress", "progress", "progress", "end"]
    assert events[-1].result == "answered"


@pytest.mark.parametrize(
    ("number", "result"),
    [("+85221230001", "no_answer"), ("+85221230002", "busy"), ("+85221230003", "vacant")],
)
def test_a_call_that_nobody_took_says_how_it_ended(gateway, twilio, told, number, result):
    place(gateway, number)
    twilio.deliver()
    assert gateway.read(told[-1], what="status").result == result


def test_statuses_that_nobody_has_heard_of_are_no_end(gateway, twilio, told):
    twilio.mischief = Mischief(unknown_status=True, repeated=1.0, shuffled=True)
    place(gateway)
    twilio.deliver()
    kinds = [gateway.read(request, what="status").kind for request in told]
    assert set(kinds) == {"progress", "end"}
    assert len(told) == 16
    assert len({gateway.read(request, what="status").key for request in told}) == 5, "four of ours, one not"


@pytest.mark.parametrize(
    ("failure", "placed", "rung"),
    [
        ("429", Placed.REFUSED, 0),
        ("500", Placed.UNKNOWN, 0),
        ("reset_before", Placed.UNKNOWN, 0),
        ("reset_after", Placed.UNKNOWN, 1),
    ],
)
def test_a_failure_never_places_a_call_twice(gateway, twilio, failure, placed, rung):
    twilio.failures.append(failure)
    assert place(gateway) is placed
    assert len(twilio.calls) == rung
    assert twilio.failures == []


def test_another_s_token_is_refused(gateway, twilio):
    twilio.token = "another"
    assert place(gateway) is Placed.REFUSED


def test_no_request_waits_for_ever():
    with client(ACCOUNT, TOKEN) as made:
        assert made.http_client.timeout == TIMEOUT_S
