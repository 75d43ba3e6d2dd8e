"""What is hidden in a score release: cells with few answers, and whatever would give them away."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from survey.scores.rules.suppression import FEW, FREE, LEAST, SECOND, ScoreCell, hidden, statuses, worst


@st.composite
def trees(draw: st.DrawFn) -> list[ScoreCell]:
    """A city with streets with grids; areas above count what is below."""
    streets = draw(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=5), min_size=1, max_size=4))
    cells = [ScoreCell("C", None, sum(map(sum, streets)))]
    for number, grids in enumerate(streets):
        cells.append(ScoreCell(f"S{number}", "C", sum(grids)))
        cells += [ScoreCell(f"G{number}{at}", f"S{number}", answers) for at, answers in enumerate(grids)]
    return cells


@given(trees())
def test_few_answers_are_always_hidden_and_none_never(cells: list[ScoreCell]) -> None:
    found = statuses(cells)
    for cell in cells:
        assert (found[cell.key] == FEW) == (0 < cell.answers < LEAST)
        if cell.answers == 0:
            assert found[cell.key] == FREE


@given(trees())
def test_no_hidden_cell_can_be_had_by_subtraction(cells: list[ScoreCell]) -> None:
    found = statuses(cells)
    for parent in cells:
        children = [cell for cell in cells if cell.parent == parent.key and cell.answers]
        hidden = [cell for cell in children if found[cell.key] != FREE]
        if found[parent.key] == FREE:
            assert len(hidden) != 1
        else:
            assert hidden or not children


def left_over(cell: ScoreCell, cells: list[ScoreCell], found: dict[str, str]) -> int:
    """Answers below a cell that no shown cell tells."""
    children = [each for each in cells if each.parent == cell.key]
    if not children:
        return cell.answers
    return sum(left_over(each, cells, found) for each in children if found[each.key] != FREE)


@given(trees())
def test_what_shown_cells_leave_over_together_is_never_few(cells: list[ScoreCell]) -> None:
    found = statuses(cells)
    for parent in cells:
        if found[parent.key] == FREE and any(cell.parent == parent.key for cell in cells):
            assert not 0 < left_over(parent, cells, found) < LEAST


def test_two_small_grids_that_are_few_together_take_a_third_with_them() -> None:
    cells = [
        ScoreCell("S", None, 67),
        *(ScoreCell(key, "S", n) for key, n in zip("abcd", (3, 4, 20, 40), strict=True)),
    ]
    assert statuses(cells) == {"S": FREE, "a": FEW, "b": FEW, "c": SECOND, "d": FREE}


@given(trees(), st.randoms())
def test_the_order_of_cells_decides_nothing(cells: list[ScoreCell], chance) -> None:
    before = statuses(cells)
    chance.shuffle(cells)
    assert statuses(cells) == before


def test_the_smallest_shown_neighbour_is_hidden_with_a_single_hidden_cell() -> None:
    cells = [
        ScoreCell("S", None, 60),
        ScoreCell("a", "S", 9),
        ScoreCell("b", "S", 20),
        ScoreCell("c", "S", 15),
        ScoreCell("d", "S", 15),
        ScoreCell("e", "S", 0),
    ]
    assert statuses(cells) == {"S": FREE, "a": FEW, "b": FREE, "c": SECOND, "d": FREE, "e": FREE}


def test_a_street_hidden_for_another_does_not_give_itself_away_by_its_grids() -> None:
    cells = [
        ScoreCell("C", None, 49),
        ScoreCell("S1", "C", 9),
        ScoreCell("S2", "C", 40),
        ScoreCell("g1", "S1", 9),
        ScoreCell("g2", "S2", 25),
        ScoreCell("g3", "S2", 15),
    ]
    assert statuses(cells) == {"C": FREE, "S1": FEW, "S2": SECOND, "g1": FEW, "g2": FREE, "g3": SECOND}


def test_nine_answers_are_few_and_ten_are_not() -> None:
    assert LEAST == 10
    assert statuses([ScoreCell("a", None, 9), ScoreCell("b", None, 10)]) == {"a": FEW, "b": FREE}


def test_what_must_be_hidden_whatever_it_holds_is_hidden_and_takes_a_neighbour_with_it() -> None:
    cells = [ScoreCell("S", None, 90), *(ScoreCell(key, "S", 30) for key in "abc")]
    assert statuses(cells, also=["b"]) == {"S": FREE, "a": SECOND, "b": SECOND, "c": FREE}
    assert statuses([ScoreCell("a", None, 0)], also=["a"]) == {"a": FREE}
    assert statuses([ScoreCell("a", None, 5)], also=["a"]) == {"a": FEW}


def test_never_is_exactly_one_of_a_type_hidden() -> None:
    alone = [ScoreCell("a", None, 9, "old"), ScoreCell("b", None, 20, "old"), ScoreCell("c", None, 30, "old")]
    assert statuses(alone) == {"a": FEW, "b": SECOND, "c": FREE}
    several = [*alone, ScoreCell("d", None, 8, "old")]
    assert statuses(several) == {"a": FEW, "b": FREE, "c": FREE, "d": FEW}
    only = [ScoreCell("a", None, 9, "old"), ScoreCell("b", None, 0, "old")]
    assert statuses(only) == {"a": FEW, "b": FREE}


def test_who_is_hidden_for_its_type_takes_a_neighbour_of_its_street_with_it() -> None:
    cells = [
        *(ScoreCell("S1", None, 69), ScoreCell("S2", None, 90)),
        *(ScoreCell("a", "S1", 9, "old"), ScoreCell("b", "S1", 60, "new")),
        *(
            ScoreCell("c", "S2", 20, "old"),
            ScoreCell("d", "S2", 30, "mixed"),
            ScoreCell("e", "S2", 40, "mixed"),
        ),
    ]
    found = statuses(cells)
    assert {key for key, status in found.items() if status == FREE} == {"S1", "S2"}


def test_hidden_is_what_is_not_shown() -> None:
    assert hidden({"a": FREE, "b": FEW, "c": SECOND}) == {"b", "c"}


def test_of_two_populations_the_worse_status_holds_for_both() -> None:
    first = {"a": FREE, "b": FREE, "c": FREE, "d": SECOND, "e": FEW}
    second = {"a": FREE, "b": SECOND, "c": FEW, "d": FEW, "e": SECOND}
    assert worst(first, second) == {"a": FREE, "b": SECOND, "c": FEW, "d": FEW, "e": FEW}
