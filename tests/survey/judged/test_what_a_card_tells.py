"""What a card tells is what the release shows: never more of a hidden figure, never the whole of a worker."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from huying.base.errors import NotFound
from huying.base.phones import Vault
from huying.store.db import Database
from survey.commands import register
from survey.fieldwork.operations import close
from survey.judged.operations import cards
from survey.judged.queries.cards import JudgedCard, areas, card, offices
from survey.models import Post
from survey.scores.queries import previews
from survey.scores.queries.desk import ReadReleases
from survey.scores.rules.consequences import HIDDEN
from tests.survey import world
from tests.survey.conftest import Led
from tests.survey.judged import handmade
from tests.survey.stories import END, in_field
from tests.survey.web.test_commands import surroundings

AFTER = END + timedelta(days=10)


def _ended(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (12, 4, 0)}, vault=vault)
    with database.transaction() as session:
        close.close(session, "w1", now=END)


def _shown(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (12, 4, 0)}, vault=vault)
    with database.transaction() as session:
        close.close(session, "w1", now=END)
        handmade.keep(session, "w1", at=END)
        cards.open_preview(session, "w1", by="assessor", now=END)


@pytest.fixture
def engine_name() -> str:
    """What is read here is read alike by both databases."""
    return "sqlite"


@pytest.fixture
def database(led: Led) -> Database:
    """A dozen grids, as they might have come out."""
    return led("a dozen grids", _shown)


def of(database: Database, unit: str) -> JudgedCard:
    with database.reading() as session:
        return card(session, ReadReleases(), "w1", unit, now=AFTER)


def refused(found: JudgedCard) -> list[int]:
    assert found.conditions is not None
    return [each.number for each in found.conditions if each.why is not None]


def test_a_worker_s_card_holds_conduct_and_result_apart_and_never_the_whole(database: Database) -> None:
    found = of(database, "G1")
    assert [row.item for row in found.rows] == ["conduct", "result"]
    assert [row.item for row in found.beside] == ["department"]
    assert {row.unit for row in (*found.rows, found.counts)} == {"G1"}
    assert (found.counts.asked, found.counts.n) == (145, 50)


def test_how_much_is_the_grid_s_own_follows_from_what_is_shown_and_one_number_of_the_city(
    database: Database,
) -> None:
    found = of(database, "G1")
    assert found.own is not None
    assert found.own.needed == 28
    assert found.own.share == pytest.approx(50 / 78)
    assert found.own.one_more == pytest.approx(1 / 78)
    assert of(database, "G4").own == found.own, "nothing in it is this grid's alone"


def test_once_is_not_enough(database: Database) -> None:
    assert refused(of(database, "G1")) == [5]
    assert not of(database, "G1").may_follow


def test_once_is_enough_where_the_composite_of_the_same_wave_lies_far_below(database: Database) -> None:
    with database.transaction() as session:
        session.add(handmade.hours(at=END))
    assert refused(of(database, "G1")) == [5], "attributed without this wave"
    with database.transaction() as session:
        again = handmade.hours(at=END, label="w1")
        again.number, again.why = 2, "再算一次"
        session.add(again)
    assert refused(of(database, "G1")) == []
    assert of(database, "G1").may_follow
    assert refused(of(database, "G4")) == [5]


def test_composites_of_figures_that_were_corrected_since_count_no_more(database: Database) -> None:
    with database.transaction() as session:
        made = handmade.hours(at=END, label="w1")
        body = json.loads(made.body)
        made.body = json.dumps(body | {"wave": ["w1", "0" * 64]})
        session.add(made)
    assert refused(of(database, "G1")) == [5]


def test_nothing_follows_for_anybody_from_a_figure_that_two_people_share(database: Database) -> None:
    with database.transaction() as session:
        session.add(handmade.hours(at=END, label="w1"))
        session.add(world.deposit_made(END - timedelta(days=90), period="2026W40"))
        session.flush()
        session.add_all(_posts("W1"))
    assert of(database, "G1").may_follow
    with database.transaction() as session:
        session.add_all(_posts("W2"))
    found = of(database, "G1")
    assert refused(found) == []
    assert (found.is_shared, found.may_follow) == (True, False)


def _posts(staff: str) -> list[Post]:
    begin = END - timedelta(days=200)
    told = {"sealed_contact": "", "stale_hours": "0", "valid_from": begin, "valid_to": None}
    return [Post(period="2026W40", code=f"P{staff}", grid_code="G1", staff_code=staff, **told)]


@pytest.mark.parametrize("unit", ["G2", "G3"])
def test_of_a_hidden_figure_no_condition_tells_anything(database: Database, unit: str) -> None:
    found = of(database, unit)
    assert found.own is None
    assert found.conditions is not None
    assert [str(each.why) for each in found.conditions if each.number < 4] == [str(HIDDEN)] * 3
    assert 4 in refused(found)


def test_above_grids_a_card_is_the_departments_and_judges_no_person(database: Database) -> None:
    found = of(database, "S")
    assert [row.item for row in found.rows] == ["overall", "result", "department", "resolved"]
    assert (found.conditions, found.own, found.may_follow) == (None, None, False)


def test_there_is_a_card_for_the_city_each_street_and_each_grid_alone(database: Database) -> None:
    with database.reading() as session:
        read = ReadReleases()
        assert [row.unit for row in offices(session, read, "w1")] == ["C", "S"]
        codes = [code for code, _name in areas(session, read, "w1", inside="S")]
        assert set(codes) == {"S", *handmade.GRIDS}
        assert [code for code, _name in areas(session, read, "w1", inside="G5")] == ["G5"]
        assert [code for code, _name in areas(session, read, "w1", inside="C")] == ["C", "S"]
        for nowhere in ("", "G99"):
            with pytest.raises(NotFound):
                areas(session, read, "w1", inside=nowhere)
            with pytest.raises(NotFound):
                card(session, read, "w1", nowhere, now=AFTER)


def test_the_departments_hours_stand_beside_the_worker_s_own(database: Database) -> None:
    assert of(database, "G1").hours is None, "before any period was attributed"
    with database.transaction() as session:
        session.add(handmade.hours(at=END))
    found = of(database, "G1").hours
    assert found is not None
    assert [(row.staff, row.hours, row.imposed) for row in found.own] == [("W1", 20.5, 12.0)]
    assert [(row.holder, row.over) for row in found.theirs] == [("dept:water", 288.0)]
    assert [(row.code, row.holder, row.over) for row in found.asides] == [("CASE0001", "dept:water", 288.0)]
    street = of(database, "S").hours
    assert street is not None
    assert ([row.holder for row in street.theirs], street.own, street.asides) == (["dept:water"], [], [])


def test_a_preview_is_opened_by_command_and_its_score_waits(led: Led, tmp_path: Path) -> None:
    database = led("nobody answered", _ended)
    command = ("preview", "w1", "--by", "assessor")
    made = CliRunner().invoke(register, command, env=surroundings(database, tmp_path), catch_exceptions=False)
    assert "以后才能公布" in made.output
    with database.reading() as session:
        assert previews.of(session, "w1") is not None
        assert previews.waiting(session) == []
