"""One home stands in the registry once: near-duplicates are stored only after a decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Invalid
from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import Household
from survey.registry.operations import homes as decisions
from survey.registry.operations.registry import UndecidedHomes
from survey.registry.queries import homes, log, quality
from survey.registry.rules.curation import TooMuchLeaves
from survey.registry.rules.spellings import Home, is_similar, plain, spelling, twins
from survey.waves.queries import frame_changes
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.stories import SECOND, frozen, grids, household, register

SPELLINGS = (
    "春一路3号楼2单元101室",
    "春一路 ３-２-101",
    "云川市春一路三号楼二单元101",
    "春一路3栋2单元1○1".replace("○", "〇"),
)
FOUR = [household(f"h{n}", "G1", "+99910000001", address=each) for n, each in enumerate(SPELLINGS)]


def here(database: Database) -> list[str]:
    with database.reading() as session:
        rows = select(Household.code).where(Household.left_at.is_(None)).order_by(Household.code)
        return list(session.scalars(rows))


def take_in(database: Database, rows: Iterable[tuple[str, ...]], vault: Vault) -> None:
    with database.transaction() as session:
        register(session, rows, vault=vault)


def decide(database: Database, *codes: str, keep: str | None = None) -> None:
    with database.transaction() as session:
        decisions.decide(session, codes, keep=keep, by="anna", now=NOW)


@pytest.mark.parametrize(("one", "other"), list(combinations(SPELLINGS, 2)))
def test_four_spellings_are_similar(one: str, other: str) -> None:
    assert is_similar(spelling(one), spelling(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("春一路1号101室", "春一路1号102室"),
        ("春一路1号101室", "春一路2号101室"),
        ("A座101", "B座101"),
        ("春一路12号", "春一路2号"),
        ("和平里", "东风村"),
        ("春一路", "春一路1号101"),
    ],
)
def test_neighbours_are_not(one: str, other: str) -> None:
    assert plain(one) != plain(other)
    pair = [Home("a", "G1", one, None), Home("b", "G1", other, None)]
    assert twins(lambda: pair) == {}


@pytest.mark.parametrize(
    ("text_", "found"),
    [("十二号", "12"), ("二十号", "20"), ("一百零一室", "101"), ("三〇二室", "302"), ("007号", "7")],
)
def test_numbers_are_read_as_numbers(text_: str, found: str) -> None:
    assert spelling(text_).numbers == (found,)


def test_four_codes_with_one_telephone_and_one_address_wait_for_a_decision(
    survey_db: Database, vault: Vault
) -> None:
    with pytest.raises(UndecidedHomes, match="h0、h1、h2、h3"):
        take_in(survey_db, FOUR, vault)
    assert here(survey_db) == []
    decide(survey_db, "h0", "h1", "h2", "h3", keep="h2")
    take_in(survey_db, FOUR, vault)
    take_in(survey_db, FOUR, vault)
    assert here(survey_db) == ["h2"]


def test_different_homes_are_all_stored(survey_db: Database, vault: Vault) -> None:
    decide(survey_db, "h0", "h1", "h2", "h3")
    take_in(survey_db, FOUR, vault)
    assert here(survey_db) == ["h0", "h1", "h2", "h3"]


def test_a_fifth_spelling_later_waits_again(survey_db: Database, vault: Vault) -> None:
    take_in(survey_db, FOUR[:1], vault)
    with pytest.raises(UndecidedHomes):
        take_in(survey_db, FOUR[:2], vault)
    take_in(survey_db, FOUR[:1], vault)


def test_a_file_that_names_only_the_merged_code_keeps_the_home(survey_db: Database, vault: Vault) -> None:
    take_in(survey_db, FOUR[:1], vault)
    decide(survey_db, "h0", "h1", keep="h0")
    take_in(survey_db, FOUR[1:2], vault)
    assert here(survey_db) == ["h0"]


def test_the_same_address_in_another_grid_is_another_home(survey_db: Database, vault: Vault) -> None:
    take_in(
        survey_db, [household("a", "G1", "", address="1号"), household("b", "G2", "", address="1号")], vault
    )
    assert here(survey_db) == ["a", "b"]


def test_those_already_registered_are_counted_and_merged_as_departures(
    survey_db: Database, vault: Vault
) -> None:
    decide(survey_db, "h0", "h1")
    take_in(survey_db, FOUR[:2], vault)
    decide(survey_db, "h0", "h1", keep="h1")
    assert here(survey_db) == ["h1"]
    with survey_db.reading() as session:
        (brought,) = log.brought(session, after=None)
        assert (brought.by, brought.left) == ("anna", {"G1": 1})


def test_undecided_ones_from_before_are_counted_in_the_report_and_at_the_freeze(
    survey_db: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(survey_db, [FOUR[0], household("x", "G1", "", address="别处"), *grids({"G2": 2})], vault)
    with survey_db.transaction() as session:
        # As a registry of an earlier version holds it.
        session.execute(text("UPDATE household SET address = :a WHERE code = 'x'"), {"a": SPELLINGS[0]})
        report = quality.report(session, vault=vault, now=NOW)
        assert [grid.counts.twins for grid in report.grids] == [2, 0]
        assert homes.groups(session, most=9) == (1, [(("h0", SPELLINGS[0]), ("x", SPELLINGS[0]))])
        frozen(session, {"G1": (1, 0), "G2": (1, 0)}, vault=vault)
        assert [grid.twins for grid in frame_changes.of(session, "w1")] == [2, 0]


def test_merging_counts_against_what_one_registrar_may_take_away(survey_db: Database, vault: Vault) -> None:
    decide(survey_db, "h0", "h1", "h2", "h3")
    take_in(survey_db, FOUR, vault)
    with pytest.raises(TooMuchLeaves):
        decide(survey_db, "h0", "h1", "h2", "h3", keep="h0")
    assert len(here(survey_db)) == 4


@pytest.mark.parametrize(("codes", "keep"), [(("a",), None), (("a", "b"), "c"), (("a", "a"), None)])
def test_no_pair_is_no_decision(survey_db: Database, codes: tuple[str, ...], keep: str | None) -> None:
    with pytest.raises(Invalid):
        decide(survey_db, *codes, keep=keep)


def test_a_decision_stays(survey_db: Database) -> None:
    decide(survey_db, "a", "b")
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(survey_db) as session:
        session.execute(text("UPDATE home_decision SET keep = 'a'"))


def test_a_grid_that_gets_new_codes_is_not_doubled(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 2})
    take_in(survey_db, rows, vault)
    with survey_db.transaction() as session:
        fresh = [(f"new-{row[0]}", *row[1:]) for row in rows]
        counts = register(session, fresh, vault=vault, now=NOW + timedelta(days=1), approval=SECOND)
    assert counts.created == 2
