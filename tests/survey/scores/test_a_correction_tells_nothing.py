"""Two releases of a wave side by side: whoever reads both learns nothing of what was undone between them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from survey.scores.rules import evidence, items, release
from survey.scores.rules.areas import ReportArea, places
from survey.scores.rules.concealing import conceal
from survey.scores.rules.concealing_again import Again, FormerRelease, conceal_again
from survey.scores.rules.estimation import AreaFigure, Unit, area_figures
from survey.scores.rules.evidence import Evidence
from survey.scores.rules.release import Facts, ScoreRow
from survey.scores.rules.suppression import FREE
from survey.scores.rules.waves_pooled import tag
from tests.survey.scores.test_what_a_reader_can_work_out import units

OVERALL = "overall"
CODES = [f"G{at:02d}" for at in range(12)]


@dataclass(frozen=True, slots=True, eq=False)
class CorrectedWorld:
    """Grids in streets, what their households said, and two releases with something undone between."""

    areas: list[ReportArea]
    sizes: dict[str, int]
    first: list[Unit]
    second: list[Unit]

    def evidence(self, sample: Sequence[Unit]) -> Evidence:
        frame = places(self.areas, sizes=self.sizes).frame
        return evidence.gather(sample, sizes=self.sizes, items=list(items.ITEMS), frame=frame)

    def figures(self, sample: Sequence[Unit]) -> tuple[AreaFigure, ...]:
        return area_figures(sample, sizes=self.sizes, areas=self.areas)

    def releases(self) -> tuple[list[ScoreRow], list[ScoreRow], Again]:
        found, known = self.figures(self.first), self.evidence(self.first)
        hidden = conceal(found, known)
        then = release.rows("w", found, Facts(), statuses=hidden)
        before = FormerRelease(known, found, release.statuses_of(then))
        assert {code: hidden[OVERALL][code] for code in hidden[OVERALL]} == before.statuses[OVERALL]
        made = self.figures(self.second)
        again = conceal_again(made, self.evidence(self.second), former=[before])
        touched = {each.area.code for each in made if _fewer(each, found)}
        now = release.corrected(
            release.rows(tag("w", 2), made, Facts(), statuses=again.statuses),
            then,
            repeated=again.repeated,
            touched=touched,
        )
        return list(then), list(now), again


def _fewer(each: AreaFigure, found: Sequence[AreaFigure]) -> bool:
    (then,) = [one for one in found if (one.area, one.item, one.den) == (each.area, each.item, each.den)]
    return each.count.completes != then.count.completes


def world(said: dict[str, list[int]], undone: dict[str, int], *, streets: int = 1) -> CorrectedWorld:
    """Grids with what their raters said, of which the first so many are undone."""
    first, second = list[Unit](), list[Unit]()
    for code, given in said.items():
        sample = units(code, *given)
        gone = undone.get(code, 0)
        first += sample
        second += [replace(one, code="refusal_person", said=items.SILENT) for one in sample[:gone]]
        second += sample[gone:]
    each = -(-len(said) // streets)
    street = {code: f"S{at // each}" for at, code in enumerate(said)}
    areas = [ReportArea("grid", code, code, "old", street[code], frozenset({code})) for code in said]
    for name in sorted(set(street.values())):
        inside = frozenset(code for code in said if street[code] == name)
        areas.append(ReportArea("street", name, name, "", "C", inside))
    areas.append(ReportArea("city", "C", "云川市", "", None, frozenset(said)))
    return CorrectedWorld(areas, dict.fromkeys(said, 400), first, second)


def shown(rows: Sequence[ScoreRow]) -> set[str]:
    return {row.unit for row in rows if row.item == OVERALL and row.low is not None}


def random_world(seed: int) -> CorrectedWorld:
    random = np.random.default_rng(seed)
    said = {code: random.choice([5, 4, 3, 2, 1], int(random.integers(7, 15))).tolist() for code in CODES[:4]}
    undone = {code: int(random.integers(0, 3)) for code in said}
    return world(said, undone)


def _splits(n: int) -> list[tuple[int, int]]:
    """How many of n raters are content by the narrow count, and by the wide one."""
    return [(narrow, wide) for wide in range(n + 1) for narrow in range(wide + 1)]


def _looks(row: ScoreRow, good: float, everybody: int) -> bool:
    """Whether so many good answers of these raters look like the row; all weigh alike."""
    digits = 2 if row.level == "grid" else 3
    if row.unweighted is None:
        return good == (everybody if row.low + row.high > 1 else 0)
    return abs(good / everybody - row.unweighted) <= 0.5 * 10**-digits + 1e-9


def readings(
    known: CorrectedWorld, then: list[ScoreRow], now: list[ScoreRow]
) -> Iterator[dict[str, tuple[int, int]]]:
    """All that the plain shares of both releases leave possible: narrow counts left and undone, by grid.

    The reader knows how many rated in each grid, and how many of these were undone.
    """
    counts = [dict.fromkeys(known.sizes, 0) for _ in range(2)]
    for at, sample in enumerate((known.first, known.second)):
        for unit in sample:
            counts[at][unit.stratum] += unit.code == "complete"
    rows = [
        (at, row, areas.strata)
        for at, made in enumerate((then, now))
        for row in made
        for areas in known.areas
        if areas.code == row.unit
        and row.item.startswith(OVERALL)
        and row.den == "rated"
        and row.low is not None
    ]
    rows = [each for each in rows if each[0] == 0 or each[1] not in then]
    rows = [each for each in rows if "20" not in each[1].footnotes.split(";")]
    possible = []
    for code in known.sizes:
        left, all_ = counts[1][code], counts[0][code]
        own = [each for each in rows if each[2] == {code}]
        possible.append(
            [
                (kept, gone)
                for kept in _splits(left)
                for gone in _splits(all_ - left)
                if all(
                    _looks(row, kept[wide] + (gone[wide] if at == 0 else 0), all_ if at == 0 else left)
                    for at, row, _strata in own
                    for wide in (int(row.item.endswith("top3")),)
                )
            ]
        )
    above = [each for each in rows if len(each[2]) > 1]
    for chosen in itertools.product(*possible):
        if all(
            _looks(
                row,
                sum(kept[wide] + (gone[wide] if at == 0 else 0) for kept, gone in chosen),
                sum(counts[at].values()),
            )
            for at, row, _strata in above
            for wide in (int(row.item.endswith("top3")),)
        ):
            yield dict(zip(known.sizes, [(kept[0], gone[0]) for kept, gone in chosen], strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_no_undone_answer_is_told_by_both_tables_together(seed: int) -> None:
    said = {"a": [5, 1, 4, 2, 5, 5, 2, 1, 5, 4, 3], "b": [1, 5, 5, 5, 2, 4, 5, 4, 2, 5, 1, 5]}
    random = np.random.default_rng(seed)
    undone = {code: int(random.integers(1, 3)) for code in said}
    made = world({code: random.permutation(given).tolist() for code, given in said.items()}, undone)
    then, now, _again = made.releases()
    found: dict[str, set[int]] = {}
    for reading in readings(made, then, now):
        for code, (_kept, gone) in reading.items():
            found.setdefault(code, set()).add(gone)
    assert all(len(found[code]) == undone[code] + 1 for code in said)


def test_a_shown_grid_of_which_one_answer_was_undone_is_hidden_and_rows_of_others_stay() -> None:
    said = {code: [5, 4, 2, 1, 5, 5, 3] * 2 for code in CODES}
    then, now, _again = world(said, {"G00": 1}, streets=2).releases()
    assert shown(then) - shown(now) >= {"G00"}
    assert [row for row in now if row.unit in {"G01", "S1"}] == [
        row for row in then if row.unit in {"G01", "S1"}
    ]


def test_a_large_areas_row_is_repeated_where_it_could_only_tell_of_the_few() -> None:
    said = {code: [5, 4, 2, 1, 5, 5, 3] * 6 for code in CODES}
    then, now, again = world(said, {"G00": 2}, streets=2).releases()
    (before,) = [row for row in then if (row.unit, row.item, row.den) == ("C", OVERALL, "rated")]
    (after,) = [row for row in now if (row.unit, row.item, row.den) == ("C", OVERALL, "rated")]
    assert "C" in again.repeated[OVERALL]
    assert after == replace(before, footnotes=";".join([before.footnotes, "20"]))


def test_where_many_were_undone_the_city_is_counted_anew() -> None:
    said = {code: [5, 4, 2, 1, 5, 5, 3] * 6 for code in CODES}
    then, now, again = world(said, dict.fromkeys(CODES, 14), streets=2).releases()
    (after,) = [row for row in now if (row.unit, row.item, row.den) == ("C", OVERALL, "rated")]
    assert again.statuses[OVERALL]["C"] == FREE
    assert (after.wave, after.n, "12" in after.footnotes.split(";")) == ("w#2", 335, True)
    assert after not in then


def test_what_was_hidden_stays_hidden_and_equal_input_hides_equally() -> None:
    for seed in range(3):
        then, now, again = random_world(seed).releases()
        assert shown(now) <= shown(then)
        assert again.statuses == random_world(seed).releases()[2].statuses
