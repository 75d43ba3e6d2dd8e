"""Whose turn a case is: never a neighbour's, never in words nobody speaks, a promised voice for a while."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import close, traits
from survey.fieldwork.rules.queue import order
from survey.fieldwork.rules.traits import StatedTraits
from survey.models import InterviewerTrait, Offer, SampledCase
from tests.conftest import NOW
from tests.survey.stories import END, Interviewer, case_of, enrol, in_field


@pytest.fixture
def seats(survey_db: Database, vault: Vault) -> list[Interviewer]:
    """Two interviewers, and two grids with a household each; no areas, so that each grid is a street."""
    in_field(survey_db, {"G1": (1, 1, 0), "G2": (1, 1, 0)}, vault=vault)
    return [Interviewer(survey_db, each, vault=vault) for each in enrol(survey_db, interviewers=2)]


def known_by(seat: Interviewer, kind: str, value: str) -> None:
    with seat.database.transaction() as session:
        who = {"account_id": seat.account.id, "kind": kind, "value": value}
        session.add(InterviewerTrait(**who, set_by="s", set_at=NOW))


def put(database: Database, **columns: object) -> None:
    """Let all cases be as if a call had left them so."""
    with database.transaction() as session:
        session.execute(update(SampledCase).values(**columns))


def last_offer(database: Database) -> Offer:
    with database.reading() as session:
        return session.scalars(select(Offer).order_by(Offer.seq.desc())).first()


def test_nobody_calls_the_street_where_they_live_or_work(seats: list[Interviewer]):
    lives, other = seats
    first = lives.takes_next()
    assert first is not None
    street = first.stratum
    put(lives.database, holder_id=None, lease_until=None, state="queued")
    known_by(lives, "street", street)
    elsewhere = lives.takes_next()
    assert elsewhere is not None
    assert elsewhere.stratum != street
    assert json.loads(last_offer(lives.database).filtered or "") == {"street": 1}
    theirs = other.takes_next()
    assert theirs is not None
    assert theirs.stratum == street


def test_a_household_is_called_by_who_speaks_its_language(seats: list[Interviewer]):
    speaks, other = seats
    put(speaks.database, language="yue")
    known_by(speaks, "language", "yue")
    known_by(other, "language", "wuu")
    assert other.takes_next() is None
    assert speaks.takes_next()
    assert json.loads(last_offer(speaks.database).filtered or "") == {}


def test_a_household_whose_language_nobody_speaks_any_more_ends_as_such(seats: list[Interviewer]):
    speaks, other = seats
    known_by(speaks, "language", "yue")
    assert other.takes_next()
    other.reaches_somebody()
    for item in ("C1", "S1"):
        other.enters(item, "1")
    other.ends("language_callback", language="yue")
    later = NOW + timedelta(days=3)
    with speaks.database.transaction() as session:
        traits.state(session, speaks.account, StatedTraits({"language": frozenset()}), by="s", now=later)
    while seats[0].takes_next(later):
        assert seats[0].unit != other.unit
        seats[0].reaches_somebody(later)
        seats[0].ends("refusal_household", later)
    assert other.takes_next(later) is None
    with speaks.database.transaction() as session:
        close.close(session, "w1", now=END)
    assert case_of(speaks.database, other.unit).final_code == "language_no_interviewer"


def test_an_appointment_waits_five_minutes_for_whom_the_household_wants(seats: list[Interviewer]):
    wanted, other = seats
    at = NOW + timedelta(hours=1)
    put(wanted.database, priority=1, next_due=at, opens_at=at - timedelta(minutes=10), fit=1)
    put(wanted.database, pinned_id=wanted.account.id)
    assert other.takes_next(at) is None
    assert other.takes_next(at + timedelta(minutes=5) - timedelta(seconds=1)) is None
    assert other.takes_next(at + timedelta(minutes=5))
    assert wanted.takes_next(at - timedelta(minutes=10))


def test_an_offer_keeps_the_key_that_decided_it(seats: list[Interviewer]):
    (seat, _) = seats
    at = NOW + timedelta(hours=1)
    assert seat.takes_next()
    put(seat.database, holder_id=None, lease_until=None, state="queued")
    put(seat.database, priority=1, next_due=at, opens_at=at, fit=1, counted=2)
    for now, shown in ((at, 0), (at + timedelta(minutes=11), 1)):
        case = seat.takes_next(now)
        assert case is not None
        offer = last_offer(seat.database)
        kept = (offer.unit, offer.offered_as, offer.due, offer.counted, offer.rank)
        assert kept == (case.unit, shown, at, 2, case.rank)
        put(seat.database, holder_id=None, lease_until=None, state="queued")


def test_classes_decide_first_then_time_or_fit_then_attempts_then_the_lot():
    early, late = NOW, NOW + timedelta(minutes=1)
    keys = [
        order(0, due=early, fit=3, attempts=5, rank=9),
        order(0, due=late, fit=1, attempts=0, rank=1),
        order(1, due=early, fit=1, attempts=0, rank=1),
        order(2, due=early, fit=1, attempts=0, rank=1),
        order(3, due=late, fit=1, attempts=1, rank=9),
        order(3, due=early, fit=1, attempts=2, rank=1),
        order(3, due=early, fit=2, attempts=0, rank=1),
        order(3, due=early, fit=2, attempts=0, rank=2),
    ]
    assert keys == sorted(keys)
