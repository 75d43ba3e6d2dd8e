"""A number is proven, doubted or dead: what each does to whoever scans a poster, and to whom it is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback import messages, tokens
from feedback.contacts import operations as contact_numbers
from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import numbers as contacts_numbers
from feedback.duty import queries as duty
from feedback.models import Case, Contact, OutboxMessage, Ping
from feedback.reach import queries as reach_queries
from feedback.reach.operations import pings, reports
from huying.base.errors import Conflict, Gone, NotFound
from huying.messaging.carriers import ACCEPTED, Delivery, FakeCarrier, NoEvents, Sent
from tests.feedback.town import LI, OFFICE, WANG, put_on_duty

BASE = "https://hy.example.cn"
WEEK = timedelta(days=7)


class DeadLine(NoEvents):
    """A carrier in whose network nobody has these numbers."""

    name = "dead line"

    def __init__(self, *dead: str) -> None:
        self.dead = dead

    def send(self, identity, *, number, template, params):
        return Sent(Delivery.REFUSED, "dead") if number in self.dead else ACCEPTED


def shown(town, at, grid="G1"):
    with town.database.reading() as session:
        return contacts.answer(session, grid, at=at, vault=town.vault)


def contact_of(town, worker="W1") -> Contact:
    with town.database.reading() as session:
        return contacts_numbers.of_worker(session, worker)[0]


def ask(town, at) -> int:
    with town.database.transaction() as session:
        return pings.ask_due(session, vault=town.vault, now=at)


def doubt(town, at):
    with town.database.transaction() as session:
        reports.doubt(session, contact_of(town).id, now=at)


def last_token(town) -> str:
    with town.database.reading() as session:
        return tokens.ping_token(town.vault, session.scalar(select(func.max(Ping.id))))


def reply(town, at, *, on_duty=True):
    with town.database.transaction() as session:
        return pings.answer(session, last_token(town), on_duty=on_duty, now=at)


def cases_of_the_unit(town) -> list[Case]:
    with town.database.reading() as session:
        return list(session.scalars(select(Case).where(Case.holder == "unit").order_by(Case.id)))


def test_nobody_is_asked_whose_number_was_proven_lately(town):
    assert ask(town, town.now) == 0


def test_a_silent_number_is_asked_once_and_its_yes_keeps_it_shown(town):
    later = town.now + timedelta(days=5, hours=12)
    assert shown(town, later).state == "fresh"
    asked = sum(ask(town, later + timedelta(minutes=n)) for n in range(5))
    assert asked == 1, "only Wang is on duty"
    reply(town, later + timedelta(minutes=9))
    assert shown(town, later + WEEK - timedelta(hours=1)).number == WANG


def test_the_question_s_link_fits_a_short_message_and_opens_its_own_number_only(town, tmp_path):
    at = town.now + timedelta(days=5)
    ask(town, at)
    carrier = FakeCarrier(tmp_path)
    messages.send_queued(town.database, carrier=carrier, base_url=BASE, vault=town.vault, now=at)
    (sent,) = carrier.sent()
    assert sent["number"] == WANG
    assert f"{BASE}/k/{last_token(town)}" in sent["text"]
    assert "和平里社区第1网格" in sent["text"]
    assert len(sent["text"].encode("utf-16-le")) // 2 <= 70
    with town.database.transaction() as session:
        contact_numbers.set_number(session, worker_code="W1", number="+99913900007", vault=town.vault)
    with pytest.raises(Gone):
        reply(town, at)
    assert contact_of(town).verified_at is None


def test_a_no_moves_the_page_on_at_once_and_tells_the_unit(town):
    at = town.now + timedelta(days=5)
    ask(town, at)
    reply(town, at, on_duty=False)
    answer = shown(town, at)
    assert (answer.state, answer.number, answer.institutions[0].number) == ("stale", None, OFFICE)
    (case,) = cases_of_the_unit(town)
    assert (case.category, case.grid_code, case.worker_code, case.source) == (
        reports.DEAD,
        "G1",
        None,
        "staff",
    )


def test_a_number_that_the_carrier_cannot_reach_fails_within_the_minute(town):
    at = town.now + timedelta(days=5)
    ask(town, at)
    messages.send_queued(town.database, carrier=DeadLine(WANG), base_url=BASE, vault=town.vault, now=at)
    with town.database.transaction() as session:
        assert pings.settle_undelivered(session, now=at + timedelta(seconds=5)) == 1
        assert pings.settle_undelivered(session, now=at + timedelta(seconds=6)) == 0
    assert shown(town, at + timedelta(minutes=1)).institutions[0].number == OFFICE
    assert shown(town, at + timedelta(minutes=1)).number is None
    assert len(cases_of_the_unit(town)) == 1


def test_a_dead_number_is_not_asked_again_until_it_is_replaced(town):
    at = town.now + timedelta(days=5, hours=12)
    ask(town, at)
    reply(town, at, on_duty=False)
    assert ask(town, at + timedelta(days=2)) == 0
    with town.database.transaction() as session:
        contact_numbers.set_number(session, worker_code="W1", number="+99913900007", vault=town.vault)
    assert ask(town, at + timedelta(days=2, hours=14)) == 1


def test_a_doubt_moves_nobody_and_asks_at_once(town):
    doubt(town, town.now)
    answer = shown(town, town.now)
    assert (answer.number, answer.suspect) == (WANG, True)
    assert ask(town, town.now) == 1
    doubt(town, town.now + timedelta(minutes=1))
    assert ask(town, town.now + timedelta(minutes=2)) == 0
    reply(town, town.now + timedelta(minutes=3))
    assert not shown(town, town.now + timedelta(minutes=3)).suspect


def test_a_hundred_doubts_are_one_question(town):
    for second in range(100):
        doubt(town, town.now + timedelta(seconds=second))
        ask(town, town.now + timedelta(seconds=second))
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Ping)) == 1


def test_the_first_answer_counts(town):
    doubt(town, town.now)
    ask(town, town.now)
    reply(town, town.now, on_duty=False)
    with pytest.raises(Conflict):
        reply(town, town.now, on_duty=True)


@pytest.mark.parametrize("token", ["", "x", "0" * 16, "０" * 16, "0" * 15])
def test_no_other_link_opens_anything(town, token):
    with town.database.reading() as session, pytest.raises(NotFound):
        reach_queries.find(session, token, now=town.now)


def test_a_link_opens_for_three_days(town):
    doubt(town, town.now)
    ask(town, town.now)
    with town.database.reading() as session:
        reach_queries.find(session, last_token(town), now=town.now + timedelta(days=2, hours=23))
        with pytest.raises(Gone):
            reach_queries.find(session, last_token(town), now=town.now + timedelta(days=3))


def test_questions_that_a_worker_lets_pass_are_counted(town):
    doubt(town, town.now)
    ask(town, town.now)
    later = town.now + timedelta(days=2)
    with town.database.reading() as session:
        assert reach_queries.let_pass(session, "W1", since=town.now - WEEK, now=later) == 1
        assert reach_queries.let_pass(session, "W2", since=town.now - WEEK, now=later) == 0


def test_a_duty_phone_goes_before_the_private_number_and_stays_with_the_grid(town):
    post = "+99913700001"
    with town.database.transaction() as session:
        contact_numbers.set_post_phone(
            session, grid_code="G1", number=post, vault=town.vault, verified_at=town.now
        )
        put_on_duty(session, "W2", "G1", start=town.now, end=town.now + timedelta(hours=8), layer=1)
    first, second = shown(town, town.now), shown(town, town.now + timedelta(hours=9))
    assert [(each.surname, each.number) for each in (first, second)] == [("欧阳", post), ("王", post)]
    with town.database.transaction() as session:
        reports.fail(session, contacts_numbers.of_post(session, "G1").id, now=town.now)
    assert shown(town, town.now).number == LI


def test_a_vacant_grid_s_duty_phone_is_not_shown(town):
    with town.database.transaction() as session:
        contact_numbers.set_post_phone(
            session, grid_code="G2", number="+99913700002", vault=town.vault, verified_at=town.now
        )
    assert shown(town, town.now, grid="G2").number is None


def test_what_the_database_and_the_outbox_keep_is_no_number(town):
    doubt(town, town.now)
    ask(town, town.now)
    with town.database.reading() as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert WANG[1:].encode() not in message.sealed_number
        assert WANG[1:] not in message.params
        row = duty.current(session, "G1", at=town.now)
        assert row is not None
