"""Vacancies, gaps to come and numbers about to lapse are told to who staffs the grid, not to a resident."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback import messages
from feedback.contacts import operations as contact_numbers
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.models import Area, Case, OutboxMessage
from feedback.roster.operations import watch
from feedback.roster.queries.outlooks import Outlook
from feedback.roster.queries.outlooks import outlooks as grid_outlooks
from huying.messaging.carriers import FakeCarrier
from tests.feedback.town import put_on_duty

LEADER = "+99913600001"


@pytest.fixture
def led(town):
    """The town with a grid leader, whose mobile stands in the community's chain."""
    with town.database.transaction() as session:
        contact_numbers.set_office(
            session,
            area_code="M",
            position=9,
            name="周网格长",
            number=LEADER,
            vault=town.vault,
            verified_at=town.now,
            leader=True,
        )
    return town


def vacancies(town, at) -> int:
    with town.database.transaction() as session:
        return watch.open_vacancies(session, now=at)


def outlooks(town, at) -> dict[str, Outlook]:
    with town.database.reading() as session:
        grids = session.scalars(select(Area).where(Area.level == "grid").order_by(Area.code)).all()
        return {each.grid.code: each for each in grid_outlooks(session, grids, vault=town.vault, now=at)}


def warn(town, at) -> int:
    with town.database.transaction() as session:
        return watch.warn(session, vault=town.vault, now=at)


def test_a_vacant_grid_is_one_case_against_the_office_and_no_worker(town):
    assert vacancies(town, town.now) == 1
    assert vacancies(town, town.now + timedelta(days=3)) == 0
    with town.database.reading() as session:
        case = session.scalars(select(Case)).one()
        assert (case.grid_code, case.holder, case.worker_code, case.category) == (
            "G2",
            "unit",
            None,
            watch.VACANT,
        )


def test_the_office_keeps_the_case_when_somebody_comes_on_duty(town):
    vacancies(town, town.now)
    with town.database.transaction() as session:
        put_on_duty(session, "W2", "G2", start=town.now + timedelta(hours=2))
        assert session.scalars(select(Case)).one().worker_code is None


def test_the_minutes_between_two_shifts_open_none(town):
    with town.database.transaction() as session:
        put_on_duty(session, "W2", "G2", start=town.now - timedelta(hours=8), end=town.now)
    assert vacancies(town, town.now + timedelta(minutes=59)) == 0
    assert vacancies(town, town.now + timedelta(minutes=60)) == 1


def test_a_second_vacancy_is_a_second_case_once_the_first_is_over(town):
    vacancies(town, town.now)
    with town.database.transaction() as session:
        case = session.scalars(select(Case)).one()
        case.holder = ""
        put_on_duty(session, "W2", "G2", start=town.now, end=town.now + timedelta(hours=1))
    assert vacancies(town, town.now + timedelta(hours=3)) == 1


def test_gaps_of_the_next_fourteen_days_are_seen(town):
    found = outlooks(town, town.now)
    assert found.keys() == {"G2"}
    with town.database.transaction() as session:
        row = duty_queries.current(session, "G1", at=town.now)
        duty.close(session, row.id, at=town.now + timedelta(days=13), by="office", now=town.now)
    (gap,) = outlooks(town, town.now)["G1"].gaps
    assert (gap.start, gap.end) == (town.now + timedelta(days=13), town.now + timedelta(days=14))


def test_a_number_about_to_lapse_is_seen_two_days_before(town):
    lapses = town.now + timedelta(days=6)  # it was checked a day ago
    assert "G1" not in outlooks(town, lapses - timedelta(hours=49))
    assert outlooks(town, lapses - timedelta(hours=48))["G1"].lapses_at == lapses


def test_a_leader_is_told_of_a_gap_once_a_week(led, tmp_path):
    assert warn(led, led.now) == 1
    assert warn(led, led.now + timedelta(hours=5)) == 0
    carrier = FakeCarrier(tmp_path)
    messages.send_queued(
        led.database, carrier=carrier, base_url="https://hy.example.cn", vault=led.vault, now=led.now
    )
    (sent,) = carrier.sent()
    assert sent["number"] == LEADER
    assert "第2网格" in sent["text"]
    assert len(sent["text"].encode("utf-16-le")) // 2 <= 70
    assert warn(led, led.now + timedelta(days=7)) >= 1


def test_a_leader_is_told_once_of_a_number_about_to_lapse(led):
    at = led.now + timedelta(days=4, hours=1)
    warn(led, at)
    warn(led, at + timedelta(hours=6))
    with led.database.reading() as session:
        told = session.scalars(select(OutboxMessage).where(OutboxMessage.purpose == "lapse")).all()
    assert [message.subject.split("/")[0] for message in told] == ["G1"]


def test_without_a_leader_s_mobile_nobody_is_written_to(town):
    assert warn(town, town.now) == 0
