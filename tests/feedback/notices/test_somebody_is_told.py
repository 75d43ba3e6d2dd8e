"""From a step of a case to somebody's telephone: danger rings until taken, a lamp post waits for eight."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback.cases.operations import clock as case_clock
from feedback.cases.operations import handling, ratings, whistles
from feedback.cases.rules.requests import RatingAnswer, Refusal
from feedback.models import Account, Case, Notice, OutboxMessage
from feedback.notices.operations import ringing
from feedback.notices.operations import telling as operations
from feedback.notices.queries.recipients import Ways
from feedback.roles import WORKER
from huying import accounts
from tests.feedback.notices.telling import LEADER, MAIL, WITHOUT_VOICE, Telling
from tests.feedback.town import OFFICE, RESIDENT, WANG

MINUTE = timedelta(minutes=1)


@pytest.fixture
def telling(town) -> Telling:
    made = Telling(town)
    made.lead()
    return made


@pytest.fixture
def night(town):
    """Twenty-seven minutes past one."""
    return town.now + timedelta(hours=15, minutes=27)


def numbers(told, channel="voice"):
    return [number for by, number, _text in told if by == channel]


def test_gas_at_night_rings_the_line_of_a_call_until_somebody_takes_it(telling, town, night):
    case = town.open(urgency="life", at=night, contact=None).case
    first = telling.round(night)
    assert numbers(first) == [WANG]
    assert numbers(first, "sms") == [WANG]
    assert numbers(first, "chat") == ["office"]
    assert numbers(first, "mail") == [MAIL]
    rung = [numbers(telling.round(night + minutes * MINUTE)) for minutes in (1, 2, 3, 4, 6)]
    assert rung[:4] == [[], [WANG], [LEADER], [WANG]]
    assert set(rung[4]) == {WANG, LEADER, OFFICE}
    town.answer(case, at=night + 7 * MINUTE)
    assert [telling.round(night + minutes * MINUTE) for minutes in (8, 10, 40, 600)] == [[], [], [], []]


def press(town, number, *, at):
    """Let whoever was rung at this number press 1; return whether the case is theirs now."""
    with town.database.transaction() as session:
        rung = session.scalars(select(OutboxMessage).where(OutboxMessage.channel == "voice")).all()
        theirs = [each for each in rung if town.vault.open(each.sealed_number, where=each.place) == number]
        return ringing.taken_by_key(session, theirs[-1].identity, vault=town.vault, now=at)


def test_a_ring_is_taken_by_a_key_of_who_has_the_case_and_of_nobody_else(telling, town, night):
    case = town.open(urgency="life", at=night, contact=None).case
    with town.database.transaction() as session:
        accounts.create(
            session,
            Account,
            login="w1",
            name="w1",
            role=WORKER,
            password=None,
            now=night,
            worker_code="W1",
        )
    telling.round(night)
    telling.round(night + 3 * MINUTE)
    assert not press(town, LEADER, at=night + 3 * MINUTE), "the case is the worker's"
    assert press(town, WANG, at=night + 4 * MINUTE)
    assert not press(town, WANG, at=night + 4 * MINUTE), "a key pressed twice, or sent twice, is one step"
    assert telling.round(night + 10 * MINUTE) == []
    with town.database.transaction() as session:
        assert [step.event for step in session.get_one(Case, case.id).steps] == ["open", "answer"]
        assert not ringing.taken_by_key(session, "forged-1-0", vault=town.vault, now=night)


def test_words_are_written_once_where_the_telephone_rings(telling, town, night):
    town.open(urgency="life", at=night, contact=None)
    for minutes in range(0, 20, 2):
        telling.round(night + minutes * MINUTE)
    assert numbers(telling.told, "sms").count(WANG) == 1
    assert numbers(telling.told).count(WANG) >= 4


def test_without_a_gateway_danger_is_written_again_and_again(telling, town, night):
    telling.means = WITHOUT_VOICE
    town.open(urgency="life", at=night, contact=None)
    for minutes in (0, 2, 4):
        telling.round(night + minutes * MINUTE)
    assert numbers(telling.told, "sms").count(WANG) == 3
    assert OFFICE not in numbers(telling.told, "sms"), "a land line takes no messages"


def test_a_lamp_post_wakes_nobody_and_is_told_at_eight(telling, town, night):
    town.open(at=night, contact=None)
    assert telling.round(night) == []
    assert telling.round(night + timedelta(hours=6)) == []
    eight = night.replace(hour=0, minute=0) + timedelta(days=0 if night.hour < 12 else 1)
    (told,) = telling.round(eight + MINUTE)
    assert told[:2] == ("sms", WANG)
    assert "新登记" in told[2]
    assert telling.round(eight + timedelta(days=1)) == []


def test_a_lamp_post_that_somebody_took_by_night_is_told_to_nobody_in_the_morning(telling, town, night):
    case = town.open(at=night, contact=None).case
    telling.round(night)
    town.answer(case, at=night + timedelta(hours=5))
    assert telling.round(night + timedelta(hours=9)) == []


def test_in_a_vacant_grid_office_and_leader_are_told(telling, town):
    town.open(grid="G2", contact=None)
    told = telling.round(town.now)
    assert (numbers(told, "chat"), numbers(told, "sms")) == (["office"], [LEADER])


def test_a_department_s_own_group_is_told_and_the_resident_learns_who_has_it(telling, town):
    case = town.open().case
    town.answer(case)
    town.whistle(case)
    told = telling.round(town.now)
    assert numbers(told, "chat") == ["water"]
    texts = [text for channel, number, text in told if number == RESIDENT]
    assert [("回执" in text, "水务局" in text) for text in texts] == [(True, False), (True, True)]


def test_danger_whistled_for_is_chased_until_the_department_answers(telling, town, night):
    case = town.open(urgency="life", at=night, contact=None).case
    town.answer(case, at=night)
    whistle = town.whistle(case, at=night)
    for minutes in (0, 2, 6, 30):
        telling.round(night + minutes * MINUTE)
    assert numbers(telling.told).count(LEADER) >= 3
    assert numbers(telling.told, "chat") == ["water", "water"]
    with town.database.transaction() as session:
        whistles.accept(session, whistle, department_code="water", now=night + 31 * MINUTE)
    assert telling.round(night + timedelta(hours=2)) == []


def test_a_refusal_is_told_to_the_coordinator_and_to_the_resident(telling, town):
    case = town.open().case
    town.answer(case)
    whistle = town.whistle(case)
    telling.round(town.now)
    with town.database.transaction() as session:
        refusal = Refusal("not_ours", "urban", "地面归城管")
        whistles.refuse(session, whistle, refusal, department_code="water", now=town.now)
    told = telling.round(town.now + MINUTE)
    assert numbers(told, "chat") == ["office"]
    (text,) = [text for _channel, number, text in told if number == RESIDENT]
    assert "退回" in text
    assert "地面归城管" not in text


def test_the_next_round_shows_a_day_later(telling, town):
    case = town.declared()
    telling.round(town.now)
    with town.database.transaction() as session:
        ratings.rate(session, town.token(case), RatingAnswer("not_solved"), now=town.now)
    soon = [number for _channel, number, _text in telling.round(town.now + timedelta(hours=2))]
    assert RESIDENT not in soon
    town.settle(at=town.now + timedelta(hours=24))
    (text,) = [
        text for _c, number, text in telling.round(town.now + timedelta(hours=25)) if number == RESIDENT
    ]
    assert "第2次办理" in text


@pytest.mark.parametrize("source", ["poster", "voice", "operator", "staff"])
def test_a_receipt_goes_out_on_every_way_in_once(telling, town, source):
    opened = town.open(source=source)
    for minutes in range(3):
        telling.round(town.now + minutes * MINUTE)
    (text,) = [text for _channel, number, text in telling.told if number == RESIDENT]
    receipt = opened.receipt
    assert f"{receipt[:4]}-{receipt[4:8]}-{receipt[8:]}" in text
    assert "第1网格水电气热" in text


def test_two_matters_can_be_told_apart(telling, town):
    town.open(once="form-0123456789ab")
    town.open(once="form-0123456789ac", grid="G2", at=town.now - timedelta(days=1))
    texts = [text for _c, number, text in telling.round(town.now) if number == RESIDENT]
    assert len(set(texts)) == 2
    assert {("第1网格" in text, "第2网格" in text) for text in texts} == {(True, False), (False, True)}
    assert {("23日" in text, "22日" in text) for text in texts} == {(True, False), (False, True)}


def test_no_round_tells_twice_what_another_told(telling, town):
    town.open()
    telling.round(town.now)
    assert telling.round(town.now) == []
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Notice).where(Notice.due_at.is_not(None))) == 0


def test_without_any_carrier_nothing_is_claimed_and_danger_waits_for_one(telling, town, night):
    telling.means = Ways()
    town.open(urgency="life", at=night)
    assert telling.round(night) == []
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    telling.means = WITHOUT_VOICE
    assert WANG in numbers(telling.round(night + timedelta(hours=1)), "sms")


def test_a_clock_that_ran_ahead_silences_nothing_for_long(telling, town, night):
    town.open(urgency="life", at=night + timedelta(days=30), contact=None)
    telling.round(night + timedelta(days=30))
    assert WANG in numbers(telling.round(night))


def test_a_withdrawn_case_rings_nobody_any_more(telling, town, night):
    case = town.open(urgency="life", at=night).case
    telling.round(night)
    with town.database.transaction() as session:
        handling.withdraw(session, case.id, now=night + MINUTE)
    assert numbers(telling.round(night + 10 * MINUTE)) == []
    with town.database.reading() as session:
        assert "over" in set(session.scalars(select(Notice.outcome)))


def test_no_name_number_or_text_of_a_resident_stands_in_any_message_to_an_office_chat(telling, town, night):
    secrets = ("三楼水管漏水", "2单元", RESIDENT, RESIDENT[-4:], "王秀兰", "下午去看", "请派人修", "修好了")
    for number, urgency in enumerate(("life", "ordinary", "utility", "hard")):
        case = town.open(urgency=urgency, once=f"form-0123456789{number:02}", at=town.now).case
        telling.round(town.now)
        town.answer(case)
        whistle = town.whistle(case)
        telling.round(town.now + MINUTE)
        with town.database.transaction() as session:
            refusal = Refusal("law_forbids", text="三楼水管漏水 13800000000")
            whistles.refuse(session, whistle, refusal, department_code="water", now=town.now)
        telling.round(town.now + 2 * MINUTE)
    staff = [text for channel, _to, text in telling.told if channel in {"chat", "mail", "voice"}]
    assert len(staff) > 8
    for text in staff:
        assert not any(secret in text for secret in secrets), text


def test_what_is_no_news_any_more_is_told_to_nobody_and_holds_up_nothing(telling, town, monkeypatch):
    monkeypatch.setattr("feedback.notices.operations.telling.MOST", 3)
    for number in range(9):
        town.open(once=f"form-0123456789{number:02}", at=town.now - timedelta(days=300))
    town.open(once="form-0123456789xx", urgency="life", contact=None)
    told = telling.round(town.now)
    assert {text.count("有危险") for _channel, _to, text in told} == {1}


def test_two_workers_at_once_tell_as_much_as_one(telling, town):
    for number in range(5):
        town.open(once=f"form-0123456789{number:02}")

    def tell(_worker):
        with town.database.transaction() as session:
            return operations.tell(session, means=telling.means, vault=town.vault, now=town.now)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(tell, range(2))) == 10, "five receipts, five words to whoever is on duty"


def test_a_deadline_that_passed_is_told_once_to_whoever_leads(telling, town):
    case = town.open(contact=None).case
    town.answer(case)
    town.whistle(case)
    telling.round(town.now)
    late = town.now + timedelta(days=30)
    with town.database.transaction() as session:
        assert case_clock.tick(session, now=late)
    told = telling.round(late.replace(hour=2))
    assert LEADER in numbers(told, "sms")
    assert "超时" in " ".join(text for _channel, _number, text in told)
    with town.database.transaction() as session:
        case_clock.tick(session, now=late)
    assert telling.round(late.replace(hour=3)) == []


def test_danger_that_a_department_is_late_with_is_told_once_a_deadline_and_rings_nobody(telling, town, night):
    telling.means = WITHOUT_VOICE
    case = town.open(urgency="life", at=night, contact=None).case
    town.answer(case, at=night)
    whistle = town.whistle(case, at=night)
    with town.database.transaction() as session:
        whistles.accept(session, whistle, department_code="water", now=night)
    telling.round(night)
    told: list[int] = []
    for hours in (2, 2.5, 3, 4, 4.5):
        at = night + hours * timedelta(hours=1)
        with town.database.transaction() as session:
            case_clock.tick(session, now=at)
        found = telling.round(at)
        assert WANG not in numbers(found, "sms"), "whose grid it is can do nothing about it"
        told.append(numbers(found, "sms").count(LEADER))
    assert told == [1, 0, 0, 1, 0]


def test_danger_that_nobody_takes_is_rung_by_one_series_however_many_deadlines_pass(telling, town, night):
    telling.means = WITHOUT_VOICE
    town.open(urgency="life", at=night, contact=None)
    for half_hours in range(12):
        at = night + half_hours * timedelta(minutes=30)
        with town.database.transaction() as session:
            case_clock.tick(session, now=at)
        assert numbers(telling.round(at), "sms").count(WANG) <= 1
        assert numbers(telling.round(at), "sms") == []


def test_deadlines_that_passed_over_night_are_one_message_in_the_morning(telling, town, night):
    town.open(urgency="utility", at=town.now, contact=None)
    telling.round(town.now)
    for hours in (13, 16, 22, 38):
        with town.database.transaction() as session:
            case_clock.tick(session, now=town.now + hours * timedelta(hours=1))
        if hours < 22:
            telling.round(town.now + hours * timedelta(hours=1))
    told = telling.round(town.now + 22 * timedelta(hours=1))
    assert numbers(told, "sms").count(LEADER) == 1
