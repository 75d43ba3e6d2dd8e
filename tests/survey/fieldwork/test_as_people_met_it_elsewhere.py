"""What people complained of in other call centres' programs, where no other test speaks of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from huying.base import clock
from huying.telephony.twilio_dialler import TwilioDialler
from huying.web.signed import as_it_came
from survey.fieldwork.queries import held_cases
from survey.fieldwork.rules.attempts import DialledAttempt, may_try, open_windows
from survey.fieldwork.rules.dispositions import Fact, final_disposition
from survey.models import Appointment, Attempt, CallNote, Dial, FrameUnit, Interview, PartyLink, SampledCase
from survey.waves.rules.slots import WINDOWS
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.survey.fieldwork.test_interview import in_talk, reading
from tests.survey.stories import WILLING, Interviewer, case_of, enrol, in_field

DAY = timedelta(days=1)


@pytest.mark.parametrize("how", ["by number", "by name"])
def test_an_appointment_sent_twice_is_one_and_so_is_a_note(visit, how):
    interviewer = visit("open", "interviewer")
    page = in_talk(interviewer)
    action, hidden = page.hidden("/note")
    for _twice in range(2):
        assert interviewer.post_once(action, {**hidden, "note": "晚上在家"}).status == 303
    page = interviewer.open(f"{interviewer.send(page, '/C1', code='2').path}?who=respondent")
    action, hidden = page.hidden("/coding")
    chosen = {"code": "1"} if how == "by number" else {"value": "appointment_respondent"}
    when = clock.local(clock.now() + 9 * DAY).strftime("%Y-%m-%dT10:00")
    for _twice in range(2):
        sent = {**hidden, **chosen, "when": when}
        assert interviewer.post_once(action, sent).status == 303
    with reading(interviewer) as session:
        for table in (Appointment, CallNote, Attempt):
            assert session.scalar(select(func.count()).select_from(table)) == 1, table


def test_that_somebody_is_not_eligible_sent_twice_is_said_once(visit):
    interviewer = visit("open", "interviewer")
    page = interviewer.open(
        f"{interviewer.send(in_talk(interviewer), '/C1', code='1').path[:-2]}coding?who=other"
    )
    action, hidden = page.hidden("/coding")
    for _twice in range(2):
        assert interviewer.post_once(action, {**hidden, "value": "not_resident"}).status == 303
    assert interviewer.post_once(action, {**hidden, "value": "unable"}).status == 404, (
        "another one is none of it"
    )
    with reading(interviewer) as session:
        assert session.scalars(select(Attempt.code)).all() == ["to_confirm"]


@pytest.mark.parametrize(
    "column", [Interview.unit, SampledCase.holder_id, FrameUnit.unit, PartyLink.digest, Dial.provider_sid]
)
def test_what_must_be_single_is_so_in_the_database(column):
    """One interview a case, one case a seat; no two codes, links or calls alike, however random they are."""
    (made,) = column.property.columns
    assert made.unique or list(made.table.primary_key) == [made]


def test_before_the_first_call_every_window_is_open_and_one_may_call():
    assert open_windows([]) == frozenset(WINDOWS)
    assert may_try([], at=NOW)


@pytest.mark.parametrize("refused", ["fact", "softly"])
def test_however_often_it_is_called_afterwards_a_refusal_stays_one(refused):
    unanswered = [DialledAttempt(NOW + day * DAY, code="no_answer") for day in range(9)]
    softly = [DialledAttempt(NOW - DAY, code="soft_refusal")] if refused == "softly" else []
    facts = [Fact("refusal_household")] if refused == "fact" else []
    found = final_disposition([*softly, *unanswered], numbers=["bad"], facts=facts)
    assert found == ("refusal_household" if refused == "fact" else "refusal")


def test_whoever_hangs_up_after_one_answer_is_called_again_and_goes_on_there(survey_db, vault):
    """No break-off before the tries are over; and more completes than were planned are all taken."""
    rules = WaveRules(attempts=2, plan=1, most=0, windows=1, days=1, hours="any", unworked=1000, armcap=1000)
    in_field(survey_db, {"G1": (3, 3, 0)}, vault=vault, rules=rules)
    caller = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    caller.takes_next()
    broken = caller.unit
    caller.dials()
    answered = NOW + timedelta(seconds=25)
    caller.is_answered(answered)
    with survey_db.reading() as session:
        held = held_cases.held_case(session, interviewer=caller.account)
        assert held is not None
        assert held.since == answered, "the timer starts as somebody answers, not with the dial"
    for item, raw in {**WILLING, "A1": "1"}.items():
        caller.enters(item, raw)
    caller.ends("suspended_partial")
    case = case_of(survey_db, broken)
    assert (case.state, case.final_code, case.next_due > NOW) == ("resting", None, True)
    done = []
    while caller.takes_next() is not None:
        caller.completes_briefly(4)
        done.append(case_of(survey_db, caller.unit).final_code)
    assert done == ["complete", "complete"]
    assert caller.takes_next(NOW + DAY) is not None
    caller.reaches_somebody(NOW + DAY)
    for item in ("C1", "S3"):
        following = caller.enters(item, "1", NOW + DAY)
    assert (caller.unit, following) == (broken, "A2")


def test_a_signature_is_read_over_the_address_that_its_sender_knows():
    """Behind a proxy the framework believes in another scheme, host and port."""
    app = Flask(__name__)
    inside = {"base_url": "http://10.0.0.7:8001", "method": "POST", "data": {"A": ["1", ""], "B": ""}}
    with app.test_request_context("/dialler/twilio/seat?id=x%20y&id=", **inside):
        came = as_it_came("https://calls.example.cn:8443")
    assert came.url == "https://calls.example.cn:8443/dialler/twilio/seat?id=x%20y&id="
    assert came.form == {"A": ["1", ""], "B": [""]}


def test_no_carrier_decides_whether_a_machine_answered():
    """Seconds of silence and greetings cut short: nobody asks a carrier to tell machines from people."""
    dialler = TwilioDialler(str, "AC1", "token", "+85221230000", "https://x.example", str)
    assert not dialler.abilities.detects_machines
    markup = dialler._markup("D1", "+85221230001", "", ring_s=25, limit_s=600)
    assert "<Number" in markup
    assert "achineDetection" not in markup
