"""A code dialled on an old telephone, by any carrier: events signed, forged, repeated, shuffled and lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import Client

from feedback.app import create_app
from feedback.calls.operations import calls
from feedback.models import Call, CallRecord, Case, Connection
from huying.base import clock
from huying.base.voice import Voice
from huying.telephony import signing
from huying.testing.fake_twilio import FakeCaller, FakeTwilio
from huying.testing.mischief import Mischief
from tests.feedback.browsing import ORIGIN, Visitor
from tests.feedback.neighbourhood import DIAL, OFFICE, POSTER, VACANT, WANG, Backstage, settings_in

ACCOUNT, KEY, NUMBER = "AC" + "a" * 32, "k" * 32, "+85212345678"
RESIDENT = "+99913811111"
BEGIN, END = f"{ORIGIN}/voice/twilio/call", f"{ORIGIN}/voice/twilio/status"
TWILIO = Voice("twilio", KEY, account=ACCOUNT, number=NUMBER, byoc="BY" + "b" * 32)
OWN = Voice("http", KEY, address="https://carrier.example")


@pytest.fixture
def voice() -> Voice:
    return TWILIO


@pytest.fixture
def app(data, voice):
    made = create_app(replace(settings_in(data), voice=voice))
    yield made
    made.extensions["huying"].database.dispose()


def poster(client: Client) -> Callable[..., tuple[int, str]]:
    """Post to the app as a carrier would, behind a proxy that speaks plain HTTP to it."""

    def post(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, str]:
        path = url.removeprefix(ORIGIN)
        answer = client.post(path, base_url="http://10.0.0.7:8000", data=dict(form), headers=dict(headers))
        return answer.status_code, answer.get_data(as_text=True)

    return post


@pytest.fixture
def carrier(app: Flask) -> FakeTwilio:
    return FakeTwilio(ACCOUNT, KEY, poster(app.test_client()))


def settled(backstage: Backstage) -> list[Case]:
    with backstage.ground.database.transaction() as session:
        later = clock.now() + timedelta(minutes=1)
        calls.settle(session, vault=backstage.ground.vault, now=later)
    return backstage.cases()


def stored(backstage: Backstage, model) -> int:
    with backstage.ground.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_an_old_telephone_reaches_who_is_on_duty(carrier, backstage):
    carrier.outcomes["0001"] = "answered"
    caller = FakeCaller(RESIDENT, keys=[DIAL, "1"])
    carrier.call_in(BEGIN, caller, ended=END)
    carrier.deliver()
    assert caller.rung == [WANG]
    assert "和平里社区第3网格，对请按 1，不对请按 2。" in caller.heard
    assert settled(backstage) == []


def test_where_nobody_answers_a_case_with_a_clock_exists(carrier, backstage):
    caller = FakeCaller(RESIDENT, keys=[DIAL, "1"])
    carrier.call_in(BEGIN, caller, ended=END)
    carrier.deliver()
    assert caller.rung == [WANG, OFFICE]
    (case,) = settled(backstage)
    assert case.source == "voice"
    assert case.due_at > case.opened_at == clock.now()


@pytest.mark.parametrize("seed", range(8))
def test_repeated_lost_and_shuffled_it_is_the_same_case_and_the_same_bridge(carrier, backstage, seed):
    carrier.mischief = Mischief(seed, repeated=0.7, lost=0.2, shuffled=True, unknown_status=True)
    caller = FakeCaller(RESIDENT, keys=[DIAL, "1"])
    carrier.call_in(BEGIN, caller, ended=END)
    carrier.deliver()
    with backstage.ground.database.transaction() as session:
        later = clock.now() + timedelta(hours=3)  # longer than a lost end is waited for
        calls.settle(session, vault=backstage.ground.vault, now=later)
    assert len(backstage.cases()) == 1
    assert caller.rung == [WANG, OFFICE]
    assert stored(backstage, Call) == 1
    assert {status for _path, status in carrier.answers} <= {200, 204}


def test_what_somebody_else_signed_is_refused_and_stored_nowhere(carrier, backstage):
    carrier.token = "another token"
    carrier.call_in(BEGIN, FakeCaller(RESIDENT, keys=[DIAL, "1"]), ended=END)
    carrier.deliver()
    assert {status for _path, status in carrier.answers} == {403}
    assert stored(backstage, CallRecord) == stored(backstage, Call) == 0


@pytest.mark.parametrize(
    "address", ["http://hy.example.cn", "https://10.0.0.7:8000", "https://hy.example.cn:8443"]
)
def test_a_signature_for_another_address_is_forged(app, backstage, address):
    post = poster(app.test_client())
    carrier = FakeTwilio(
        ACCOUNT, KEY, lambda url, form, headers: post(url.replace(address, ORIGIN), form, headers)
    )
    carrier.call_in(f"{address}/voice/twilio/call", FakeCaller(RESIDENT), ended="")
    assert carrier.answers[0][1] == 403
    assert stored(backstage, CallRecord) == 0


def test_the_usual_port_written_out_is_no_other_address(app):
    post = poster(app.test_client())
    carrier = FakeTwilio(ACCOUNT, KEY, lambda url, *more: post(url.replace(":443", ""), *more))
    carrier.call_in(f"{ORIGIN}:443/voice/twilio/call", FakeCaller(RESIDENT), ended="")
    assert carrier.answers[0][1] == 200


@pytest.mark.parametrize("path", ["/voice/fake/call", "/voice/http/call", "/voice/twilio/record"])
def test_a_gateway_that_isnt_here_has_no_address(app, path):
    assert app.test_client().post(path).status_code == 404


class TestAnInstallationWithoutAGateway:
    @pytest.fixture
    def voice(self) -> Voice:
        return Voice()

    def test_has_no_address_for_events(self, app):
        assert app.test_client().post("/voice/twilio/call").status_code == 404

    def test_gives_the_operator_a_number_to_dial(self, sign_in):
        page = sign_in("operator").open(f"/switchboard/{POSTER}")
        assert f"tel:{WANG}" in page.html


class TestADomesticCarrierWithItsOwnServer:
    @pytest.fixture
    def voice(self) -> Voice:
        return OWN

    @pytest.fixture
    def tell(self, app: Flask):
        client = app.test_client()

        def post(what: str, *, headers: Mapping[str, str] = {}, **said: object):
            body = json.dumps({"call": "77", **said}).encode()
            headers = {**headers, signing.HEADER: signing.sign(KEY, body, at=clock.now())}
            return client.post(
                f"/voice/http/{what}", data=body, headers=headers, content_type="application/json"
            )

        return post

    def test_is_told_step_by_step_in_json(self, tell):
        asked = tell("call", seq=1, **{"from": RESIDENT}).get_json()
        assert asked["gather"]["digits"] == 7
        assert "第3网格" in tell("digits", seq=2, digits=DIAL).get_json()["say"]
        ring = tell("digits", seq=3, digits="1").get_json()["connect"]
        assert ring == {"number": WANG, "leg": 1, "ring": 25, "limit": 900}
        assert tell("leg", seq=4, leg=1, result="answered").status_code == 204
        assert tell("status", seq=5).status_code == 204

    def test_hears_chinese_whatever_its_program_asks_for(self, tell):
        said = tell("call", seq=1, headers={"Accept-Language": "en"}, **{"from": RESIDENT}).get_json()["say"]
        assert "请按海报上的编号" in said

    def test_what_it_signed_for_another_time_is_refused(self, app, moment, backstage):
        body = json.dumps({"call": "77", "seq": 1}).encode()
        headers = {signing.HEADER: signing.sign(KEY, body, at=clock.now())}
        moment.shift(timedelta(minutes=6))
        assert app.test_client().post("/voice/http/call", data=body, headers=headers).status_code == 403
        assert stored(backstage, CallRecord) == 0


class TestAnOperator:
    @pytest.fixture
    def voice(self) -> Voice:
        return Voice("fake", KEY)

    @pytest.fixture
    def operator(self, sign_in) -> Visitor:
        return sign_in("operator")

    def join(self, operator: Visitor, code: str = POSTER, caller: str = RESIDENT):
        page = operator.open(f"/switchboard/{code}")
        return operator.press(page, f"/switchboard/{code}/join", caller=caller)

    def test_joins_a_caller_with_who_is_on_duty_and_sees_no_number(self, operator, app):
        page = operator.open(f"/switchboard/{POSTER}")
        assert WANG not in page.html
        assert "正在接通" in self.join(operator).text
        ((identity, first, second),) = app.extensions["voice_gateway"].placed
        assert (first, second) == (WANG, RESIDENT)
        assert len(identity) == 26

    def test_who_sends_the_form_twice_rings_once(self, operator, app):
        page = operator.open(f"/switchboard/{POSTER}")
        for _time in range(2):
            operator.press(page, f"/switchboard/{POSTER}/join", caller=RESIDENT)
        assert len(app.extensions["voice_gateway"].placed) == 1

    def test_in_a_vacant_grid_an_institution_is_rung(self, operator, app):
        self.join(operator, VACANT)
        assert app.extensions["voice_gateway"].placed[0][1] == OFFICE

    def test_a_number_that_isnt_one_is_a_sentence_and_rings_nobody(self, operator, app):
        page = self.join(operator, caller="12")
        assert page.status == 422
        assert app.extensions["voice_gateway"].placed == []

    def test_a_call_that_wasnt_placed_says_what_to_do_instead(self, operator, backstage):
        page = self.join(operator, caller="+99913800003")
        assert page.status == 409
        assert "请直接拨打页面上的号码" in page.text
        with backstage.ground.database.reading() as session:
            assert session.scalars(select(Connection.state)).all() == ["refused"]

    def test_sees_which_calls_of_the_day_nobody_answered(self, app, operator, backstage, resident):
        page = resident.press(resident.open("/demo/telephone/"), "/demo/telephone/", what="call")
        for digits in (DIAL, "1"):
            page = resident.press(page, "/demo/telephone/", digits=digits, what="digits")
        resident.press(page, "/demo/telephone/", what="status")
        assert settled(backstage)
        assert "最近一天没有人接的来电" in operator.open("/switchboard/").text


class TestATelephoneOfTheDemonstration:
    @pytest.fixture
    def voice(self) -> Voice:
        return Voice("fake", KEY)

    def test_is_heard_key_by_key(self, resident):
        address = "/demo/telephone/"
        page = resident.press(resident.open(address), address, what="call")
        assert "请按海报上的编号" in page.text
        page = resident.press(page, address, digits=DIAL, what="digits")
        assert "和平里社区第3网格" in page.text
        page = resident.press(page, address, digits="1", what="digits")
        assert "没有人接听" in page.text


@pytest.mark.parametrize("voice", [TWILIO, OWN, Voice()])
def test_outside_a_demonstration_there_is_no_such_telephone(app, voice):
    assert app.test_client().get("/demo/telephone/").status_code == 404
