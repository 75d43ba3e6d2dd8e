"""What a design will tell is said before it is sealed: answers a grid, grids shown, the finest level."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom
from sqlalchemy import select

from huying.base.errors import Invalid
from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import Wave, WaveOutlook
from survey.scores.rules import suppression
from survey.waves.operations import confirmed_freeze
from survey.waves.queries import outlook as kept_outlooks
from survey.waves.rules import outlook as rules
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.outlook import LEAST, Confirmation, Expectation, outlook
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.browsing import Visitor
from tests.survey.stories import DICE, QUICK, grids, register
from tests.survey.waves.test_ceremony import seen

NO_MORE = WaveRules(plan=0, most=0)


def of(sizes, *, held=None, parts=None, wave_rules=NO_MORE, expected=None):
    return outlook(
        sizes,
        held=held or dict.fromkeys(sizes, 10**6),
        parts=parts or {},
        rules=wave_rules,
        expected=expected or Expectation(),
    )


def test_from_so_many_answers_on_today_s_release_shows_a_part():
    cells = [suppression.ScoreCell(f"g{at}", None, LEAST - 1 + at) for at in range(2)]
    assert suppression.statuses(cells) == {"g0": suppression.FEW, "g1": suppression.FREE}


@given(st.integers(0, 400), st.floats(0.01, 1))
def test_the_chance_of_being_shown_is_the_binomial_s(released, rate):
    assert rules.chance_of_least(released, rate) == pytest.approx(
        binom.sf(LEAST - 1, released, rate), abs=1e-9
    )


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 200), min_size=1),
    st.floats(0.05, 1),
    st.integers(1, 50),
)
def test_more_households_never_tell_less(samples, rate, more):
    expected = Expectation(rate, 1)
    less = of({grid: (n, 0) for grid, n in samples.items()}, expected=expected)
    wider = of({grid: (n + more, 0) for grid, n in samples.items()}, expected=expected)
    for one, other in zip(less.levels, wider.levels, strict=True):
        assert (one.answers, one.shown) <= (other.answers, other.shown)
        assert 0 <= one.shown <= one.parts


def test_the_finest_level_is_the_last_of_which_more_than_half_is_shown():
    sizes = {f"g{at}": (20, 0) for at in range(8)}
    streets = {grid: f"s{at // 4}" for at, grid in enumerate(sizes)}
    found = of(sizes, parts={"street": streets})
    assert [(each.level, each.parts, each.answers) for each in found.levels] == [
        ("city", 1, 36),
        ("street", 2, 18),
        ("grid", 8, 4),
    ]
    assert (found.finest, found.grids.shown) == ("street", 0)
    assert of(dict.fromkeys(sizes, (80, 0))).finest == "grid"


def test_replicates_go_out_while_the_plan_isn_t_met_and_no_further():
    releasing = WaveRules(plan=9, most=3)
    rate = Expectation(0.5, 1)
    assert of({"a": (10, 4)}, wave_rules=releasing, expected=rate).grids.answers == 9
    assert of({"a": (18, 4)}, wave_rules=releasing, expected=rate).grids.answers == 9
    assert of({"a": (10, 1)}, wave_rules=releasing, expected=rate).grids.answers == 6
    assert of({"a": (10, 4)}, held={"a": 12}, wave_rules=releasing, expected=rate).grids.answers == 6


@pytest.mark.parametrize("wrong", [(0, 1), (1.1, 1), (0.5, 0), (float("nan"), 1)])
def test_shares_that_make_no_sense_are_refused(wrong):
    with pytest.raises(Invalid):
        Expectation(*wrong)


@pytest.fixture
def database(survey_db: Database, vault: Vault) -> Database:
    with survey_db.transaction() as session:
        register(session, grids({"G1": 12, "G2": 12}), vault=vault)
    return survey_db


REQUEST = FreezeRequest(label="w", sizes={"G1": (6, 0), "G2": (6, 0)}, rules=QUICK, beacon_source=DICE)


def confirmed(session, vault, *, why="", request=REQUEST, expected=None):
    return confirmed_freeze.freeze(
        session,
        request,
        Confirmation(expected or Expectation(), why=why, by="drawer"),
        vault=vault,
        now=NOW,
    )


def test_a_design_that_would_show_nothing_needs_a_reason_which_is_kept(database, vault):
    with pytest.raises(Invalid, match="什么都公布不了"), database.transaction() as session:
        confirmed(session, vault, why="  ")
    with database.transaction() as session:
        confirmed(session, vault, why=" a rehearsal ")
    with database.reading() as session:
        found = kept_outlooks.kept(session, "w")
        assert found is not None
        assert (found.why, found.outlook.shows_nothing, found.outlook.grids.answers) == (
            "a rehearsal",
            True,
            1,
        )
        assert found.expected == Expectation()
    with pytest.raises(Exception, match="insert-only"), as_owner(database) as session:
        session.scalars(select(WaveOutlook)).one().why = "another"


def test_a_reason_that_nobody_needed_isn_t_published(database, vault):
    with database.transaction() as session:
        confirmed(session, vault, why="because", expected=Expectation(1, 1))
        found = kept_outlooks.kept(session, "w")
    assert found is not None
    assert (found.why, found.outlook.finest) == ("", "city")


@pytest.mark.parametrize("source", ["dice:x,20d10", DICE.replace("2026", "2025")])
def test_an_event_without_an_instant_or_over_already_is_refused_at_the_freeze(database, vault, source):
    with pytest.raises(Invalid), database.transaction() as session:
        confirmed(session, vault, request=replace(REQUEST, beacon_source=source), expected=Expectation(1, 1))
    with database.reading() as session:
        assert session.scalar(select(Wave)) is None


def test_the_form_seals_nothing_before_exactly_this_was_seen_and_the_name_typed(visit):
    officer = visit("settled", "draw_officer")
    page, fields = seen(officer)
    assert "还没有封存任何东西" in page.text
    assert "15" in page.text
    for wrong in ("", "2026w48"):
        refused = officer.send(page, "/freeze", **fields, confirm=wrong)
        assert refused.status == 422
        assert "原样再写一遍轮次名称" in refused.text
    changed = officer.send(page, "/freeze", **(fields | {"sample": "4"}), confirm="2026W48")
    assert changed.status == 200
    assert "还没有封存任何东西" in changed.text
    assert officer.open("/waves/2026W48").status == 404
    assert officer.send(page, "/freeze", **fields, confirm="2026W48").path == "/waves/2026W48"


def test_a_reason_for_a_wave_that_shows_nothing_stands_on_its_public_page(visit):
    officer = visit("settled", "draw_officer")
    page, fields = seen(officer, response="10")
    assert "预计什么都公布不了" in page.text
    assert officer.send(page, "/freeze", **fields, confirm="2026W48").status == 422
    officer.send(page, "/freeze", **fields, confirm="2026W48", why="一次演练")
    assert "一次演练" in Visitor(officer.app).open("/rounds/2026W48").text


def test_the_planner_s_figures_fill_the_form(visit):
    officer = visit("settled", "draw_officer")
    plan = officer.open("/waves/plan")
    onward = re.search(r'href="(/waves/freeze\?[^"]+)"', plan.html)
    assert onward
    form = officer.open(unescape(onward[1]))
    assert "从「先算一算」带来的" in form.text
    for name, value in {"sample": 1333, "plan": 300, "response": 25, "eligible": 90}.items():
        assert re.search(rf'name="{name}"[^>]*value="{value}"', form.html), name
    assert re.search(r'name="field_ends"[^>]*value="20\d\d-\d\d-\d\d"', form.html)
    for odd in ("sample=x", "weeks=999", "sample=0&plan=-1", "response=" + "9" * 50):
        assert officer.open(f"/waves/freeze?{odd}").status == 200
