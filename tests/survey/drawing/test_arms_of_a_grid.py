"""A grid with a list is drawn in two arms of equal size; every household has one place in it."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from survey.drawing import design, sample
from survey.drawing.arms import LEAST, LISTED, OTHERS, Arms, arms
from survey.drawing.codes import new_unit_codes
from survey.drawing.design import DesignRow
from survey.drawing.frame import FrameRow

KEY = "ab" * 32


@st.composite
def registries(draw: st.DrawFn) -> tuple[dict[str, str], frozenset[str]]:
    """Households with their grids, and some of them listed; one listed household may not be there at all."""
    sizes = draw(st.lists(st.integers(1, 45), min_size=1, max_size=5))
    homes = {f"H{grid}-{place}": f"G{grid}" for grid, size in enumerate(sizes) for place in range(size)}
    listed = draw(st.sets(st.sampled_from([*sorted(homes), "nobody"])))
    whole = draw(st.booleans())
    if whole:
        listed |= {home for home, grid in homes.items() if grid == "G0" and not home.endswith("7")}
    return homes, frozenset(listed)


@given(registries())
def test_every_household_stands_in_one_stratum_of_its_own_grid(registry) -> None:
    homes, listed = registry
    found = arms(homes, listed=listed)
    for home, grid in homes.items():
        stratum = found.stratum(home, grid=grid)
        assert stratum in found.strata(grid)
        if grid in found.split:
            assert stratum == grid + (LISTED if home in listed else OTHERS)
        else:
            assert stratum == grid


@given(registries())
def test_a_grid_is_split_exactly_where_both_arms_hold_ten(registry) -> None:
    homes, listed = registry
    on_list = Counter(grid for home, grid in homes.items() if home in listed)
    others = Counter(grid for home, grid in homes.items() if home not in listed)
    expected = {grid for grid in set(homes.values()) if min(on_list[grid], others[grid]) >= LEAST}
    assert arms(homes, listed=listed).split == expected


@given(registries(), st.integers(1, 30), st.integers(0, 9))
def test_both_arms_are_drawn_alike_and_the_design_fits_the_frame(registry, n: int, replicate: int) -> None:
    homes, listed = registry
    found = arms(homes, listed=listed)
    grids = Counter(homes.values())
    plan = {grid: (min(n, size), replicate) for grid, size in grids.items()}
    held = Counter(found.stratum(home, grid=grid) for home, grid in homes.items())
    sizes = found.sizes(plan, held=held)
    rows = [DesignRow(h, held[h], *sizes[h]) for h in sizes]
    design.check(rows, sizes=held)
    for grid in found.split:
        (drawn_l, r_l), (drawn_u, r_u) = (sizes[h] for h in found.strata(grid))
        assert r_l == r_u == replicate
        for stratum, drawn in zip(found.strata(grid), (drawn_l, drawn_u), strict=True):
            assert drawn == min(max(plan[grid][0], 2), held[stratum])
        if max(plan[grid][0], 2) <= min(held[h] for h in found.strata(grid)):
            assert drawn_l == drawn_u
    assert sum(held.values()) == len(homes)


@given(registries(), st.integers(1, 20))
def test_the_draw_of_an_arm_is_the_draw_of_a_stratum(registry, n: int) -> None:
    homes, listed = registry
    found = arms(homes, listed=listed)
    codes = dict(zip(homes, new_unit_codes(len(homes)), strict=True))
    frame = [FrameRow(codes[home], found.stratum(home, grid=grid), "0" * 64) for home, grid in homes.items()]
    held = Counter(row.stratum for row in frame)
    plan = {grid: (min(n, size), 0) for grid, size in Counter(homes.values()).items()}
    rows = [DesignRow(h, held[h], *size) for h, size in found.sizes(plan, held=held).items()]
    drawn = sample.draw(frame, design=rows, key=KEY, replicates=0)
    on_list = {codes[home] for home in homes if home in listed}
    for unit in drawn:
        if unit.stratum.endswith(LISTED):
            assert unit.unit in on_list
        elif unit.stratum.endswith(OTHERS):
            assert unit.unit not in on_list
    assert Counter(unit.stratum for unit in drawn) == Counter({row.stratum: row.sample for row in rows})


def test_the_arms_have_these_names_and_sizes_for_good() -> None:
    assert (LISTED, OTHERS, LEAST) == (".L", ".U", 10)
    assert Arms() == Arms(frozenset(), frozenset())
    split = Arms(frozenset({"G1"}), frozenset({"a"}))
    assert [split.stratum(home, grid="G1") for home in "ab"] == ["G1.L", "G1.U"]
    assert split.sizes({"G1": (1, 4)}, held={"G1.L": 50, "G1.U": 1}) == {"G1.L": (2, 4), "G1.U": (1, 4)}


def test_a_grid_whose_arms_have_no_free_name_stays_whole() -> None:
    long = "G" * 31
    homes = {f"{grid}-{place}": grid for grid in (long, "G1") for place in range(30)}
    homes |= {"other": "G1.L"}
    listed = {home for home in homes if home[-1] in "02468"}
    assert arms(homes, listed=listed) == Arms(frozenset(), frozenset(listed))
