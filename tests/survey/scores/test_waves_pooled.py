"""Waves of a grid are pooled to the plain mean of them, and nothing of it tells of one wave's few answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from huying.base.phones import Vault
from huying.store.db import Database
from survey.models import SampledCase
from survey.scores.queries import differences, releases
from survey.scores.rules import evidence, items
from survey.scores.rules.areas import ReportArea, places
from survey.scores.rules.concealing import conceal
from survey.scores.rules.differences import comparable, waves_of
from survey.scores.rules.estimation import Unit, area_figures
from survey.scores.rules.pipeline import GRID, RATED, FieldWave, Terms, figures, pooled
from survey.scores.rules.release import Facts, rows
from survey.scores.rules.waves_pooled import WaveAnswers, pool, tag
from survey.waves.operations import release
from tests.conftest import NOW
from tests.survey.conftest import Led
from tests.survey.scores.test_the_pipeline import DENS, answered, plain_frame
from tests.survey.stories import Interviewer, drawn, ended, enrol, frozen, grids, register, works_through

OVERALL = "overall"


def areas(*codes: str, kind: str = "old") -> list[ReportArea]:
    grids = [ReportArea("grid", code, f"网格{code}", kind, "C", frozenset({code})) for code in codes]
    return [*grids, ReportArea("city", "C", "云川市", "", None, frozenset(codes))]


def wave(label: str, answers: dict[str, list[int]], *, kind: str = "old") -> WaveAnswers:
    units = [
        Unit(code, "complete", items.read({"G1": value}))
        for code, given in answers.items()
        for value in given
    ]
    return WaveAnswers(label, units, dict.fromkeys(answers, 300), areas(*answers, kind=kind))


def pooled_of(*waves: WaveAnswers, shown=None):
    last = waves[-1]
    own = area_figures(last.units, sizes=last.sizes, areas=last.areas)
    return pool(own, waves, shown=shown or {})


def rows_of(label: str, *waves: WaveAnswers, shown=None):
    found, last = pooled_of(*waves, shown=shown), waves[-1]
    frame = places(last.areas, sizes=last.sizes).frame
    known = evidence.gather(last.units, sizes=last.sizes, items=list(items.ITEMS), frame=frame)
    return rows(label, found, Facts(), statuses=conceal(found, known))


def cell(found, code, *, den=RATED):
    (one,) = [each for each in found if (each.area.code, each.item, each.den) == (code, OVERALL, den)]
    return one


def test_a_grids_score_is_the_plain_mean_of_its_waves_however_many_answered_in_each():
    found = pooled_of(wave("w1", {"a": [5] * 4, "b": [1] * 4}), wave("w2", {"a": [5, 1] * 6, "b": [5] * 12}))
    one = cell(found, "a")
    assert one.figure.direct == pytest.approx((1.0 + 0.5) / 2)
    assert (one.figure.n, one.pooled, one.count.completes) == (16, ("w1", "w2"), 16)
    assert one.figure.n_eff == pytest.approx(1 / (4 * (1 / 8) ** 2 + 12 * (1 / 24) ** 2))
    assert cell(found, "C").figure.n == 24


def test_one_wave_alone_stays_as_it_is():
    one = wave("w1", {"a": [5] * 9 + [1] * 9})
    own = area_figures(one.units, sizes=one.sizes, areas=one.areas)
    assert pooled_of(one) == own
    frame, given = plain_frame([300] * 14), answered(np.repeat(np.arange(14), 4), [1, 1, 0, 1] * 14)
    alone = figures(frame, given, Terms(0.3), dens=DENS)
    same = pooled([FieldWave(frame, given, Terms(0.3), np.arange(14))], dens=DENS)
    assert [row for row in alone.rows if row.level == GRID] == list(same.rows)


def test_a_grid_of_another_type_before_is_another_grid():
    found = pooled_of(wave("w1", {"a": [5] * 12}, kind="fringe"), wave("w2", {"a": [1] * 12}))
    assert (cell(found, "a").figure.n, cell(found, "a").pooled) == (12, ())
    assert cell(found, "a").figure.direct == 0


def test_each_wave_is_drawn_from_households_of_its_own():
    given = answered([0] * 10, [1, 0] * 5)
    one = FieldWave(plain_frame([12]), given, Terms(0.3), np.arange(1))
    (row,) = [each for each in pooled([one, one], dens=DENS).rows if each.den == RATED]
    assert row.n_eff == pytest.approx(20)


def test_the_row_names_its_waves_and_four_of_them_are_a_year():
    waves = [wave(f"w{k}", {"a": [5, 4, 1] * 4, "b": [5, 1] * 6}) for k in range(1, 5)]
    released = rows_of("w4", *waves)
    grid = next(row for row in released if (row.unit, row.item, row.den) == ("a", OVERALL, RATED))
    city = next(row for row in released if (row.unit, row.item, row.den) == ("C", OVERALL, RATED))
    assert grid.wave == "w1+w2+w3+w4"
    assert "4" not in grid.footnotes.split(";")
    assert (city.wave, "4" in city.footnotes.split(";")) == ("w4", True)


def test_what_differs_from_a_shown_figure_by_a_waves_few_answers_is_hidden():
    waves = [wave("w1", {"a": [5, 1] * 6, "b": [5] * 30}), wave("w2", {"a": [5] * 6, "b": [5] * 30})]
    shown = {("a", OVERALL, RATED): [frozenset({"w1"})]}
    assert cell(pooled_of(*waves, shown=shown), "a").answers == 6
    row = next(
        row
        for row in rows_of("w2", *waves, shown=shown)
        if (row.unit, row.item, row.den) == ("a", OVERALL, RATED)
    )
    assert (row.status, row.estimate) == ("Q", None)
    assert cell(pooled_of(*waves), "a").answers == 18


def test_a_row_names_the_release_of_each_wave_that_it_read_and_is_of_that_wave_all_the_same():
    first = replace(wave("w1", {"a": [5, 1] * 6, "b": [5] * 30}), label=tag("w1", 2))
    released = rows_of("w2", first, wave("w2", {"a": [5, 1] * 6, "b": [5] * 30}))
    row = next(each for each in released if (each.unit, each.item, each.den) == ("a", OVERALL, RATED))
    assert row.wave == "w1#2+w2"
    assert waves_of(row) == ("w1", "w2")
    assert not comparable(row, replace(row, wave="w1"))


def test_a_figure_that_differs_from_a_shown_one_by_a_correction_alone_is_hidden():
    waves = [wave("w1", {"a": [5, 1] * 6}), wave("w2", {"a": [5, 1] * 6})]
    corrected = [replace(waves[0], label=tag("w1", 2)), waves[1]]
    shown = {("a", OVERALL, RATED): [frozenset({"w1", "w2"})]}
    assert cell(pooled_of(*corrected, shown=shown), "a").answers == 1
    # A new wave's own answers stand between the two figures.
    before = {("a", OVERALL, RATED): [frozenset({"w1"})]}
    assert cell(pooled_of(*corrected, shown=before), "a").answers == 12


def _two_waves(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        register(session, grids({"G1": 90}), vault=vault)
    (account,) = enrol(database)
    for number, label in enumerate(("w1", "w2")):
        begin = NOW + number * timedelta(days=90)
        with database.transaction() as session:
            frozen(session, {"G1": (24, 0)}, vault=vault, label=label, now=begin)
            drawn(session, label, now=begin)
            release.open_field(session, label, now=begin)
        with database.reading() as session:
            drawn_units = select(SampledCase.unit).where(SampledCase.wave_label == label)
            units = list(session.scalars(drawn_units.order_by(SampledCase.unit)))
        told = {unit: 5 if at < 12 + 6 * number else 1 for at, unit in enumerate(units)}
        works_through(Interviewer(database, account, vault=vault), told, start=begin)
        with database.transaction() as session:
            ended(session, label, keys=vault.keys, now=begin + timedelta(days=61))


@pytest.fixture
def scored(led: Led) -> Database:
    """Two waves of one grid, called and scored: half were content, then three quarters."""
    return led("two waves scored", _two_waves)


def test_a_release_pools_the_waves_scored_before_and_the_citys_change_is_told(scored):
    with scored.reading() as session:
        made = releases.get(session, "w2")
        found = {(row.level, row.item, row.den): row for row in releases.rows_of(made)}
        changes = differences.changes(session, made)
    grid, city = found[GRID, OVERALL, RATED], found["city", OVERALL, RATED]
    assert (grid.wave, grid.n, grid.estimate) == ("w1+w2", 50, 0.62)
    assert (city.wave, city.n, city.estimate) == ("w2", 25, 0.75)
    assert changes is not None
    (change,) = changes.found
    assert (changes.since, change.value, change.one.level) == ("w1", 0.25, "city")
    assert change.low < 0 < change.high
