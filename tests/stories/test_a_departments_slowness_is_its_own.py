"""A department lets a case lie: through the deposit its hours are told as its own, not as the worker's."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback.cases.operations import ratings, whistles
from feedback.cases.rules.requests import RatingAnswer
from feedback.deposit import operations as deposit
from huying.base.clock import iso
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.ledger.keys import verifier_key
from huying.store.db import Database
from survey.attribution import operations
from survey.attribution.queries import attributions
from survey.deposits import rules as recipient
from survey.deposits.operations import accept
from tests.conftest import NOW
from tests.feedback.town import Town, build

ORIGIN = "public.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_YEAR = NOW + timedelta(days=45)


@pytest.fixture
def town(public_db: Database, keys: Keyring) -> Town:
    with public_db.transaction() as session:
        build(session, vault=Vault(keys), now=NOW)
    return Town(public_db, Vault(keys), NOW)


def the_town_works(town: Town) -> str:
    """Wang takes three cases up: one lies with water, one is solved, of one the resident says it isn't."""
    lying = town.open().case
    town.answer(lying, at=NOW + HOUR)
    sounded = town.whistle(lying, at=NOW + 3 * HOUR)
    with town.database.transaction() as session:
        whistles.accept(session, sounded, department_code="water", now=NOW + 4 * HOUR)
    for number, said in enumerate(("solved", "not_solved")):
        case = town.open(once=f"form-0000000000{number}").case
        town.answer(case, at=NOW + HOUR)
        town.declare(case, at=NOW + 5 * HOUR)
        with town.database.transaction() as session:
            ratings.rate(session, town.token(case), RatingAnswer(said), now=NOW + 6 * HOUR)
    town.settle(at=NOW + 2 * DAY)
    return lying.code


def it_is_deposited(town: Town, survey: Database, keys: Keyring, theirs: Keyring) -> None:
    keys.put(deposit.RECIPIENT, recipient.public_key(theirs))
    with town.database.transaction() as session:
        run = deposit.make(session, period="2027W01", keys=keys, origin=ORIGIN, now=NEW_YEAR)
        file = run.file
    vkey = verifier_key(ORIGIN, key=keys.signing(deposit.SIGNING)).text
    with survey.transaction() as session:
        accept.accept(session, file, vkey=vkey, now=NEW_YEAR)


def test_a_departments_slowness_is_its_own(
    town: Town, survey_db: Database, keys: Keyring, tmp_path: Path
) -> None:
    lying = the_town_works(town)
    it_is_deposited(town, survey_db, keys, Keyring(tmp_path / "survey-keys"))
    with survey_db.transaction() as session:
        operations.attribute(session, "2026Q4", by="assessor", now=NEW_YEAR)
        found = attributions.get(session, "2026Q4").found
    rows = {(row.level, row.holder): row for row in found.holders}
    water, wang = rows["city", "dept:water"], rows["grid", "worker"]
    whole = (NEW_YEAR - NOW - 3 * HOUR) / HOUR
    assert (water.blame, water.confirmed, water.hours) == (1, 0, round(whole, 1))
    assert (water.over, water.whistles, water.whistles_in_time) == (round(whole - 72, 1), 1, 1)
    # Three hours of hers with water's case, five with each of the others; the false closing is hers.
    assert (wang.staff, wang.hours, wang.over, wang.closed_falsely) == ("W1", 13, 0, 1)
    assert (wang.confirmed, wang.on_worker) == (1, 0.3333)
    assert found.totals.blame == found.totals.unresolved == 2
    (aside,) = [row for row in found.asides if row.code == lying]
    assert (aside.staff, aside.holder, aside.over) == ("W1", "dept:water", water.over)
    assert iso(NEW_YEAR).startswith("2027-01-07")
