"""Where a carrier joins telephones no page, address or log holds a number; the desk sees what it says."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from sqlalchemy import select

from huying.base import clock
from huying.base.dialling import DiallerSettings
from huying.base.phones import pretty
from huying.telephony import signing
from survey.app import create_app
from survey.fieldwork.views.lines import DESK
from survey.models import AccessRecord, Attempt, Dial, DialEvent
from tests.survey import world
from tests.survey.browsing import Visitor
from tests.survey.fieldwork.carriers import KEY, Carrier

STATUS = "/dialler/http/status"


@pytest.fixture
def bridged(app_at):
    """An interviewer of an installation whose calls a platform carries, and that platform."""
    app = app_at("open")
    here = app.extensions["huying"]
    carrier = Carrier(here.database, here.vault, at=clock.now())
    app.extensions[DESK] = replace(carrier.desk, now=clock.now)
    thirty = replace(here.settings, dialler=DiallerSettings("http", recording_days=30))
    app.extensions["huying"] = replace(here, settings=thirty)
    return Visitor(app, "interviewer"), carrier


def seen(visitor, page):
    """Every number of the registry that a page holds, in any way of writing it."""
    ground = visitor.app.extensions["huying"]
    with ground.database.reading() as session:
        numbers = world.numbers_of(session, ground.vault)
    return {
        each for each in numbers if each in page.html or pretty(each) in page.html or each[1:] in page.html
    }


def rows(visitor, model):
    with visitor.app.extensions["huying"].database.reading() as session:
        return session.scalars(select(model)).all()


def post(visitor, body, *, key=KEY):
    headers = {signing.HEADER: signing.sign(key, body, at=clock.now())}
    return visitor.client.post(STATUS, data=body, headers=headers, base_url=world.ORIGIN)


def deliver(visitor, carrier, *, most=9):
    """Bring what the platform tells by its own address, as it would."""
    told, carrier.told = carrier.told[:most], carrier.told[most:]
    for url, body, headers in told:
        assert url.endswith(STATUS)
        assert (
            visitor.client.post(STATUS, data=body, headers=headers, base_url=world.ORIGIN).status_code == 204
        )


def test_a_call_from_press_to_outcome_shows_no_number(bridged, caplog):
    caplog.set_level(logging.DEBUG)
    interviewer, carrier = bridged
    page = interviewer.send(interviewer.open("/interview/"), "/next")
    pages = [page]
    page = interviewer.send(page, "/dial")
    pages.append(page)
    assert "您的话机会先响" in page.text
    assert (page.response.request.method, "再看号码" in page.text) == ("GET", False)
    carrier.platform.dials[carrier.only]["number"] = "0009"
    carrier.platform.ring(carrier.only)
    deliver(interviewer, carrier, most=3)
    pages.append(interviewer.open(page.path))
    assert "线路接通了" in pages[-1].text
    talk = interviewer.send(pages[-1], "/reached")
    question = interviewer.send(talk, "/C1", code="1")
    assert question.path.endswith("/C2"), "it can record, so it asks"
    assert "30天后删除" in question.text
    assert carrier.platform.recorded == []
    question = interviewer.send(question, "/C2", code="1")
    assert carrier.platform.recorded == [(carrier.only, True)]
    coding = interviewer.open(f"{page.path}/coding?who=unclear")
    pages += [talk, question, coding]
    deliver(interviewer, carrier)
    interviewer.post(coding.hidden("/coding")[0], coding.hidden("/coding")[1] | {"code": "callback_other"})
    assert [dial.code for dial in rows(interviewer, Dial)] == ["callback_other"]
    assert [found for each in pages if (found := seen(interviewer, each))] == []
    assert not [each.path for each in pages if "+999" in each.path]
    assert "+999" not in caplog.text
    assert [row.what for row in rows(interviewer, AccessRecord) if row.what == "number shown"] == []
    sealed = [row.raw for row in rows(interviewer, DialEvent)]
    assert sealed
    assert not [raw for raw in sealed if b"status" in raw]


def test_what_the_line_says_ends_the_call_and_the_desk_is_told(bridged):
    interviewer, carrier = bridged
    page = interviewer.send(interviewer.send(interviewer.open("/interview/"), "/next"), "/dial")
    asked = interviewer.client.get(f"{page.path}/line", base_url=world.ORIGIN).json
    assert asked == {"said": "您的话机会先响", "moved": False}
    carrier.platform.dials[carrier.only]["number"] = "0002"
    carrier.platform.ring(carrier.only)
    deliver(interviewer, carrier)
    assert interviewer.client.get(f"{page.path}/line", base_url=world.ORIGIN).json["moved"]
    after = interviewer.open(page.path)
    assert (after.path, "线路已经记下结果" in after.text) == ("/interview/", True)
    action, hidden = page.hidden("/not-reached")
    assert interviewer.post(action, {**hidden, "code": "1"}).path == "/interview/"
    assert [dial.code for dial in rows(interviewer, Dial)] == ["busy"]


def test_where_the_line_is_down_the_desk_is_told_and_led_on(bridged):
    interviewer, _carrier = bridged
    page = interviewer.send(interviewer.open("/interview/"), "/next")
    with interviewer.app.extensions["huying"].database.transaction() as session:
        mine = session.scalars(select(Attempt).where(Attempt.ended_at.is_(None))).one()
        told = {"attempt_id": mine.id, "unit": mine.unit, "number_ref": "", "adapter": "http"}
        ended = {"state": "failed", "code": "technical_ours", "cause": "ours", "started_at": clock.now()}
        session.add_all(Dial(ulid=f"D{at}", position=100 + at, **told, **ended) for at in range(20))
    down = interviewer.send(page, "/dial")
    assert (down.status, "已经停拨" in down.text) == (503, True)
    assert interviewer.open("/interview/").path in down.main


def test_a_forged_event_is_refused_and_logged_and_nothing_of_it_is_stored(bridged, caplog):
    visitor, _carrier = bridged
    body = b'{"id": "D", "sid": "S", "seq": 1, "status": "busy"}'
    assert post(visitor, body, key="x" * 32).status_code == 403
    assert "forged event refused" in caplog.text
    assert post(visitor, b"{").status_code == 403
    assert rows(visitor, DialEvent) == []
    assert post(visitor, body).status_code == 204, "of a dial that isn't ours it is kept, and changes nothing"
    assert len(rows(visitor, DialEvent)) == 1
    elsewhere = visitor.client.post("/dialler/twilio/seat", data={}, base_url=world.ORIGIN)
    assert elsewhere.status_code == 404


def test_a_demonstration_rings_nobody_and_an_installation_in_earnest_plays_nothing(tmp_path):
    demo = world.settings_in(tmp_path)
    fake = DiallerSettings("fake", key=KEY)
    assert replace(demo, dialler=fake).for_serving()
    real = {"demo": False, "base_url": "https://cp.example.cn", "allowed_numbers": "real"}
    twilio = DiallerSettings("twilio", key=KEY, account="AC1", number="+852", seats={"*": "+852"})
    assert [
        bool(fault)
        for fault in (
            replace(demo, dialler=twilio).dialler.faults(prefix="X", demo=True, region="HK"),
            fake.faults(prefix="X", demo=False, region="CN"),
            twilio.faults(prefix="X", demo=False, region="CN"),
            replace(twilio, byoc="BY1").faults(prefix="X", demo=False, region="CN"),
            replace(demo, **real).dialler.faults(prefix="X", demo=False, region="CN"),
        )
    ] == [True, True, True, False, False]


def test_in_play_the_worker_asks_and_the_case_goes_on(app_at):
    first = app_at("open")
    settings = first.extensions["huying"].settings
    app = create_app(replace(settings, dialler=DiallerSettings("fake", key=KEY)))
    assert app.extensions[DESK].dialler.name == "fake"
    app.extensions["huying"].database.dispose()
