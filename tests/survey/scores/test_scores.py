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
from survey.scores.operations import releasing
from survey.scores.queries import export, releases
from survey.scores.rules import evidence, items
from survey.scores.rules.areas import EVERYTHING, ReportArea, places
from survey.scores.rules.concealing import Statuses, conceal
from survey.scores.rules.estimation import AreaFigure, Unit, area_figures
from survey.scores.rules.release import Facts, ScoreRow, rounded, rounded_count, rows
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.conftest import Led
from tests.survey.stories import END, Interviewer, enrol, in_field, units_by_grid, works_through

CITY = "C"
OVERALL, RATED, ALL = "overall", "rated", "all"


def areas(*strata: str) -> list[ReportArea]:
    grids = [ReportArea("grid", code, f"网格{code}", "old", CITY, frozenset({code})) for code in strata]
    return [*grids, ReportArea("city", CITY, "云川市", "", None, frozenset(strata))]


def units(stratum: str, *answers: int | None) -> list[Unit]:
    return [
        Unit(
            stratum, "complete" if answer else "complete_other", items.read({"G1": answer} if answer else {})
        )
        for answer in answers
    ]


class Found(tuple[AreaFigure, ...]):
    """Figures with the statuses that hide some of them."""

    statuses: Statuses


def figures(sample: list[Unit], **sizes: int) -> Found:
    places_of = areas(*sizes)
    found = Found(area_figures(sample, sizes=sizes, areas=places_of))
    known = evidence.gather(
        sample, sizes=sizes, items=list(items.ITEMS), frame=places(places_of, sizes=sizes).frame
    )
    found.statuses = conceal(found, known)
    return found


def of(found: tuple[AreaFigure, ...], area: str, *, item: str = OVERALL, den: str = RATED) -> AreaFigure:
    (one,) = [each for each in found if (each.area.code, each.item, each.den) == (area, item, den)]
    return one


def published(found: Found, **facts: bool) -> dict[tuple[str, str, str], ScoreRow]:
    kept = rows("w", found, Facts(**facts), statuses=found.statuses)
    return {(row.unit, row.item, row.den): row for row in kept}


def test_the_city_weighs_grids_by_their_households() -> None:
    sample = [*units("G1", *[5] * 10, *[2] * 5), *units("G2", *[5] * 3, *[2] * 17)]
    figure = of(figures(sample, G1=100, G2=300), CITY).figure
    design = SurveyDesign(
        [100 / 15] * 15 + [15.0] * 20, strata=["G1"] * 15 + ["G2"] * 20, fpc=[100] * 15 + [300] * 20
    )
    expected = mean(design, [1] * 10 + [0] * 5 + [1] * 3 + [0] * 17)
    assert figure is not None
    assert figure.value == pytest.approx((100 * 10 / 15 + 300 * 3 / 20) / 400, rel=1e-12)
    assert figure.se == pytest.approx(expected.se, rel=1e-12)
    assert figure.df == expected.df == 33


def test_those_who_rated_are_a_domain_of_the_completes() -> None:
    sample = [*units("G1", *[5] * 10, *[None] * 10), *units("G2", *[2] * 20)]
    # Half of G1's households know their worker, all of G2's do: 100 content among 300 who could rate.
    assert of(figures(sample, G1=200, G2=200), CITY).figure.value == pytest.approx(100 / 300, rel=1e-12)


def test_among_all_completes_whoever_rated_nothing_is_never_counted_satisfied() -> None:
    sample = units("G1", *[5] * 10, *[None] * 20)
    found = figures(sample, G1=90)
    assert of(found, CITY).figure.value == 1.0
    assert of(found, CITY, den=ALL).figure.value == pytest.approx(1 / 3)
    assert of(found, CITY, den=ALL).figure.n == 30
    assert published(found)[CITY, OVERALL, RATED].footnotes == "3;4;15;19"


def test_the_official_top_three_stand_beside_the_score() -> None:
    found = figures(units("G1", *[5] * 3, *[3] * 7, *[2] * 2), G1=90)
    assert of(found, CITY).figure.value == pytest.approx(3 / 12)
    assert of(found, CITY, item="overall_top3").figure.value == pytest.approx(10 / 12)


def test_conduct_result_and_departments_are_items_of_their_own() -> None:
    said = [{"G1": 5, "S-A": 5, "S-C": 1, "S-D": 2}] * 6 + [{"G1": 5, "S-A": 2, "S-C": 98}] * 6
    sample = [Unit("G1", "complete", items.read(each)) for each in said]
    found = figures(sample, G1=90)
    values = {
        item: of(found, CITY, item=item).figure for item in ("overall", "conduct", "result", "department")
    }
    assert [values[item].value for item in values] == [1.0, 0.5, 0.0, 0.0]
    assert (values["result"].n, values["department"].n) == (6, 6)
    assert of(found, CITY, item="result", den=ALL).figure.n == 12
    assert not [each for each in found if each.item == "department" and each.area.level == "grid"]


def test_few_answers_are_hidden_and_so_is_what_would_tell_of_them() -> None:
    sample = [
        *units("G1", *[5] * 5, *[2] * 4, *[None] * 9),
        *units("G2", *[5] * 12, *[3] * 8),
        *units("G3", *[4] * 7, *[1] * 5),
        *units("G4", *[1] * 16, *[5] * 14),
    ]
    found = published(figures(sample, G1=100, G2=100, G3=100, G4=100))
    for (unit, item, _den), row in found.items():
        if item.startswith(OVERALL) and unit in {"G1", "G3"}:
            assert row.status == "Q"
            assert {row.estimate, row.low, row.high, row.unweighted, row.position, row.n} == {None}
    assert found["G1", OVERALL, RATED].footnotes == "1;4;19"
    assert found["G3", OVERALL, RATED].footnotes == "2;4;19"
    assert found[CITY, OVERALL, RATED].estimate is not None


def test_where_nobody_of_two_hidden_grids_is_content_more_is_hidden() -> None:
    """The city's share less what is shown would say of both that nobody is."""
    sample = [
        *units("G1", *[1] * 9),
        *units("G2", *[1] * 12),
        *units("G3", *[5] * 20, *[2] * 20),
        *units("G4", *[4] * 20, *[1] * 20),
    ]
    found = published(figures(sample, G1=90, G2=120, G3=400, G4=400))
    assert {found[grid, OVERALL, RATED].status for grid in ("G1", "G2", "G3")} == {"Q"}


def test_a_grid_without_answers_says_so_and_hides_nothing() -> None:
    sample = [Unit("G1", "no_answer", items.SILENT), *units("G2", *[5] * 15)]
    found = published(figures(sample, G1=9, G2=90))
    empty = found["G1", OVERALL, RATED]
    assert (empty.status, empty.footnotes, empty.estimate) == ("O", "4;13;19", None)
    city = found[CITY, OVERALL, RATED]
    assert (city.estimate, city.unweighted, city.high) == (None, None, 1.0)
    assert 0.6 < city.low < 1
    assert city.frame_covered == 0.91


def test_where_a_tenth_of_the_households_is_not_covered_nothing_is_said_of_them() -> None:
    """Grids of 500 and 2,000 households, one without an answer."""
    sample = [*units("G1", *[5] * 20), Unit("G2", "no_answer", items.SILENT)]
    city = published(figures(sample, G1=500, G2=2000))[CITY, OVERALL, RATED]
    assert (city.estimate, city.status, city.frame_covered) == (None, "Q", 0.2)
    assert "17" in city.footnotes.split(";")


def test_shares_and_counts_are_rounded_and_limits_outward() -> None:
    sample = [*units("G1", *[5] * 21, *[2] * 12), *units("G2", *[5] * 22, *[2] * 15)]
    found = figures(sample, G1=400, G2=500)
    kept = published(found)
    grid, city = kept["G1", OVERALL, RATED], kept[CITY, OVERALL, RATED]
    assert (grid.n, grid.asked) == (35, 35)
    assert (city.n, city.asked) == (70, 70)
    for row, step in ((grid, 0.01), (city, 0.001)):
        exact = of(found, row.unit).figure
        assert abs(row.estimate - exact.value) <= step / 2 + 1e-12
        assert exact.low - step < row.low <= exact.low
        assert exact.high <= row.high < exact.high + step


@given(st.floats(0, 1), st.sampled_from([2, 3]))
def test_a_rounded_share_is_the_nearest_one_and_halves_go_to_the_even(share: float, digits: int) -> None:
    found = rounded(share, digits=digits)
    assert abs(found - share) <= 0.5 * 10**-digits + 1e-9
    assert rounded(0.125, digits=2) == 0.12
    assert rounded(0.135, digits=2) == 0.14


@given(st.integers(0, 10_000))
def test_a_count_is_told_in_fives_and_never_below_ten(count: int) -> None:
    found = rounded_count(count)
    assert (found is None) == (count < 10)
    assert found is None or (found % 5 == 0 and abs(found - count) <= 2)


def test_a_wave_without_any_answer_has_rows_without_figures() -> None:
    found = figures([Unit("G1", "no_answer", items.SILENT)], G1=9)
    assert {row.status for row in published(found).values()} == {"O"}


def test_an_early_end_stands_in_every_row() -> None:
    found = published(figures(units("G1", *[5] * 12), G1=90), early=True)
    assert all("18" in row.footnotes.split(";") for row in found.values())


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
    for row in published(figures(sample, **dict.fromkeys(told, 30))).values():
        assert (row.low is None) == (row.high is None)
        assert row.estimate not in {0.0, 1.0}
        assert row.unweighted not in {0.0, 1.0}
        if row.low is not None:
            assert 0 <= row.low <= row.high <= 1
            assert row.n >= 10
        if row.estimate is not None:
            assert row.low <= row.estimate <= row.high
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
        return releasing.estimate(session, "w1", now=END)


def test_scores_of_a_wave_stand_per_grid_street_and_city(called: Database) -> None:
    found = releases.rows_of(released(called))
    assert [(row.level, row.unit, row.name, row.type) for row in found[:5]] == [
        ("grid", "G1", "G1 名", "old"),
        ("grid", "G2", "G2 名", "fringe"),
        ("community", "K", "K 名", ""),
        ("street", "S", "S 名", ""),
        ("city", "C", "C 名", ""),
    ]
    # Two of five households live in the grid without an answer: the street says nothing.
    # In the other all agree: nobody is told "100 %".
    assert [row.estimate for row in found[:5]] == [None] * 5
    assert [row.high for row in found[:5]] == [1.0, None, None, None, None]
    assert [row.frame_covered for row in found[:5]] == [1.0, None, 0.6, 0.6, 0.6]


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
        releasing.estimate(session, "none", now=NOW)


def test_grids_that_no_deposit_told_of_stand_under_everything(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    with survey_db.transaction() as session:
        close.close(session, "w1", now=END)
    found = releases.rows_of(released(survey_db))
    assert [(row.level, row.unit, row.name) for row in found[:2]] == [
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
    figure = of(figures(sample, G1=100, G2=300), CITY).figure
    # Per stratum: its share of the city squared, the part not asked, the variance p(1 - p)/(n - 1).
    first = (100 / 400) ** 2 * (1 - 15 / 100) * (10 / 15) * (5 / 15) / 14
    second = (300 / 400) ** 2 * (1 - 20 / 300) * (3 / 20) * (17 / 20) / 19
    assert figure.se == pytest.approx(math.sqrt(first + second), rel=1e-12)


def test_who_rated_nothing_lends_a_hidden_neighbour_no_cover() -> None:
    sample = [
        *units("G1", *[5] * 6),
        *units("G2", *[None] * 7),
        *units("G3", *[4] * 12),
        *units("G4", *[1] * 30),
    ]
    found = published(figures(sample, G1=100, G2=100, G3=100, G4=100))
    marks = [found[grid, OVERALL, RATED].status for grid in ("G1", "G2", "G3")]
    assert marks == ["Q", "Q", "Q"]


def test_a_release_of_the_first_format_is_still_read() -> None:
    old = {
        "wave": "w", "level": "city", "unit_id": "C", "name": "云川市", "type": "", "item": "overall",
        "den": "rated", "ci_method": "wilson_design_t", "n_issued": 40, "n_completed": 20, "n_item": 15,
        "rr1": 0.5, "df": 13, "est_direct": 0.6, "se": 0.1, "lo95_direct": 0.4, "hi95_direct": 0.8,
        "footnotes": "3;4", "OBS_STATUS": "U", "CONF_STATUS": "F",
    }  # fmt: skip
    body = json.dumps({"format": "huying-scores/v1", "wave": "w", "rows": [old]})
    (row,) = releases.rows_of(ScoreRelease(wave_label="w", body=body))
    assert (row.unit, row.estimate, row.low, row.high, row.n, row.status) == ("C", 0.6, 0.4, 0.8, 15, "U")
