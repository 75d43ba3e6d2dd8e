"""The way through the interview: every item is reached, none is a dead end, nothing off the path counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.questionnaire import items, path, texts, v0
from survey.fieldwork.questionnaire.items import Every, Is, Item, Some, Value
from survey.fieldwork.questionnaire.orders import Orders, from_json, orders
from survey.fieldwork.questionnaire.path import STANDARD, Ending, SpokenForm
from survey.waves.rules.wave_rules import HEADLINE

ALL = SpokenForm(extras=v0.EXTRAS)
AWARE = {"C1": 1, "S1": 1, "S2A": 1, "S2B": 1, "S3": 1, "A1": 1}


def atoms(condition: items.Condition) -> Iterator[Is]:
    if isinstance(condition, Is):
        yield condition
    else:
        for part in condition.parts:
            yield from atoms(part)


ATOMS = [atom for item in v0.ITEMS for atom in atoms(item.condition)]


def telling(item: Item) -> list[Value]:
    """One value for each way in which the conditions can tell the item's values apart."""
    if item.kind == "text":
        return [""]
    if item.kind == "multi":
        return [(min(item.values),), (99,)]
    kinds: dict[tuple[object, ...], Value] = {}
    for value in sorted(item.values):
        kinds.setdefault(
            (
                *[value in atom.values for atom in ATOMS if atom.code == item.code],
                path.ENDINGS.get((item.code, value)),
            ),
            value,
        )
    return list(kinds.values())


def interviews(form: SpokenForm) -> Iterator[dict[str, Value]]:
    unfinished: list[dict[str, Value]] = [{}]
    while unfinished:
        answers = unfinished.pop()
        item = path.next_item(answers, form=form)
        if item is None:
            yield answers
            continue
        unfinished += [
            {**answers, item.code: value} for value in telling(item)[: None if branches(item) else 1]
        ]


def branches(item: Item) -> bool:
    return any(atom.code == item.code for atom in ATOMS) or any(code == item.code for code, _ in path.ENDINGS)


@st.composite
def any_answers(draw: st.DrawFn) -> dict[str, Value]:
    codes = draw(st.sets(st.sampled_from([item.code for item in v0.ITEMS])))
    return {code: draw(st.sampled_from(telling(v0.BY_CODE[code]))) for code in sorted(codes)}


def every_value(item: Item) -> list[Value]:
    if item.kind == "text":
        return [""]
    return [(value,) if item.kind == "multi" else value for value in sorted(item.values)]


@st.composite
def finished(draw: st.DrawFn, form: SpokenForm = ALL) -> dict[str, Value]:
    answers: dict[str, Value] = {}
    while item := path.next_item(answers, form=form):
        answers[item.code] = draw(st.sampled_from(every_value(item)))
    return answers


@pytest.mark.parametrize("form", [STANDARD, ALL])
def test_every_item_is_reached_by_some_interview(form: SpokenForm) -> None:
    reached = {code for answers in interviews(form) for code in answers}
    assert reached == {item.code for item in form.items()}


def test_every_interview_comes_to_an_end_and_every_ending_is_met() -> None:
    endings = [path.ending(answers, form=ALL) for answers in interviews(ALL)]
    assert set(endings) == set(Ending)


def test_conditions_name_items_that_come_before_and_values_that_exist() -> None:
    places = {item.code: place for place, item in enumerate(v0.ITEMS)}
    for item in v0.ITEMS:
        for atom in atoms(item.condition):
            assert places[atom.code] < places[item.code]
            assert set(atom.values) <= v0.BY_CODE[atom.code].values


def test_codes_and_option_values_are_unique() -> None:
    assert len(v0.BY_CODE) == len(v0.ITEMS)
    for item in v0.ITEMS:
        assert item.kind in get_args(items.ItemKind)
        assert max(Counter(option.value for option in item.options).values(), default=1) == 1
        assert bool(item.options) == (item.kind in {"single", "multi"})


@given(any_answers())
def test_the_record_is_the_walk_of_the_path(answers: dict[str, Value]) -> None:
    record = path.record(answers, form=ALL)
    assert set(record) <= set(path.path(answers, form=ALL))
    assert path.path(record, form=ALL) == path.path(answers, form=ALL)
    assert path.next_item(record, form=ALL) == path.next_item(answers, form=ALL)


@given(any_answers(), st.integers(0, 2))
def test_rotation_changes_the_order_and_never_what_is_asked(answers: dict[str, Value], start: int) -> None:
    turned = path.path(answers, form=SpokenForm(v0.EXTRAS, Orders(start=start)))
    assert sorted(turned) == sorted(path.path(answers, form=ALL))


@given(finished())
def test_an_interview_that_is_over_stays_over_and_goes_back_step_by_step(answers: dict[str, Value]) -> None:
    codes = path.path(answers, form=ALL)
    assert set(codes) == set(answers)
    assert path.ending(answers, form=ALL) is not None
    assert path.item_before(codes[0], answers, form=ALL) is None
    for before, code in pairwise(codes):
        assert path.item_before(code, answers, form=ALL) == v0.BY_CODE[before]


def test_who_changes_his_mind_leaves_nothing_behind() -> None:
    answers: dict[str, Value] = {**AWARE, "A3": 1, "A4": 3, "A5": 2, "G1": 5}
    assert "A5" in path.record(answers)
    answers["A1"] = 3
    assert set(path.record(answers)) == {"C1", "S1", "S2A", "S2B", "S3", "A1"}
    assert path.headline(answers) is None
    answers["A1"] = 2
    assert path.record(answers)["A5"] == 2


def test_who_does_not_know_the_worker_is_asked_about_the_community() -> None:
    codes = path.path({**AWARE, "A1": 3, "E1": 2})
    assert "G1C" in codes
    assert not {"A2", "A3", "V1", "S-A", "S-C", "G1"}.intersection(codes)


@pytest.mark.parametrize(
    ("contact", "asked"),
    [({"A4": 1}, True), ({"A4": 3}, False), ({"V1": 1}, True), ({"V1": 98}, False), ({"E1": 1}, True)],
)
def test_attitude_and_speed_are_judged_after_contact_only(contact: dict[str, int], asked: bool) -> None:
    codes = path.path({**AWARE, "A3": 1, **contact})
    assert ("S-A" in codes, "S-B" in codes) == (asked, asked)


@pytest.mark.parametrize(("solved", "asked"), [(1, False), (2, True), (4, True), (98, True), (99, True)])
def test_where_a_matter_is_stuck_is_asked_unless_it_is_solved(solved: int, asked: bool) -> None:
    assert ("E5" in path.path({**AWARE, "E1": 1, "E4": solved})) is asked


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"C1": 1, "S1": 2}, None),
        ({**AWARE, "A3": 1, "G1": 4}, "complete"),
        ({**AWARE, "A3": 98, "G1": 98}, "complete"),
        ({**AWARE, "A3": 1, "G1": 99}, "break_off"),
        ({**AWARE, "A3": 99, "G1": 4}, "break_off"),
        ({**AWARE, "A1": 3, "G1C": 2}, "complete"),
        ({**AWARE, "A1": 99}, None),
        ({**AWARE, "A1": 99, "E1": 98}, "break_off"),
        ({**AWARE, "A2": (1,), "A3": 3, "V1": 0, "E1": 2, "G1": 99, "B1": 2, "B2": 2}, "partial"),
        ({**AWARE, "A2": (1,), "A3": 3, "V1": 0, "E1": 2, "G1": 99, "B1": 2}, "break_off"),
        (AWARE, "break_off"),
    ],
)
def test_how_complete_an_interview_is(answers: dict[str, Value], found: str | None) -> None:
    assert path.completeness(answers) == found


@given(finished())
def test_a_headline_is_one_to_five_or_none(answers: dict[str, Value]) -> None:
    value = path.headline(answers, form=ALL)
    assert value == (answers.get("G1") if answers.get("G1") in {1, 2, 3, 4, 5} else None)


@pytest.mark.parametrize(
    ("value", "found"), [(1, 1), (5, 5), (0, None), (6, None), (98, None), (99, None), ("5", None)]
)
def test_only_one_to_five_are_a_headline(value: Value, found: int | None) -> None:
    assert path.headline({**AWARE, "G1": value}) == found


@pytest.mark.parametrize("start", [0, 1, 2])
def test_the_block_is_asked_from_its_first_item_on(start: int) -> None:
    order = Orders(start=start)
    asked = [item.code for item in SpokenForm(orders=order).items() if item.code in v0.ROTATED]
    assert tuple(asked) == order.block == (*v0.ROTATED[start:], *v0.ROTATED[:start])


def test_orders_fall_in_halves_and_thirds() -> None:
    found = [orders("ab" * 32, unit=f"H{number:013}") for number in range(3000)]
    assert abs(sum(order.swapped for order in found) - 1500) < 150
    assert abs(sum(order.downward for order in found) - 1500) < 150
    assert all(abs(n - 1000) < 150 for n in Counter(order.start for order in found).values())


def test_orders_follow_from_the_seed_and_the_unit_for_good() -> None:
    found = [orders("ab" * 32, unit=f"H{number:013}") for number in range(8)]
    assert [order.swapped for order in found] == [*(True, False, False, False), *(False, True, True, False)]
    assert [order.start for order in found] == [2, 0, 2, 0, 1, 1, 2, 2]
    assert [order.downward for order in found] == [*(True,) * 3, False, True, *(False,) * 3]


def test_without_a_draw_everything_is_read_as_it_is_written() -> None:
    assert Orders() == Orders(swapped=False, start=0, downward=True)
    assert Orders().as_json() == {"E5": [1, 2, 3, 4], "S": ["S-A", "S-B", "S-C"], "scale": "5-1"}
    turned = Orders(swapped=True, start=1, downward=False)
    assert turned.as_json() == {"E5": [2, 1, 3, 4], "S": ["S-B", "S-C", "S-A"], "scale": "1-5"}


@given(st.booleans(), st.integers(0, 2), st.booleans())
def test_stored_values_never_change_with_the_order(swapped: bool, start: int, downward: bool) -> None:
    order = Orders(swapped=swapped, start=start, downward=downward)
    assert from_json(order.as_json()) == order
    for item in v0.ITEMS:
        assert sorted(option.value for option in order.shown(item)) == sorted(o.value for o in item.options)
        assert set(order.shown(item)) == set(item.options)


def test_one_direction_of_the_scale_holds_for_the_whole_interview() -> None:
    upward = Orders(downward=False)
    firsts = {upward.shown(v0.BY_CODE[code])[0].label for code in v0.FIVE_LEVEL}
    assert firsts == {"非常不满意"}
    for item in v0.ITEMS:
        if item.code not in v0.FIVE_LEVEL:
            assert upward.shown(item) == item.options
    assert {"S-A", "S-B", "S-C", "S-D", "G1", "G1C"} == v0.FIVE_LEVEL


def test_v0_keeps_every_word_and_condition_for_good() -> None:
    """Whoever changes a word makes another questionnaire: what was answered is compared by its version."""
    assert v0.NAME == "v0"
    assert texts.wording_hash() == "5d6778a888922aa351adb88c4cfea80107270812d46c0e3b24716d7411483caf"


def test_v0_keeps_how_its_items_are_asked() -> None:
    codes = {
        "screening": {"C1", "C2", "S1", "S2A", "S2B", "S3"},
        "extra": {"C2", "G2"},
        "not read out": {
            *("C1", "C2", "S1", "S2A", "S2B", "S3"),
            *("A2", "E2", "B1", "B1W", "B2", "O2", "D1"),
        },
        "steering alone": {"C1", "S3"},
    }
    assert codes["screening"] == v0.SCREENING
    assert codes["extra"] == v0.EXTRAS
    assert {item.code for item in v0.ITEMS if not item.read} == codes["not read out"]
    assert {item.code for item in v0.ITEMS if not item.escapes} == codes["steering alone"]
    assert {item.code: item.own_dont_know for item in v0.ITEMS if item.own_dont_know} == {
        "A1": 3,
        "A2": 9,
        "A3": 3,
        "E5": 4,
    }
    assert (HEADLINE, v0.SWAPPED, v0.ROTATED) == ("G1", "E5", ("S-A", "S-B", "S-C"))


def test_a_text_and_an_item_that_steers_have_neither_dont_know_nor_refusal() -> None:
    for item in v0.ITEMS:
        without = item.kind == "text" or item.code in {"C1", "S3"}
        assert (item.refused, item.dont_know is None) == ((None, True) if without else (99, False))


def test_an_item_is_closed_read_out_and_always_asked_unless_it_says_otherwise() -> None:
    item = Item("Z", "?", "number")
    assert (item.read, item.extra, item.escapes, item.options) == (True, False, True, ())
    assert item.values == {0, 98, 99}
    assert item.condition.holds({})


def test_why_an_interview_ended_is_kept_under_these_names() -> None:
    kept = ["appointment", "refused", "number_wrong", "not_eligible", "not_in", "no_such_person", "finished"]
    assert [*Ending] == kept


@pytest.mark.parametrize(
    ("code", "value", "found"),
    [
        ("C1", 2, Ending.APPOINTMENT),
        ("C1", 3, Ending.REFUSED),
        ("S1", 2, Ending.NUMBER_WRONG),
        ("S2A", 2, Ending.NOT_ELIGIBLE),
        ("S2B", 2, Ending.NOT_ELIGIBLE),
        ("S3", 3, Ending.NOT_IN),
        ("S3", 4, Ending.NO_SUCH_PERSON),
    ],
)
def test_an_answer_that_ends_the_call_says_why(code: str, value: int, found: Ending) -> None:
    before = dict.fromkeys(
        ["C1", "S1", "S2A", "S2B", "S3"][: ["C1", "S1", "S2A", "S2B", "S3"].index(code)], 1
    )
    assert path.ending(before) is None
    assert path.ending({**before, code: value}) is found


def test_before_an_item_that_is_not_asked_comes_the_last_that_is() -> None:
    assert path.item_before("A5", {"C1": 1, "S1": 2}) == v0.BY_CODE["S1"]
    assert path.item_before("C1", {}) is None


def test_who_was_drawn_and_how_is_told_once_after_consent() -> None:
    for extras in (frozenset[str](), v0.EXTRAS):
        told = [
            item.code
            for item in SpokenForm(extras).items()
            if texts.INTRO2 in texts.lead(item.code, extras=extras)
        ]
        assert told == (["C2"] if "C2" in extras else ["S1"])
        assert {
            texts.lead(item.code, extras=extras) for item in v0.ITEMS if item.code not in {"C2", "S1"}
        } == {""}
    assert texts.lead("S1", extras=v0.EXTRAS) == ""
    assert texts.lead("C2", extras=v0.EXTRAS) == texts.INTRO2 + texts.RECORDING


def test_conditions_can_be_read() -> None:
    assert str(Every((Is("A1", (1, 2)), Some((Is("E1", (1,)),))))) == "(A1=1,2 & (E1=1))"
