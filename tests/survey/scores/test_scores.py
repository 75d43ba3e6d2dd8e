"""Scores: a direct estimate with its error and interval, or a reason why there is none, frozen once."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from huying.base.errors import NotFound, Refused
from huying.base.phones import Vault
from huying.sheets.writing import as_text
from huying.store.db import Database
from sampling.designs.design import SurveyDesign
from sampling.estimates.estimators import mean
from survey.fieldwork.operations import close
from survey.models import Area, ScoreRelease
from survey.scores import operations
from survey.scores.queries import export, releases
from survey.scores.rules.estimation import EVERYTHING, ReportArea, ScoreRow, Unit, rows
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.conftest import Led
from tests.survey.stories import END, Interviewer, enrol, in_field, units_by_grid, works_through

CITY = "C"


def areas(*strata: str) -> list[ReportArea]:
    grids = [ReportArea("grid", code, f"网格{code}", "old", CITY, frozenset({code})) for code in strata]
    return [*grids, ReportArea("city", CITY, "云川市", "", None, frozenset(strata))]


def units(stratum: str, *answers: int | None) -> list[Unit]:
    return [Unit(stratum, "complete" if answer else "complete_other", answer) for answer in answers]


def of(found: tuple[ScoreRow, ...], area: str, *, item: str = "overall", den: str = "rated") -> ScoreRow:
    (row,) = [row for row in found if (row.unit_id, row.item, row.den) == (area, item, den)]
    return row


def test_a_grids_score_is_its_share_with_the_error_of_a_simple_random_sample() -> None:
    sample = units("G1", *[5] * 6, *[4] * 3, *[3] * 2, 1)
    row = of(rows("w", units=sample, sizes={"G1": 40}, areas=areas("G1")), "G1")
    assert row.est_direct == pytest.approx(9 / 12, rel=1e-12)
    assert row.se == pytest.approx(math.sqrt((1 - 12 / 40) * 0.75 * 0.25 / 11), rel=1e-12)
    assert (row.n_item, row.n_issued, row.df, row.rr1) == (12, 12, 11, 1.0)
    assert (row.OBS_STATUS, row.CONF_STATUS, row.footnotes) == ("U", "F", "3;4")


def test_the_city_weighs_grids_by_their_households() -> None:
    sample = [*units("G1", *[5] * 10, *[2] * 5), *units("G2", *[5] * 3, *[2] * 17)]
    row = of(rows("w", units=sample, sizes={"G1": 100, "G2": 300}, areas=areas("G1", "G2")), CITY)
    design = SurveyDesign(
        [100 / 15] * 15 + [15.0] * 20, strata=["G1"] * 15 + ["G2"] * 20, fpc=[100] * 15 + [300] * 20
    )
    expected = mean(design, [1] * 10 + [0] * 5 + [1] * 3 + [0] * 17)
    assert row.est_direct == pytest.approx((100 * 10 / 15 + 300 * 3 / 20) / 400, rel=1e-12)
    assert row.se == pytest.approx(expected.se, rel=1e-12)
    assert row.df == expected.df == 33


def test_those_who_rated_are_a_domain_of_the_completes() -> None:
    sample = [*units("G1", *[5] * 10, *[None] * 10), *units("G2", *[2] * 20)]
    row = of(rows("w", units=sample, sizes={"G1": 200, "G2": 200}, areas=areas("G1", "G2")), CITY)
    # Half of G1's households know their worker, all of G2's do: 100 content among 300 who could rate.
    assert row.est_direct == pytest.approx(100 / 300, rel=1e-12)


def test_among_all_completes_whoever_rated_nothing_is_never_counted_satisfied() -> None:
    sample = units("G1", *[5] * 10, *[None] * 20)
    found = rows("w", units=sample, sizes={"G1": 90}, areas=areas("G1"))
    assert of(found, "G1").est_direct == 1.0
    every = of(found, "G1", den="all")
    assert every.est_direct == pytest.approx(1 / 3)
    assert every.n_item == 30
    assert of(found, "G1").footnotes == "3;4;15"


def test_the_official_top_three_stand_beside_the_score() -> None:
    sample = units("G1", *[5] * 3, *[3] * 7, *[2] * 2)
    found = rows("w", units=sample, sizes={"G1": 90}, areas=areas("G1"))
    assert of(found, "G1").est_direct == pytest.approx(3 / 12)
    assert of(found, "G1", item="overall_top3").est_direct == pytest.approx(10 / 12)


def test_fewer_than_ten_answers_are_hidden_in_every_item_and_denominator() -> None:
    sample = [
        *units("G1", *[5] * 9, *[None] * 9),
        *units("G2", *[5] * 20),
        *units("G3", *[4] * 12),
        *units("G4", *[1] * 30),
    ]
    sizes = dict.fromkeys(("G1", "G2", "G3", "G4"), 100)
    found = rows("w", units=sample, sizes=sizes, areas=areas(*sizes))
    for row in found:
        if row.unit_id in {"G1", "G3"}:
            assert row.OBS_STATUS == "Q"
            assert (row.est_direct, row.se, row.lo95_direct, row.hi95_direct, row.df) == (None,) * 5
        else:
            assert row.est_direct is not None
    assert (of(found, "G1").CONF_STATUS, of(found, "G1").footnotes) == ("A", "1;4")
    assert (of(found, "G3").CONF_STATUS, of(found, "G3").footnotes) == ("D", "2;4")


def test_a_grid_without_answers_says_so_and_hides_nothing() -> None:
    sample = [Unit("G1", "no_answer", None), *units("G2", *[5] * 15)]
    found = rows("w", units=sample, sizes={"G1": 9, "G2": 90}, areas=areas("G1", "G2"))
    empty = of(found, "G1")
    assert (empty.OBS_STATUS, empty.CONF_STATUS, empty.footnotes) == ("O", "F", "4;13")
    assert (empty.n_issued, empty.n_item, empty.rr1) == (1, 0, 0.0)
    assert of(found, CITY).est_direct == 1.0


def test_a_wave_without_any_answer_has_rows_without_figures() -> None:
    found = rows("w", units=[Unit("G1", "no_answer", None)], sizes={"G1": 9}, areas=areas("G1"))
    assert {row.OBS_STATUS for row in found} == {"O"}


@given(
    st.dictionaries(
        st.sampled_from(["G1", "G2", "G3", "G4"]),
        st.lists(st.sampled_from([1, 2, 3, 4, 5, None]), max_size=25),
        min_size=1,
    )
)
def test_no_figure_stands_without_its_limits_and_none_is_impossible(
    told: dict[str, list[int | None]],
) -> None:
    sample = [unit for grid, answers in told.items() for unit in units(grid, *answers)]
    found = rows("w", units=sample, sizes=dict.fromkeys(told, 30), areas=areas(*told))
    for row in found:
        figures = (row.est_direct, row.se, row.lo95_direct, row.hi95_direct, row.df)
        assert len({figure is None for figure in figures}) == 1
        if row.est_direct is not None:
            assert row.lo95_direct is not None
            assert row.hi95_direct is not None
            assert 0 <= row.lo95_direct <= row.est_direct <= row.hi95_direct <= 1
            assert row.n_item >= 10 or row.den == "all"
        json.dumps(asdict(row), allow_nan=False)


@pytest.fixture
def called(led: Led) -> Database:
    """A closed wave of two grids in a street: twelve content answers in one, none in the other."""
    return led("called in a street", _called)


def _called(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        session.add_all(
            Area(code=code, parent_code=parent, level=level, name=f"{code} 名", grid_type=kind)
            for code, parent, level, kind in [
                ("C", None, "city", ""),
                ("S", "C", "street", ""),
                ("K", "S", "community", ""),
                ("G1", "K", "grid", "old"),
                ("G2", "K", "grid", "fringe"),
            ]
        )
    in_field(database, {"G1": (30, 12, 0), "G2": (20, 2, 0)}, vault=vault)
    (account,) = enrol(database)
    told: dict[str, int | None] = {}
    for grid, found in units_by_grid(database).items():
        told |= dict.fromkeys(found, 5 if grid == "G1" else None)
    works_through(Interviewer(database, account, vault=vault), told)
    with database.transaction() as session:
        close.close(session, "w1", now=END)


def released(database: Database) -> ScoreRelease:
    with database.transaction() as session:
        return operations.estimate(session, "w1", now=END)


def test_scores_of_a_wave_stand_per_grid_street_and_city(called: Database) -> None:
    found = releases.rows_of(released(called))
    assert [(row.level, row.unit_id, row.name, row.type) for row in found[:4]] == [
        ("grid", "G1", "G1 名", "old"),
        ("grid", "G2", "G2 名", "fringe"),
        ("street", "S", "S 名", ""),
        ("city", "C", "C 名", ""),
    ]
    assert [row.est_direct for row in found[:4]] == [1.0, None, 1.0, 1.0]
    assert found[3].rr1 == pytest.approx(12 / 14)


def test_a_release_is_made_once_and_never_changed(called: Database) -> None:
    first, second = released(called), released(called)
    assert (first.id, first.body, first.inputs_sha256) == (second.id, second.body, second.inputs_sha256)
    with called.reading() as session:
        assert session.scalar(select(func.count(ScoreRelease.id))) == 1
    with pytest.raises(DatabaseError, match="insert-only"), as_owner(called) as session:
        session.execute(update(ScoreRelease).values(body="{}"))


def test_a_wave_in_the_field_has_no_scores(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    with pytest.raises(Refused, match="还没有结束"):
        released(survey_db)
    with pytest.raises(NotFound), survey_db.transaction() as session:
        operations.estimate(session, "none", now=NOW)


def test_grids_that_no_deposit_told_of_stand_under_everything(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    with survey_db.transaction() as session:
        close.close(session, "w1", now=END)
    found = releases.rows_of(released(survey_db))
    assert [(row.level, row.unit_id, row.name) for row in found[:2]] == [
        ("grid", "G1", "G1"),
        ("city", EVERYTHING, "全部"),
    ]


def test_the_csv_says_the_same_and_names_its_release(called: Database) -> None:
    release = released(called)
    data = export.csv_of(release)
    assert not data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == data.count(b"\n") == len(releases.rows_of(release)) + 1
    table = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    for row, kept in zip(table, releases.rows_of(release), strict=True):
        assert row.pop("release_sha256") == export.digest_of(release)
        for name, value in asdict(kept).items():
            assert row[name] == ("" if value is None else str(value))


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1", "@x", "\tx", "  =x", "＝x", "－x"])
def test_no_text_cell_is_taken_for_a_formula(text: str) -> None:
    assert as_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "第1网格", "a=b", "3;4"])
def test_other_text_cells_stay_as_they_are(text: str) -> None:
    assert as_text(text) == text


def test_the_citys_error_is_that_of_a_stratified_sample() -> None:
    sample = [*units("G1", *[5] * 10, *[2] * 5), *units("G2", *[4] * 3, *[1] * 17)]
    row = of(rows("w", units=sample, sizes={"G1": 100, "G2": 300}, areas=areas("G1", "G2")), CITY)
    # Per stratum: its share of the city squared, the part not asked, the variance p(1 - p)/(n - 1).
    first = (100 / 400) ** 2 * (1 - 15 / 100) * (10 / 15) * (5 / 15) / 14
    second = (300 / 400) ** 2 * (1 - 20 / 300) * (3 / 20) * (17 / 20) / 19
    assert row.se == pytest.approx(math.sqrt(first + second), rel=1e-12)


def test_who_rated_nothing_lends_a_hidden_neighbour_no_cover() -> None:
    sample = [
        *units("G1", *[5] * 6),
        *units("G2", *[None] * 7),
        *units("G3", *[4] * 12),
        *units("G4", *[1] * 30),
    ]
    sizes = dict.fromkeys(("G1", "G2", "G3", "G4"), 100)
    found = rows("w", units=sample, sizes=sizes, areas=areas(*sizes))
    assert [of(found, grid).CONF_STATUS for grid in sizes] == ["A", "F", "D", "F"]
    assert [of(found, grid, den="all").CONF_STATUS for grid in sizes] == ["A", "A", "D", "F"]
