"""Events of a call come twice, late and in any order: one call, one line of bridges, at most one case."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback.calls.operations import calls
from feedback.calls.operations.legs import CallLine
from feedback.duty import operations as duty
from feedback.duty.rules import Assignment
from feedback.models import Call, CallLeg, CallRecord, Case, Contact, OutboxMessage
from huying.telephony.voice import CallEvent as Event
from huying.telephony.voice import Connect, Gather, HangUp
from tests.feedback.town import LI, OFFICE, RESIDENT, WANG

LINE = CallLine("12345", lambda _number: True)
CODE = "572005"
CODE_OF_NOBODY = "999999"


def event(kind: str, *, call: str = "c1", key: str = "", caller: str = RESIDENT, **more) -> Event:
    told = "/".join(str(value) for value in more.values())
    return Event("fake", call, kind, key or f"{kind}/{told}", caller=caller, **more)


START, END = event("start"), event("end")
DIALS, YES = event("digits", key="d0", digits=CODE), event("digits", key="d1", digits="1")
MISSED = [
    START,
    DIALS,
    YES,
    event("leg", leg=1, result="no_answer"),
    event("leg", leg=2, result="busy"),
    event("digits", key="d2", digits=""),
    END,
]


def tell(town, told: Event, *, after: float = 0, line=LINE):
    with town.database.transaction() as session:
        now = town.now + timedelta(seconds=after)
        return calls.handle(session, told, line=line, vault=town.vault, now=now)


def settle(town, *, after: float = 60) -> int:
    with town.database.transaction() as session:
        return calls.settle(session, vault=town.vault, now=town.now + timedelta(seconds=after))


def count(town, model) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def the_case(town) -> Case:
    with town.database.reading() as session:
        return session.scalars(select(Case)).one()


def test_the_place_is_read_back_and_who_is_on_duty_is_rung(town):
    asked = tell(town, START)
    assert isinstance(asked, Gather)
    assert asked.say.endswith("请按海报上的编号，按井号结束。")
    place = tell(town, DIALS)
    assert place.say == "和平里社区第1网格，对请按 1，不对请按 2。"
    ring = tell(town, YES)
    assert isinstance(ring, Connect)
    assert (ring.number, ring.leg, ring.ring_s) == (WANG, 1, 25)


def test_after_the_person_an_institution_is_rung_and_then_it_is_a_missed_call(town):
    *_, ring, second, third = [tell(town, each) for each in MISSED[:5]]
    assert ring.number == WANG
    assert second.number == OFFICE
    assert isinstance(third, Gather)
    assert "登记" in third.say


def test_a_missed_call_becomes_a_case_whose_clock_runs_from_the_first_second(town):
    for second, each in enumerate(MISSED):
        tell(town, each, after=second * 20)
    assert settle(town, after=200) == 1
    case = the_case(town)
    assert case.opened_at == town.now
    assert (case.source, case.grid_code, case.holder) == ("voice", "G1", "worker")
    assert count(town, OutboxMessage) == 1, "the receipt goes out by message"


def test_who_hangs_up_while_it_rings_was_missed_too(town):
    for each in (START, DIALS, YES, END):
        tell(town, each)
    assert settle(town) == 1


@pytest.mark.parametrize("stories", [(START, END), (START, DIALS, END)])
def test_who_hangs_up_before_anybody_was_rung_asked_for_nothing(town, stories):
    for each in stories:
        tell(town, each)
    assert settle(town) == 0
    assert count(town, Case) == 0


def test_nine_keeps_the_number_out_of_the_case(town):
    for each in (*MISSED[:5], event("digits", key="d2", digits="9"), END):
        tell(town, each)
    assert settle(town) == 1
    assert the_case(town).contact_sealed is None
    assert count(town, OutboxMessage) == 0


def test_a_withheld_number_still_becomes_a_case(town):
    for each in MISSED:
        tell(town, Event(**{**_fields(each), "caller": ""}))
    assert settle(town) == 1
    assert the_case(town).contact_sealed is None


def _fields(told: Event) -> dict:
    return {name: getattr(told, name) for name in Event.__slots__}


def test_an_answered_call_is_no_case_and_proves_the_number(town):
    for each in (START, DIALS, YES, event("leg", leg=1, result="answered"), END):
        tell(town, each, after=30)
    assert settle(town) == 0
    with town.database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.worker_code == "W1")).one()
        assert contact.verified_at == town.now + timedelta(seconds=30)


def test_a_number_that_nobody_has_is_dead_at_once(town):
    for each in (START, DIALS, YES):
        tell(town, each)
    assert tell(town, event("leg", leg=1, result="vacant")).number == OFFICE
    with town.database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.worker_code == "W1")).one()
        assert contact.failed_at == town.now


def test_silence_says_nothing_of_a_number(town):
    for each in MISSED:
        tell(town, each)
    with town.database.reading() as session:
        contact = session.scalars(select(Contact).where(Contact.worker_code == "W1")).one()
        assert contact.failed_at is None
        assert contact.verified_at < town.now


def test_a_code_that_nobody_hung_up_leads_to_a_person_the_second_time(town):
    tell(town, START)
    again = tell(town, event("digits", key="d0", digits=CODE_OF_NOBODY))
    assert again.say.startswith("编号不对")
    person = tell(town, event("digits", key="d1", digits=CODE_OF_NOBODY))
    assert isinstance(person, Connect)
    assert (person.number, person.leg) == ("12345", 0)
    assert isinstance(tell(town, event("leg", leg=0, result="no_answer")), HangUp)


def test_who_is_rung_was_fixed_when_the_caller_said_yes(town):
    for each in (START, DIALS, YES):
        tell(town, each)
    with town.database.transaction() as session:
        duty.assign(
            session,
            Assignment(grid_code="G1", worker_code="W2", layer=3, valid_from=town.now),
            by="office",
            now=town.now,
        )
    assert tell(town, event("leg", leg=1, result="busy")).number == OFFICE
    assert count(town, CallLeg) == 2


def test_whoever_cannot_be_reached_from_here_is_left_out(town):
    abroad = CallLine("12345", lambda number: number != WANG)
    for each in (START, DIALS):
        tell(town, each)
    assert tell(town, YES, line=abroad).number == OFFICE


def test_where_nobody_can_be_reached_from_here_the_call_is_a_missed_one_at_once(town):
    nowhere = CallLine("12345", lambda _number: False)
    for each in (START, DIALS):
        tell(town, each)
    assert "登记" in tell(town, YES, line=nowhere).say
    tell(town, END)
    assert settle(town) == 1


def test_a_repetition_is_told_what_it_was_told_before(town):
    told = [tell(town, each) for each in MISSED]
    assert [tell(town, each) for each in MISSED] == told
    assert count(town, CallRecord) == len(MISSED)


@pytest.mark.parametrize("seed", range(12))
def test_events_twice_and_the_end_anywhere_are_one_call_and_one_case(town, seed):
    chance = random.Random(seed)
    story = MISSED[:-1]
    story.insert(chance.randrange(1, len(story) + 1), END)
    for _time in range(6):
        again = chance.choice(story)
        story.insert(chance.randrange(story.index(again) + 1, len(story) + 1), again)
    for each in story:
        tell(town, each)
    assert settle(town) + settle(town) == 1
    assert (count(town, Call), count(town, Case), count(town, CallRecord)) == (1, 1, len(MISSED))


@pytest.mark.parametrize("seed", range(12))
def test_in_no_order_at_all_it_is_still_one_call_and_at_most_one_case(town, seed):
    story = [*MISSED, *MISSED]
    random.Random(seed).shuffle(story)
    for each in story:
        tell(town, each)
        settle(town, after=-10)
    settle(town)
    settle(town, after=7200)
    assert count(town, Call) == 1
    assert count(town, Case) <= 1
    assert count(town, CallLeg) in {0, 2}


def test_a_word_after_the_call_was_settled_opens_no_second_case(town):
    for each in MISSED[:-1]:
        tell(town, each)
    tell(town, END)
    assert settle(town) == 1
    tell(town, event("leg", key="late", leg=2, result="answered"), after=90)
    assert settle(town, after=7200) == 0
    assert count(town, Case) == 1


def test_a_call_that_never_ends_is_settled_after_two_hours(town):
    for each in MISSED[:5]:
        tell(town, each)
    assert settle(town, after=7000) == 0
    assert settle(town, after=7200) == 1


def test_eight_servers_that_are_told_the_same_at_once_store_it_once(town):
    for each in MISSED[:2]:
        tell(town, each)
    with ThreadPoolExecutor(8) as servers:
        told = list(servers.map(lambda _n: tell(town, YES), range(8)))
    assert {step.number for step in told} == {WANG}
    assert count(town, CallLeg) == 2
    assert count(town, CallRecord) == 3


def test_no_number_lies_open_in_what_is_stored(town):
    for each in MISSED:
        tell(town, each)
    settle(town)
    with town.database.reading() as session:
        tables = [model.__table__ for model in (Call, CallRecord, CallLeg)]
        stored = repr([session.execute(select(table)).all() for table in tables])
    for number in (WANG, LI, OFFICE, RESIDENT):
        assert number not in stored
        assert number.removeprefix("+999") not in stored
