"""A carrier rings: one press one call, whatever is lost, repeated or reordered; a person's word stands."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict, Refused
from huying.telephony.voice import NotServed
from survey.fieldwork.operations import calls, dialling, dnc, later_keys, recordings
from survey.fieldwork.queries import contradictions, dials, lines
from survey.fieldwork.queries import interviews as talks
from survey.fieldwork.rules.dials import DialLine
from survey.models import Attempt, CaseEvent, Dial, DialEvent
from survey.waves.operations import release, served
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.fieldwork.carriers import Carrier, twilio
from tests.survey.stories import Interviewer, case_of, drawn, enrol, frozen, household, register

ANSWERS, NOBODY, BUSY, VACANT = "0009", "0001", "0002", "0003"


class AtTheLine(Interviewer):
    """An interviewer whose calls a carrier places."""

    def __init__(self, database, account, *, vault):
        super().__init__(database, account, vault=vault)
        self.carrier = Carrier(database, vault)
        self.desk = self.carrier.desk

    def rings(self):
        return dialling.ring(self.desk, self.unit, interviewer=self.account, fence=self.fence)

    def begins(self):
        """Press, and be killed before anybody is asked."""
        seat = {"interviewer": self.account, "fence": self.fence}
        with self.database.transaction() as session:
            return dialling.begin(self.desk, session, self.unit, **seat)[0]

    def dial(self):
        with self.database.reading() as session:
            return session.scalars(select(Dial).order_by(Dial.ulid.desc()).limit(1)).one()

    def happened(self):
        """What is left of the call, without names and times."""
        case, dial = case_of(self.database, self.unit), self.dial()
        with self.database.reading() as session:
            ended = session.scalars(select(Attempt.code)).all()
            numbers = [row.state for row in dials.numbers(session, self.unit)]
        return case.state, case.counted, dial.state, dial.code, dial.set_by, ended, numbers


@pytest.fixture
def at_the_line(survey_db, vault):
    """Make somebody who holds the case of a household with numbers that end so."""

    def holding(*endings):
        numbers = [f"+9991000{at}{ending}" for at, ending in enumerate(endings)]
        with survey_db.transaction() as session:
            register(
                session, [household("h1", "G1", numbers[-1], adults=";".join(numbers[:-1]))], vault=vault
            )
            frozen(session, {"G1": (1, 0)}, vault=vault)
            drawn(session)
            release.open_field(session, "w1", now=NOW)
        someone = AtTheLine(survey_db, enrol(survey_db)[0], vault=vault)
        someone.takes_next()
        return someone

    return holding


def test_a_reply_that_was_lost_is_one_call_and_never_a_second(at_the_line):
    caller = at_the_line(NOBODY)
    caller.carrier.platform.failures.append("reset_after")
    caller.rings()
    assert (caller.dial().state, caller.dial().code) == ("unknown", None)
    caller.rings()
    assert len([path for path, _said in caller.carrier.platform.asked if path == "/dials"]) == 1
    caller.carrier.platform.ring(caller.carrier.only)
    caller.carrier.delivers()
    assert caller.dial().provider_sid == "P0"
    assert caller.happened() == (
        "resting", 1, "no_answer", "no_answer", "provider", ["no_answer"], ["live"],
    )  # fmt: skip


@pytest.mark.parametrize("lost", ["the reply", "the process"])
def test_without_a_callback_the_carrier_is_asked_and_knows(at_the_line, lost):
    caller = at_the_line(BUSY)
    if lost == "the reply":
        caller.carrier.platform.failures.append("reset_after")
        caller.rings()
    else:
        begun = caller.begins()
        caller.desk.dialler.dial(begun.ulid, number_ref=begun.number_ref, interviewer="800")
        caller.carrier.passes(seconds=91)
    caller.carrier.platform.ring(caller.carrier.only)
    assert dialling.settle(caller.desk) == 1
    assert caller.dial().code == "busy"
    assert len(caller.carrier.platform.dials) == 1


@pytest.mark.parametrize("killed", ["before the request", "reset_before"])
def test_what_never_arrived_is_after_a_while_a_fault_of_ours_and_no_attempt(at_the_line, killed):
    caller = at_the_line(ANSWERS)
    if killed == "reset_before":
        caller.carrier.platform.failures.append(killed)
        caller.rings()
    else:
        caller.begins()
    caller.carrier.passes(seconds=80)
    assert dialling.settle(caller.desk) == 0
    caller.carrier.passes(seconds=11)
    assert dialling.settle(caller.desk) == 1
    assert caller.carrier.platform.dials == {}
    assert caller.happened() == (
        "resting", 0, "failed", "technical_ours", "rule", ["technical_ours"], ["untested"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ending", "left"),
    [
        (BUSY, ("resting", 1, "busy", "busy", "provider", ["busy"], ["live"])),
        (ANSWERS, ("held", 0, "completed", None, None, [None], ["untested"])),
    ],
)
def test_repeated_and_reordered_events_leave_the_same_case(at_the_line, ending, left):
    caller = at_the_line(ending)
    caller.rings()
    caller.carrier.platform.ring(caller.carrier.only)
    told = caller.carrier.told * 2
    random.Random(1).shuffle(told)
    caller.carrier.told = told
    caller.carrier.delivers()
    assert caller.happened() == left
    with caller.database.reading() as session:
        assert len(session.scalars(select(DialEvent)).all()) == len(told) // 2


@pytest.mark.parametrize("lost", ["", "reset_after"])
def test_two_legs_of_a_provider_whose_events_repeat_and_overtake_are_one_call(at_the_line, lost):
    caller = at_the_line(NOBODY)
    with twilio(caller.database, caller.vault) as (fake, caller.desk):
        fake.failures += [lost] if lost else []
        caller.rings()
        assert caller.dial().state == ("unknown" if lost else "queued")
        fake.pass_time(120)
        assert sum(call.direction == "outbound-api" for call in fake.calls.values()) == 1
    assert caller.happened() == (
        "resting", 1, "no_answer", "no_answer", "provider", ["no_answer"], ["live"],
    )  # fmt: skip


def test_whatever_a_carrier_says_a_person_s_word_stands(at_the_line):
    caller = at_the_line(BUSY)
    caller.rings()
    caller.reaches_nobody("machine")
    caller.carrier.platform.ring(caller.carrier.only)
    caller.carrier.delivers()
    assert (caller.dial().code, caller.dial().set_by) == ("machine", "interviewer")
    assert caller.happened()[5] == ["machine"]


def test_a_key_after_the_carrier_s_word_is_kept_as_long_as_the_page_is_of_that_call(at_the_line):
    caller = at_the_line(BUSY, ANSWERS)
    caller.rings()
    caller.carrier.platform.ring(caller.carrier.only)
    caller.carrier.delivers()
    seat = {"interviewer": caller.account, "now": NOW, "said": "machine"}
    with caller.database.transaction() as session:
        assert not later_keys.keep(session, caller.unit, fence=caller.fence - 1, **seat), "an older page's"
        for _twice in range(2):
            assert later_keys.keep(session, caller.unit, fence=caller.fence, **seat)
        (flagged,) = contradictions.two_ends(session, since=NOW)
    assert (flagged.said, flagged.told) == ("machine", "busy")
    for deed in ("UPDATE later_key SET said = 'busy'", "DELETE FROM later_key"):
        with pytest.raises(DBAPIError, match="insert-only"), as_owner(caller.database) as session:
            session.execute(text(deed))
    caller.carrier.passes(seconds=20)
    caller.rings()
    with caller.database.transaction() as session:
        assert not later_keys.keep(session, caller.unit, fence=caller.fence, **seat), "the next number rings"


def test_a_call_that_went_through_is_coded_by_a_person(at_the_line):
    caller = at_the_line(ANSWERS)
    caller.rings()
    caller.carrier.platform.ring(caller.carrier.only)
    caller.carrier.delivers()
    assert case_of(caller.database, caller.unit).state == "held"
    caller.is_answered()
    assert case_of(caller.database, caller.unit).state == "coding"
    caller.ends("callback_other")
    assert caller.dial().code == "callback_other"


def test_a_busy_number_leads_to_the_next_and_only_another_press_rings_it(at_the_line):
    caller = at_the_line(BUSY, ANSWERS)
    caller.rings()
    caller.carrier.platform.ring(caller.carrier.only)
    caller.carrier.delivers()
    assert case_of(caller.database, caller.unit).state == "held"
    assert len(caller.carrier.platform.dials) == 1
    caller.rings()
    assert len(caller.carrier.platform.dials) == 2


def test_a_vacant_number_is_doubtful_beside_one_that_rang(at_the_line):
    caller = at_the_line(NOBODY, VACANT)
    for _number in range(2):
        caller.rings()
        caller.carrier.platform.ring(caller.dial().ulid)
        caller.carrier.delivers()
        caller.carrier.passes(seconds=20)
    assert caller.happened()[6] == ["live", "suspect"]
    assert caller.happened()[5] == ["no_answer"]


def test_a_vacant_number_alone_is_our_fault_whatever_was_dialled_by_hand(at_the_line):
    caller = at_the_line(NOBODY, VACANT)
    caller.dials()
    caller.reaches_nobody("no_answer")
    caller.carrier.passes(seconds=20)
    caller.rings()
    caller.carrier.platform.ring(caller.carrier.only)
    caller.carrier.delivers()
    assert (caller.dial().state, caller.dial().code) == ("failed", "technical_ours")


def test_a_wish_between_press_and_ring_rings_nobody(at_the_line):
    caller = at_the_line(ANSWERS)
    with caller.database.transaction() as session:
        begun, _new = dialling.begin(
            caller.desk, session, caller.unit, interviewer=caller.account, fence=caller.fence
        )
        dnc.say(session, caller.unit, interviewer=caller.account, now=NOW)
    with pytest.raises(Conflict):
        dialling.place(caller.desk, begun, interviewer=caller.account, fence=caller.fence)
    assert caller.carrier.platform.asked == []
    assert caller.dial().code == "cancelled_by_us"


def test_a_carrier_without_room_is_asked_again_and_a_line_that_fails_alike_stops(at_the_line):
    caller = at_the_line(ANSWERS)
    caller.carrier.platform.failures += ["429"] * 2
    caller.rings()
    assert len(caller.carrier.waits) == 2
    assert caller.dial().state == "queued"
    with caller.database.transaction() as session:
        _fail(session, caller, 20)
    caller.reaches_nobody("technical_ours")
    caller.takes_next(caller.carrier.passes(minutes=11))
    with pytest.raises(Refused, match="停拨"):
        caller.rings()
    caller.carrier.passes(minutes=50)
    with caller.database.reading() as session:
        assert not lines.is_down(session, "http", now=caller.carrier.at)


def _fail(session, caller, n):
    """Dials of the last hour that all failed by one fault."""
    (mine,) = session.scalars(select(Dial))
    told = {"attempt_id": mine.attempt_id, "unit": mine.unit, "number_ref": "", "adapter": "http"}
    ended = {"state": "failed", "code": "technical_ours", "cause": "ours", "started_at": NOW}
    session.add_all(Dial(ulid=f"D{at}", position=100 + at, **told, **ended) for at in range(n))
    session.flush()


def test_recording_is_asked_for_after_consent_alone_and_ends_with_it_and_with_the_call(at_the_line):
    caller = at_the_line(ANSWERS)
    caller.rings()
    recorded = caller.carrier.platform.recorded

    def says(item, raw):
        caller.enters(item, raw)
        recordings.follow_consent(caller.database, caller.desk.dialler, caller.unit, now=NOW)

    caller.is_answered()
    says("C1", "1")
    assert recorded == []
    for raw in ("1", "1", "2", "1"):
        says("C2", raw)
    ulid = caller.carrier.only
    assert recorded == [(ulid, True), (ulid, False), (ulid, True)]
    with caller.database.reading() as session:
        line = lines.open_line(session, caller.unit)
    dialling.hang_up(caller.desk, line)
    assert recorded[-1] == (ulid, False)
    assert caller.carrier.platform.asked[-1][0].endswith("/hang-up")
    with caller.database.reading() as session:
        assert len(session.scalars(select(CaseEvent)).all()) == 4


def test_the_consent_of_who_answered_one_number_records_nobody_on_the_next(at_the_line):
    caller = at_the_line(ANSWERS, ANSWERS)

    def says(item, raw, now):
        caller.enters(item, raw, now)
        recordings.follow_consent(caller.database, caller.desk.dialler, caller.unit, now=now)

    for number, now in enumerate((NOW, NOW + timedelta(minutes=1))):
        caller.carrier.at = now
        caller.rings()
        caller.is_answered(now)
        says("C1", "1", now)
        ulid = caller.dial().ulid
        assert (ulid, True) not in caller.carrier.platform.recorded, number
        says("C2", "1", now)
        assert (ulid, True) in caller.carrier.platform.recorded
        with caller.database.reading() as session:
            line = lines.open_line(session, caller.unit)
        caller.ends("number_suspect", now)
        dialling.hang_up(caller.desk, line)


def test_by_hand_nobody_is_asked_whether_it_may_be_recorded(at_the_line):
    caller = at_the_line(ANSWERS)
    caller.reaches_somebody()
    caller.enters("C1", "1")
    with caller.database.reading() as session:
        assert talks.so_far(session, caller.unit).next_item == "S1"


def test_numbers_that_the_dialler_doesnt_ring_open_no_field_and_are_never_asked_for(survey_db, vault):
    with survey_db.transaction() as session:
        register(session, [household("h1", "G1", "+99910000009")], vault=vault)
        frozen(session, {"G1": (1, 0)}, vault=vault)
        drawn(session)
        with pytest.raises(NotServed):
            served.open_field(session, "w1", serves=lambda _number: False, vault=vault, now=NOW)
        assert served.open_field(session, "w1", serves=lambda _number: True, vault=vault, now=NOW) == 1
    caller = AtTheLine(survey_db, enrol(survey_db)[0], vault=vault)
    caller.takes_next()
    line = DialLine("twilio", serves=lambda _number: False)
    seat = {"interviewer": caller.account, "fence": caller.fence, "now": NOW}
    with survey_db.transaction() as session, pytest.raises(NotServed):
        calls.start(session, caller.unit, vault=vault, line=line, **seat)
    with survey_db.reading() as session:
        assert session.scalars(select(Dial)).all() == []
