"""A campaign stands apart from waves, and nothing that it was drawn from, or found, changes afterwards."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from huying.base.errors import Conflict, NotFound, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.ledger import rotation
from huying.store.db import Database
from huying.store.insert_only import lifted
from survey import ledger_key
from survey.campaigns.operations import counting, freeze
from survey.deposits.operations import discard
from survey.fieldwork.operations import close
from survey.kinds import CASE_FOLLOWUP
from survey.models import (
    CAMPAIGN_LEDGER,
    LEDGER,
    Account,
)
from survey.scores.operations import releasing as scores
from survey.waves.operations import bundle
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.campaigns import deposited
from tests.survey.campaigns.deposited import asked, caller, case, finish
from tests.survey.stories import END, frozen, grids, register


def test_it_stands_in_a_ledger_of_its_own_beside_a_wave_of_households(
    database: Database, vault: Vault
) -> None:
    with database.transaction() as session:
        before = LEDGER.size(session)
        register(session, grids({"G1": 5}), vault=vault)
        frozen(session, {"G1": (3, 0)}, vault=vault, label="w1")
        assert [json.loads(line)["t"] for line in LEDGER.lines(session, before)][-2:] == ["frame", "design"]
        with pytest.raises(Conflict, match="k1"):
            freeze.freeze(session, asked(CASE_FOLLOWUP, label="k2"), vault=vault, now=NOW)


def test_a_deposited_line_that_was_changed_since_is_not_dialled(database: Database, vault: Vault) -> None:
    person = caller(database, vault)
    person.takes_next()
    with as_owner(database) as session, lifted(session, "deposited_case"):
        session.execute(text("UPDATE deposited_case SET line = line || 'x'"))
    with pytest.raises(Refused, match="不一致"):
        person.dials()


def test_the_deposit_of_a_campaign_is_not_thrown_out(database: Database) -> None:
    registrar = Account(login="r", name="r", role="registrar", password_hash="", active=True, created_at=NOW)
    with database.transaction() as session:
        session.add(registrar)
        session.flush()
        with pytest.raises(Conflict, match="k1"):
            discard.discard(session, "2026W48", by=registrar, reason="文件不对，见工单", now=NOW)


def test_what_a_campaign_is_of_never_changes(database: Database) -> None:
    for change in ("kind = 'household', deposit_period = NULL", "deposit_period = NULL", "phase_of = 'k1'"):
        with pytest.raises(DatabaseError), database.transaction() as session:
            session.execute(text(f"UPDATE wave SET {change} WHERE label = 'k1'"))
    with pytest.raises(DatabaseError), database.transaction() as session:
        session.execute(text("DELETE FROM campaign_entry"))


def test_nothing_is_counted_before_its_end_or_of_a_wave_of_households(
    database: Database, vault: Vault
) -> None:
    with database.transaction() as session:
        with pytest.raises(Refused, match="还没有结束"):
            counting.count(session, "k1", now=NOW)
        register(session, grids({"G1": 5}), vault=vault)
        frozen(session, {"G1": (3, 0)}, vault=vault, label="w1")
        with pytest.raises(NotFound):
            counting.count(session, "w1", now=NOW)


def test_without_a_deposit_or_without_silence_there_is_nothing_to_ask(
    survey_db: Database, vault: Vault
) -> None:
    with survey_db.transaction() as session:
        with pytest.raises(Refused, match="还没有收过"):
            freeze.freeze(session, asked(CASE_FOLLOWUP), vault=vault, now=NOW)
        deposited.take(session, cases=[case(1, "confirmed", word="link")])
        with pytest.raises(Refused, match="没有要核实的"):
            freeze.freeze(session, asked(CASE_FOLLOWUP), vault=vault, now=NOW)


def test_a_campaign_is_not_scored_as_a_wave(worked: Database) -> None:
    with worked.transaction() as session:
        close.close(session, "k1", now=END)
        with pytest.raises(Refused, match="核实"):
            scores.estimate(session, "k1", now=END)


def test_its_bundle_stays_as_it_was_when_the_key_changes(worked: Database, keys: Keyring) -> None:
    finish(worked, keys)
    told = {"keys": keys, "now": END}
    with worked.transaction() as session:
        before, known = bundle.write(session, "k1", **told), bundle.vkey_of(session, "k1", keys=keys)
        for ledger, is_campaign in ((LEDGER, False), (CAMPAIGN_LEDGER, True)):
            origin = ledger_key.origin_of(is_campaign=is_campaign)
            rotation.announce(ledger, session, keys=keys, origin=origin, at=END)
    rotation.take_over(keys)
    with worked.transaction() as session:
        assert bundle.write(session, "k1", **told) == before
        assert bundle.vkey_of(session, "k1", keys=keys) == known
