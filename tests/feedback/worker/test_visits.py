"""Visits that workers claim: to be asked about later, by people whom nobody here can choose."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback.deposit import operations
from feedback.models import Visit
from feedback.worker.operations import visits
from feedback.worker.queries import visits as visit_queries
from feedback.worker.rules import VisitClaim
from huying.base.errors import Conflict, Invalid
from huying.deposit import archive
from huying.deposit.sealing import Opener, new_keypair
from huying.ledger.keys import verifier_key
from tests.feedback.town import RESIDENT

ORIGIN = "public.example"
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


@pytest.fixture
def recipient(keys) -> Opener:
    private, public = new_keypair()
    keys.put(operations.RECIPIENT, public)
    return Opener(private)


def claim(town, *, ago=HOUR, worker="W1", grid="G1", number=RESIDENT, address="", once=None, now=None):
    now = now or town.now
    with town.database.transaction() as session:
        return visits.claim(
            session,
            VisitClaim(grid_code=grid, visited_at=now - ago, number=number, address=address),
            worker_code=worker,
            vault=town.vault,
            now=now,
            once=once,
        )


def stored(town) -> int:
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Visit)) or 0


def rows(town, keys, period, at):
    with town.database.transaction() as session:
        run = operations.make(session, period=period, keys=keys, origin=ORIGIN, now=at)
    vkey = verifier_key(ORIGIN, key=keys.signing(operations.SIGNING)).text
    return archive.read(run.file, vkey=vkey).tables["visits"]


def test_number_and_address_lie_sealed(town):
    visit = claim(town, address="和平里3号楼201")
    assert RESIDENT.encode() not in visit.sealed_number
    assert visit_queries.number_of(visit, vault=town.vault) == RESIDENT
    assert visit_queries.address_of(visit, vault=town.vault) == "和平里3号楼201"


def test_a_form_sent_twice_is_one_visit(town):
    assert claim(town, once="visit-form-000001").id == claim(town, once="visit-form-000001").id
    assert stored(town) == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ago": -HOUR}, "在将来"),
        ({"ago": timedelta(days=15)}, "最近 14 天"),
        ({"number": ""}, "至少一样"),
        ({"address": "长" * 201}, "不要超过 200"),
    ],
)
def test_what_nobody_could_ask_about_is_refused(town, wrong, sentence):
    with pytest.raises(Invalid, match=sentence):
        claim(town, **wrong)
    assert stored(town) == 0


@pytest.mark.parametrize(("worker", "grid"), [("W2", "G1"), ("W1", "G2"), ("W2", "G2")])
def test_only_who_held_the_grid_then_may_claim(town, worker, grid):
    with pytest.raises(Conflict, match="不是您在这个网格值守"):
        claim(town, worker=worker, grid=grid)


def test_a_deposit_holds_every_visit_once(town, keys, recipient):
    first = claim(town)
    (row,) = rows(town, keys, "2026W48", town.now + HOUR)
    assert (row["code"], row["area"], row["staff"], row["address"]) == (first.code, "G1", "W1", "")
    opened = recipient.open(row["contact"], table="visits", code=row["code"], column="contact")
    assert opened == RESIDENT
    second = claim(town, now=town.now + 2 * HOUR)
    later = rows(town, keys, "2026W49", town.now + WEEK)
    assert [row["code"] for row in later] == [second.code]
