"""The ceremony: each step once, in its order, in the ledger, and nothing of the sample is told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from huying.base.errors import Conflict, Invalid, NotFound, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.drawing import household as sealed
from survey.drawing import parts
from survey.fieldwork.operations import close
from survey.models import LEDGER, FrameUnit, Household, SampledCase, SampleUnit, Wave
from survey.waves.operations import draw, release
from survey.waves.queries import terms, waves
from survey.waves.rules.records import record_context
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.survey.stories import BEFORE, DICE, PART, THROWN, drawn, frozen, grids, household, register


@pytest.fixture
def database(survey_db: Database, vault: Vault) -> Database:
    """A registry of two grids."""
    with survey_db.transaction() as session:
        register(session, grids({"G1": 5, "G2": 3}), vault=vault)
    return survey_db


def kinds(database: Database) -> list[str]:
    with database.reading() as session:
        return [json.loads(line)["t"] for line in LEDGER.lines(session)]


SIZES = {"G1": (2, 1), "G2": (1, 0)}


def test_a_frozen_unit_opens_its_commitment_and_tells_nothing_in_clear(
    database: Database, vault: Vault
) -> None:
    with database.transaction() as session:
        wave = frozen(session, SIZES, vault=vault)
        unit = session.scalars(select(FrameUnit)).first()
        assert unit is not None
        record = vault.open(unit.record, where=record_context(unit.unit)).encode()
        assert wave.frame_secret is not None
        assert sealed.commit(wave.frame_secret, unit=unit.unit, record=record) == unit.commitment
        assert b"+999" in record
        assert b"+999" not in unit.record


def test_households_that_left_are_not_in_the_frame(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        register(session, grids({"G1": 4}), vault=vault)
        assert frozen(session, SIZES, vault=vault).frame_size == 7


def test_every_wave_has_codes_of_its_own(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        draw.void(session, "w1", why="mistake", by=[], now=NOW)
        frozen(session, SIZES, vault=vault, label="w2")
        assert session.scalar(select(func.count(FrameUnit.unit.distinct()))) == 16


@pytest.mark.parametrize(
    ("sizes", "sentence"),
    [
        ({"G1": (2, 1)}, "抽样框里的层 G2 没有写进设计。"),
        ({**SIZES, "G3": (1, 0)}, "设计里的层 G3 在抽样框里没有住户。"),
        ({"G1": (6, 0), "G2": (1, 0)}, "样本数 6 超过了这一层的户数 5。"),
    ],
)
def test_a_design_that_does_not_fit_is_refused_and_nothing_is_stored(
    database: Database, vault: Vault, sizes: dict[str, tuple[int, int]], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence), database.transaction() as session:
        frozen(session, sizes, vault=vault)
    with database.reading() as session:
        assert session.scalar(select(func.count(Wave.label))) == 0
    assert kinds(database) == []


def test_an_empty_registry_cannot_be_frozen(survey_db: Database, vault: Vault) -> None:
    with pytest.raises(Refused, match="名册里没有可以抽的住户"), survey_db.transaction() as session:
        frozen(session, {}, vault=vault)


def test_a_second_wave_waits_for_the_end_of_the_first(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
    with pytest.raises(Conflict, match="w1 这一轮还没有结束"), database.transaction() as session:
        frozen(session, SIZES, vault=vault, label="w2")


def test_a_label_is_never_used_again(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        draw.void(session, "w1", why="mistake", by=[], now=NOW)
    with pytest.raises(Conflict, match="名称不能重用"), database.transaction() as session:
        frozen(session, SIZES, vault=vault)


def test_the_design_entry_seals_the_rules(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault, rules=WaveRules(attempts=4, plan=7, most=2))
        entry = json.loads(LEDGER.lines(session)[1])
        assert entry.pop("terms") == terms.digest(terms.of(session, waves.find(session, "w1")))
    del entry["sha256"]
    assert entry == {
        "t": "design",
        "attempts": 4,
        "plan": 7,
        "most": 2,
        "beacon": DICE,
        "item": "G1",
        "voice": "household",
    }


def test_the_steps_stand_in_the_ledger_in_their_order(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
        assert session.scalar(select(func.count(SampledCase.unit))) == 3
        assert session.scalar(select(func.count(SampleUnit.unit))) == 4
        beacon = json.loads(LEDGER.lines(session)[3])
    assert kinds(database) == ["frame", "design", "commit", "beacon", "reveal", "draw"]
    assert beacon["after"] == 3


def commit(session, party="operator", part=PART):
    draw.commit(session, "w1", party=party, commitment=parts.seal(part), now=BEFORE)


def announce(session):
    draw.announce(session, "w1", value=THROWN, now=NOW)


def reveal(session, part=PART, party="operator"):
    draw.reveal(session, "w1", party=party, part=part, now=NOW)


def draws(session):
    draw.draw(session, "w1", now=NOW)


def opens(session):
    release.open_field(session, "w1", now=NOW)


def closes(session):
    close.close(session, "w1", now=NOW)


IN_ORDER = (commit, announce, reveal, draws, opens)


@pytest.mark.parametrize("done", range(len(IN_ORDER)))
def test_no_step_can_be_taken_before_its_turn(database: Database, vault: Vault, done: int) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        for step in IN_ORDER[:done]:
            step(session)
    before = kinds(database)
    for step in (*IN_ORDER[done + 1 :], closes):
        if step is closes and done == len(IN_ORDER):
            continue
        with pytest.raises(Refused), database.transaction() as session:
            step(session)
    assert kinds(database) == before


@pytest.mark.parametrize("step", IN_ORDER)
def test_no_step_can_be_taken_twice(database: Database, vault: Vault, step) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        for each in IN_ORDER:
            each(session)
    with pytest.raises(Refused), database.transaction() as session:
        step(session)


def test_another_part_than_the_sealed_one_is_refused(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        commit(session)
        announce(session)
    with pytest.raises(Refused, match="与冻结时封存的不一致"), database.transaction() as session:
        reveal(session, part="22" * 32)
    with pytest.raises(Refused, match="没有封存过"), database.transaction() as session:
        reveal(session, party="auditors")


def test_the_draw_waits_for_every_part(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        commit(session)
        commit(session, party="auditors", part="22" * 32)
        announce(session)
        reveal(session)
    with pytest.raises(Refused, match="还没有公开密钥份额：auditors"), database.transaction() as session:
        draws(session)


def test_a_value_that_the_event_cannot_have_shown_is_refused(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        commit(session)
    with pytest.raises(Invalid, match="20 颗骰子"), database.transaction() as session:
        draw.announce(session, "w1", value="123", now=NOW)


def test_a_refused_part_voids_the_wave_and_names_who_refused(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        commit(session)
        commit(session, party="auditors", part="22" * 32)
        announce(session)
        reveal(session)
    for refusers in ([], ["operator"], ["somebody"]):
        with pytest.raises(Refused), database.transaction() as session:
            draw.void(session, "w1", why="refused_reveal", by=refusers, now=NOW)
    with database.transaction() as session:
        draw.void(session, "w1", why="refused_reveal", by=["auditors"], now=NOW)
        assert waves.find(session, "w1").state == "void"
        entry = json.loads(LEDGER.lines(session)[-1])
    assert entry == {"t": "close", "result": "void", "why": "refused_reveal", "by": ["auditors"]}


def test_after_the_draw_a_wave_cannot_be_voided(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        drawn(session)
    with pytest.raises(Conflict), database.transaction() as session:
        draw.void(session, "w1", why="mistake", by=[], now=NOW)


def test_a_wave_that_does_not_exist_is_not_found(database: Database) -> None:
    for step in (*IN_ORDER, closes):
        with pytest.raises(NotFound), database.transaction() as session:
            step(session)


def test_what_the_registry_learns_later_changes_no_frozen_unit(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        before = waves.frame_tsv(session, "w1")
        register(session, [household("G1-0", "G1", "+99915550001")], vault=vault, now=NOW + timedelta(days=1))
        assert session.get_one(Household, "G1-4").left_at is not None
        assert waves.frame_tsv(session, "w1") == before


def test_frame_and_sample_cannot_be_changed(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        drawn(session)
    for model in (FrameUnit, SampleUnit):
        with pytest.raises(DatabaseError, match="insert-only"), database.transaction() as session:
            session.execute(update(model).values(stratum="G9"))


@pytest.mark.parametrize("label", ["freeze", ".", "..", "a.csv"])
def test_a_label_that_leads_elsewhere_in_an_address_is_refused(
    database: Database, vault: Vault, label: str
) -> None:
    with pytest.raises(Invalid, match="请换一个"), database.transaction() as session:
        frozen(session, SIZES, vault=vault, label=label)


def test_nobody_is_said_to_have_refused_before_the_event(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        commit(session)
    with pytest.raises(Refused, match="谁也还没有拒绝"), database.transaction() as session:
        draw.void(session, "w1", why="mistake", by=["operator"], now=NOW)
