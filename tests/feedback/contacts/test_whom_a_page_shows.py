"""The one answer to "whom do I call now?", from duty, numbers and the offices behind."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from feedback.contacts import operations as contact_numbers
from feedback.contacts.queries import answer as contacts
from feedback.contacts.queries import numbers as contacts_numbers
from feedback.contacts.queries.answer import Institution
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.models import Contact
from huying.base.errors import NotFound
from tests.feedback.town import LI, OFFICE, STREET, WANG, put_on_duty

CITY = Institution("市民热线", "12345")


def _answer(town, grid="G1", *, after=timedelta()):
    with town.database.reading() as session:
        return contacts.answer(session, grid, at=town.now + after, vault=town.vault)


def test_the_holder_with_a_checked_number_is_shown(town):
    answer = _answer(town)
    assert (answer.state, answer.worker_code, answer.surname, answer.number) == ("fresh", "W1", "王", WANG)
    assert (answer.area_name, answer.community_name) == ("第1网格", "和平里社区")
    assert answer.verified_at == town.now - timedelta(days=1)
    assert answer.until is None
    assert answer.institutions == (
        Institution("和平里居委会", OFFICE),
        Institution("街道值班室", STREET),
        CITY,
    )


def test_a_number_that_the_key_does_not_open_lets_the_next_one_answer(town):
    with town.database.transaction() as session:
        damaged = session.scalars(select(Contact).where(Contact.worker_code == "W1")).one()
        damaged.sealed = damaged.sealed[:-1] + bytes([damaged.sealed[-1] ^ 1])
    answer = _answer(town)
    assert (answer.number, answer.institutions[0].number) == (None, OFFICE)
    with town.database.reading() as session:
        assert contacts_numbers.unreadable(session, vault=town.vault) == 1


def test_a_cover_answers_until_it_ends(town):
    with town.database.transaction() as session:
        put_on_duty(session, "W2", "G1", start=town.now, end=town.now + timedelta(hours=8), layer=1)
    answer = _answer(town)
    assert (answer.state, answer.surname, answer.number) == ("covered", "欧阳", LI)
    assert answer.until == town.now + timedelta(hours=8)
    assert _answer(town, after=timedelta(hours=8)).state == "fresh"


def test_a_number_nobody_checked_for_a_week_is_not_shown(town):
    answer = _answer(town, after=timedelta(days=6))
    assert (answer.state, answer.number, answer.worker_code) == ("stale", None, "W1")
    assert answer.institutions[0].number == OFFICE


def test_a_check_makes_it_showable_again(town):
    later = town.now + timedelta(days=6)
    with town.database.transaction() as session:
        identity = session.scalars(select(Contact.id).where(Contact.worker_code == "W1")).one()
        contact_numbers.verify(session, identity, now=later)
    assert _answer(town, after=timedelta(days=6)).state == "fresh"


def test_a_vacant_grid_names_nobody_and_says_since_when(town):
    assert _answer(town, "G2").state == "vacant"
    with town.database.transaction() as session:
        row = duty_queries.current(session, "G1", at=town.now)
        duty.close(session, row.id, at=town.now, by="office", now=town.now)
    answer = _answer(town)
    assert (answer.state, answer.since, answer.worker_name) == ("vacant", town.now, None)


def test_outside_its_hours_a_number_is_not_shown(town):
    with town.database.transaction() as session:
        contact_numbers.set_number(
            session, worker_code="W1", number=WANG, vault=town.vault, hours=(time(8), time(18))
        )
    assert _answer(town).until == town.now + timedelta(hours=8)
    evening = _answer(town, after=timedelta(hours=8))
    assert (evening.state, evening.after_hours, evening.number) == ("covered", True, None)


def test_when_no_office_answers_the_citys_line_does(town):
    assert _answer(town, after=timedelta(days=40)).institutions == (CITY,)


def test_a_new_number_replaces_the_old_and_is_not_yet_checked(town):
    with town.database.transaction() as session:
        contact_numbers.set_number(session, worker_code="W1", number="+99913900009", vault=town.vault)
        assert len(contacts_numbers.of_worker(session, "W1")) == 1
    assert _answer(town).state == "stale"


def test_an_older_check_does_not_undo_a_later_one(town):
    with town.database.transaction() as session:
        contact_numbers.set_number(
            session,
            worker_code="W1",
            number=WANG,
            vault=town.vault,
            verified_at=town.now - timedelta(days=30),
        )
    assert _answer(town).state == "fresh"


def test_an_unknown_area_has_no_answer(town):
    with pytest.raises(NotFound):
        _answer(town, "nowhere")


def test_numbers_are_sealed_at_rest(town):
    with town.database.reading() as session:
        for contact in session.scalars(select(Contact)):
            assert contacts_numbers.number_of(contact, vault=town.vault).encode() not in contact.sealed


@pytest.mark.parametrize(
    ("name", "surname"), [("王秀兰", "王"), ("欧阳建国", "欧阳"), ("欧阳", "欧"), ("王", "王")]
)
def test_a_surname_has_one_character_or_two(name, surname):
    assert contacts.surname(name) == surname
