"""Volunteered ratings are counted raters, never to be compared; few are hidden, and what tells of them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from huying.base.keys import Keyring
from survey.api.queries.ratings import COLUMNS
from survey.api.rules import ratings
from survey.api.rules.ratings import ENOUGH, NOTICE, RatedCount, RatingPlace, RatingShare, shares
from survey.models import Deposit, RatingCount
from survey.scores.rules.suppression import LEAST
from tests.conftest import NOW
from tests.survey.api.programs import Program

CITY = RatingPlace("city", "C", "市")
STREETS = [RatingPlace("street", code, code) for code in ("S1", "S2", "S3", "")]
KINDS = [RatingPlace("type", code, code) for code in ("old", "new", "")]
COUNT = st.tuples(st.sampled_from((0, 3, 9, 12, 29, 30, 31, 45, 200)), st.floats(0, 1)).map(
    lambda drawn: RatedCount(drawn[0], round(drawn[0] * drawn[1]))
)
GRIDS = st.lists(st.tuples(st.sampled_from(STREETS), st.sampled_from(KINDS), COUNT), max_size=8)


def counts(grids: list[tuple[RatingPlace, RatingPlace, RatedCount]]) -> dict[RatingPlace, RatedCount]:
    found = dict.fromkeys((CITY, *STREETS, *KINDS), RatedCount())
    for street, kind, count in grids:
        for place in (CITY, street, kind):
            found[place] = RatedCount(found[place].n + count.n, found[place].good + count.good)
    return found


@given(GRIDS, GRIDS)
def test_few_are_hidden_and_no_rest_of_the_city_is_few(before, more) -> None:
    then, now = counts(before), counts([*before, *more])
    told = {(row.level, row.unit): row for row in shares("conduct", now, then)}
    assert ("street", "") not in told
    for place, count in now.items():
        row = told.get((place.level, place.unit))
        if row is None or row.status != "F":
            assert row is None or (row.raw_share, row.n) == (None, None)
            continue
        assert count.n >= ENOUGH
        assert not 0 < count.n - then[place].n < LEAST
        assert 0 < count.good < count.n
    for below in (STREETS, KINDS):
        hidden = [place for place in below if now[place].n and not is_told(told, place)]
        if is_told(told, CITY) and any(is_told(told, place) for place in below):
            assert len(hidden) != 1
            assert not 0 < sum(now[place].n for place in hidden) < LEAST


def is_told(told: dict[tuple[str, str], RatingShare], place: RatingPlace) -> bool:
    row = told.get((place.level, place.unit))
    return row is not None and row.status == "F"


def test_a_share_is_rounded_and_its_number_too() -> None:
    now = counts([(STREETS[0], KINDS[0], RatedCount(2932, 2104))])
    city = shares("conduct", now, {})[0]
    assert (city.raw_share, city.n, city.status, city.comparable) == (0.72, 2930, "F", False)


def line(grid: str, item: str, options: dict[str, int]) -> str:
    cells = {"code": f"{grid}/worker/{item}", "area": grid, "holder": "worker", "item": item}
    cells |= {"invited": "0", "delivered": "0", "answered": "0", "options": json.dumps(options)}
    return "\t".join(cells[name] for name in COLUMNS)


def rate(program: Program, period: str, good: int) -> None:
    """Accept a deposit with ratings of two grids of different types."""
    with program.app.extensions["huying"].database.transaction() as session:
        facts = {"origin": "o", "checkpoint": "", "counts": "{}", "made_at": NOW, "accepted_at": NOW}
        session.add(Deposit(period=period, sha256=f"{period:x<64}", **facts))
        session.flush()
        for grid, item in (("G1", "conduct"), ("G3", "conduct"), ("G3", "solved"), ("G9", "conduct")):
            options = {"5": good, "4": 3, "1": 10, "unsaid": 7}
            row = RatingCount(
                period=period, code=f"{grid}/{item}", area_code=grid, line=line(grid, item, options)
            )
            session.add(row)


def test_every_object_says_that_it_may_not_be_compared_and_none_has_an_estimate(program: Program) -> None:
    rate(program, "2026W41", 27)
    told = program.ask("/qr-ratings").get_json()
    assert (told["period"], told["comparable"], told["notice"]) == ("2026W41", False, str(NOTICE))
    shown = [row for row in told["ratings"] if row["status"] == "F"]
    # A grid that isn't on the wave's map, and matters solved, count for nothing.
    assert {(row["level"], row["n"], row["raw_share"]) for row in shown} == {
        ("city", 80, 0.75),
        ("street", 80, 0.75),
        ("type", 40, 0.75),
    }
    for asked in ({}, {"item": "conduct"}, {"level": "type"}, {"level": "city", "item": "result"}):
        for row in program.rows("/qr-ratings", "ratings", **asked):
            assert row["comparable"] is False
            assert row["notice"] == str(NOTICE)
            assert {"estimate", "low", "high"}.isdisjoint(row)
            assert (row["raw_share"] is None) == (row["status"] != "F")
    assert program.ask("/qr-ratings", {"wave": "nothing"}).status_code == 404


def test_a_deposit_that_came_after_the_scores_changes_nothing(program: Program, keys: Keyring) -> None:
    database = program.app.extensions["huying"].database
    before = program.ask("/qr-ratings").data
    with database.transaction() as session:
        facts = {"origin": "o", "checkpoint": "", "counts": "{}", "made_at": NOW}
        later = NOW.replace(year=NOW.year + 2)
        session.add(Deposit(period="2028W01", sha256="2" * 64, accepted_at=later, **facts))
    assert program.ask("/qr-ratings").data == before


def test_the_states_are_those_that_the_document_names() -> None:
    assert set(ratings.STATES) == {"F", "A", "D", "O"}
