"""A visit's number and address stay until a deposit has carried them for 30 days; then they go from here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.deposit import operations as deposits
from feedback.deposit.rules import VISITS_KEPT
from feedback.models import Visit
from feedback.worker.operations import visits
from feedback.worker.rules import VisitClaim
from huying.deposit import archive
from huying.deposit.sealing import new_keypair
from tests.feedback.town import RESIDENT

ORIGIN = "public.example"
PERIOD, NEXT = "2026W48", "2026W49"
WEEK = timedelta(weeks=1)


@pytest.fixture
def visited(town, keys):
    keys.put(deposits.RECIPIENT, new_keypair()[1])
    claimed = VisitClaim("G1", town.now, number=RESIDENT, address="3号楼201")
    with town.database.transaction() as session:
        visits.claim(session, claimed, worker_code="W1", vault=town.vault, now=town.now)


def forget(town, *, at):
    with town.database.transaction() as session:
        return deposits.forget_visits(session, now=at)


def deposit(town, keys, *, period, at):
    with town.database.transaction() as session:
        return deposits.make(session, period=period, keys=keys, origin=ORIGIN, now=at).file


def carried(file):
    return [row["contact"] != "" for row in archive.look(file).tables["visits"]]


@pytest.mark.usefixtures("visited")
def test_what_was_never_deposited_stays(town):
    assert forget(town, at=town.now + timedelta(days=400)) == 0


@pytest.mark.usefixtures("visited")
def test_what_a_deposit_has_carried_goes_after_its_time_and_is_not_carried_again(town, keys):
    made = town.now + timedelta(hours=1)
    assert carried(deposit(town, keys, period=PERIOD, at=made)) == [True]
    assert forget(town, at=made + VISITS_KEPT - timedelta(seconds=1)) == 0
    assert forget(town, at=made + VISITS_KEPT) == 1
    with town.database.reading() as session:
        visit = session.scalars(select(Visit)).one()
    assert (visit.sealed_number, visit.sealed_address) == (None, None)
    assert carried(deposit(town, keys, period=NEXT, at=made + WEEK)) == []


@pytest.mark.usefixtures("visited")
def test_what_was_noted_after_the_deposit_waits_for_the_next_one(town, keys):
    made = town.now - timedelta(hours=1)
    deposit(town, keys, period=PERIOD, at=made)
    assert forget(town, at=made + VISITS_KEPT) == 0
