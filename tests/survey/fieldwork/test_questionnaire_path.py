"""The way through a call and its interview: every item is reached, none a dead end, nothing off it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Refused
from survey.fieldwork.questionnaire import items, path, texts, versions
from survey.fieldwork.questionnaire.conditions import atoms
from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import Ending, Every, Is, Item, Some, Value
from survey.fieldwork.questionnaire.orders import PLAIN, Orders, arranged, from_json, orders
from survey.fieldwork.questionnaire.spoken import SpokenForm
from survey.fieldwork.questionnaire.talk import Talk
from survey.fieldwork.questionnaire.versions import V0, V1
from survey.fieldwork.questionnaire.walks import walks
from survey.waves.rules import wave_rules

EVERY = pytest.mark.parametrize("questionnaire", versions.EVERY, ids=lambda each: each.name)
AWARE: dict[str, Value] = {"S2A": 1, "S2B": 1, "A1": 1}
CLOSED: dict[str, Value] = {
    **dict.fromkeys(("B1", "B1A", "B2", "O2"), 2),
    "O1": "",
    **dict.fromkeys(("D1", "D2", "D3", "D4"), 1),
}
SHORT: dict[str, Value] = {**AWARE, "A2": (1,), "A3": 3, "V1": 2, "E1": 2, "G1": 4, **CLOSED}
EARLY = Orders(early=True)


def whole(questionnaire: Questionnaire, order: Orders = PLAIN) -> SpokenForm:
    return SpokenForm(questionnaire.extras, order, questionnaire)


def calls_of(questionnaire: Questionnaire) -> list[tuple[Item, ...]]:
    return [SpokenForm(questionnaire.extras, PLAIN, questionnaire, kind).call_items() for kind in Situation]


INTERVIEWS = [
    *(pytest.param(whole(each).items(), id=each.name) for each in versions.EVERY),
    pytest.param(whole(V1, EARLY).items(), id="v1, the overall item first"),
]
CALLS = [pytest.param(asked, id=kind) for kind, asked in zip(Situation, calls_of(V1), strict=True)]


@pytest.mark.parametrize("asked", [*INTERVIEWS, *CALLS])
def test_every_item_is_reached_and_every_walk_comes_to_an_end(asked: Sequence[Item]) -> None:
    found = list(walks(asked))
    assert {code for each in found for code in each.asked} == {item.code for item in asked}
    assert len({tuple(each.kept.items()) for each in found}) == len(found)


def test_every_ending_is_met_by_some_call_or_interview() -> None:
    met: set[Ending | None] = {Ending.FINISHED}
    for asked in (V0.items, V1.items[:3], *calls_of(V1)):
        met |= {each.end for each in walks(asked)}
    assert met == {*Ending, None}


@EVERY
def test_conditions_name_items_that_come_before_and_values_that_exist(questionnaire: Questionnaire) -> None:
    kinds = [asked for asked in calls_of(questionnaire) if asked]
    for asked in (*kinds, whole(questionnaire).items(), whole(questionnaire, EARLY).items()):
        place = {item.code: at for at, item in enumerate(asked)}
        by_code = {item.code: item for item in asked}
        assert len(place) == len(asked)
        for item in asked:
            for atom in atoms(item.condition):
                assert place[atom.code] < place[item.code]
                assert set(atom.values) <= by_code[atom.code].values


@EVERY
def test_options_have_values_of_their_own(questionnaire: Questionnaire) -> None:
    for item in questionnaire.every_item:
        assert item.kind in get_args(items.ItemKind)
        assert max(Counter(option.value for option in item.options).values(), default=1) == 1
        assert bool(item.options) == (item.kind in {"single", "multi"})


def every_value(item: Item) -> list[Value]:
    if item.kind == "text":
        return [""]
    return [(value,) if item.kind == "multi" else value for value in sorted(item.values)]


def any_orders() -> st.SearchStrategy[Orders]:
    either = st.booleans()
    return st.builds(Orders, swapped=either, start=st.integers(0, 2), downward=either, early=either)


Log = tuple[SpokenForm, list[tuple[str, Value]]]


@st.composite
def a_log(draw: st.DrawFn) -> Log:
    """Answers given and changed in any order, asked for or not."""
    form = whole(draw(st.sampled_from(versions.EVERY)), draw(any_orders()))
    chosen = draw(st.lists(st.sampled_from(form.items()), max_size=40))
    return form, [(item.code, draw(st.sampled_from(every_value(item)))) for item in chosen]


@st.composite
def finished(draw: st.DrawFn) -> tuple[SpokenForm, dict[str, Value]]:
    form = whole(draw(st.sampled_from(versions.EVERY)), draw(any_orders()))
    answers: dict[str, Value] = {}
    while item := path.next_item(answers, form=form):
        answers[item.code] = draw(st.sampled_from(every_value(item)))
    return form, answers


@cache
def ways(questionnaire: Questionnaire, order: Orders) -> set[tuple[str, ...]]:
    return {each.asked for each in walks(whole(questionnaire, order).items())}


@given(finished())
def test_whatever_is_answered_the_way_was_among_those_enumerated(
    over: tuple[SpokenForm, dict[str, Value]],
) -> None:
    form, answers = over
    assert path.path(answers, form=form) in ways(form.questionnaire, form.orders)


@given(a_log())
def test_whatever_is_answered_and_changed_the_record_is_the_walk_of_the_path(log: Log) -> None:
    form, said = log
    kept = path.fold(said, items=form.items())
    walked = path.walk(form.items(), kept)
    assert walked.kept == kept
    assert set(kept) <= set(walked.asked)
    assert all(kept[code] == dict(said)[code] for code in kept)


@given(a_log())
def test_one_answer_after_the_other_a_talk_holds_what_their_log_gives(log: Log) -> None:
    form, said = replace(log[0], questionnaire=V1), log[1]
    codes = {item.code for item in V1.items}
    talk = Talk(form, call={}, answers={}, former={}, exists=True)
    for at, (code, value) in enumerate(said):
        if code not in codes:
            continue
        talk = talk.after(code, value)
        given_so_far = [each for each in said[: at + 1] if each[0] in codes]
        assert talk.answers == path.fold(given_so_far, items=form.items())
        assert {**talk.former, **talk.answers} == dict(given_so_far)


@given(a_log(), st.integers(0, 2), st.booleans())
def test_orders_change_what_comes_first_and_never_what_is_asked(log: Log, start: int, early: bool) -> None:
    form, answers = log[0], dict(log[1])
    turned = replace(form, orders=Orders(start=start, early=early))
    assert sorted(path.path(answers, form=turned)) == sorted(path.path(answers, form=form))


@given(finished())
def test_an_interview_that_is_over_stays_over_and_goes_back_step_by_step(
    over: tuple[SpokenForm, dict[str, Value]],
) -> None:
    form, answers = over
    call: dict[str, Value] = dict.fromkeys(("C1", "S1", "S3"), 1) if form.questionnaire.calls else {}
    talk = Talk(replace(form, extras=frozenset()), call=call, answers=answers, former={}, exists=True)
    codes = talk.items
    assert path.ending(answers, form=form) is not None
    assert talk.item_before(codes[0]) is None
    assert [talk.item_before(code) for _before, code in pairwise(codes)] == list(codes[:-1])
    assert talk.item_before("") == codes[-1]


@given(finished())
def test_a_headline_is_one_to_five_or_none(over: tuple[SpokenForm, dict[str, Value]]) -> None:
    form, answers = over
    value = path.headline(answers, form=form)
    assert value == (answers.get("G1") if answers.get("G1") in {1, 2, 3, 4, 5} else None)


@given(finished())
def test_only_what_was_begun_is_anything_and_only_what_was_walked_to_its_end_complete(
    over: tuple[SpokenForm, dict[str, Value]],
) -> None:
    form, answers = over
    found = path.completeness(answers, form=form)
    from_a1 = [value for code, value in answers.items() if code not in form.questionnaire.screening]
    assert (found is None) == (not any(path.is_answered(value) for value in from_a1))
    if found == "complete" and form.questionnaire.walked:
        assert {"B1", "D4"} <= set(answers)
        codes = list(answers)
        for end in range(len(codes)):
            cut = {code: answers[code] for code in codes[:end]}
            assert path.completeness(cut, form=form) != "complete"


def test_who_changes_his_mind_leaves_nothing_behind() -> None:
    asked = whole(V1).items()
    log: list[tuple[str, Value]] = [*AWARE.items(), ("A3", 1), ("A4A", 1), ("A4", 3), ("A5", 2), ("G1", 5)]
    assert "A5" in path.fold(log, items=asked)
    left = path.fold([*log, ("A1", 3)], items=asked)
    assert (set(left), path.headline(left)) == ({"S2A", "S2B", "A1"}, None)


def test_what_returns_to_the_path_counts_once_it_is_confirmed_item_by_item() -> None:
    asked = whole(V1).items()
    log: list[tuple[str, Value]] = [*AWARE.items(), ("A3", 1), ("A4A", 1), ("A1", 3), ("A1", 2)]
    assert path.fold(log, items=asked) == {"S2A": 1, "S2B": 1, "A1": 2}
    again = path.fold([*log, ("A3", 1)], items=asked)
    assert ("A3" in again, "A4A" in again) == (True, False)


def test_in_the_first_questionnaire_what_returns_to_the_path_counts_as_it_did() -> None:
    log: list[tuple[str, Value]] = [("A3", 1), ("A1", 1), ("A1", 3), ("A1", 1)]
    assert path.fold(log, items=V0.items, walked=V0.walked) == {"A3": 1, "A1": 1}


def test_who_does_not_know_the_worker_is_asked_about_the_community() -> None:
    codes = path.path({**AWARE, "A1": 3, "E1": 2})
    assert "G1C" in codes
    assert not {"A2", "A3", "V1", "S-A", "S-C", "G1"}.intersection(codes)


@pytest.mark.parametrize(
    ("contact", "asked"),
    [
        ({"A4A": 1, "A4": 1}, True),
        ({"A4A": 1, "A4": 3}, False),
        ({"A4A": 2}, False),
        ({"V1": 1}, True),
        ({"V1": 2}, False),
        ({"V1": 98}, False),
        ({"E1": 1, "E1A": 1}, True),
        ({"E1": 1, "E1A": 2}, False),
    ],
)
def test_attitude_and_speed_are_judged_after_contact_only(contact: dict[str, Value], asked: bool) -> None:
    codes = path.path({**AWARE, "A3": 1, **contact})
    assert ("S-A" in codes, "S-B" in codes) == (asked, asked)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"E4": 1}, {"S-C", "S-D"}),
        ({"E4": 2, "E5": 1}, {"E5", "S-C"}),
        ({"E4": 3, "E5": 2}, {"E5", "S-C", "S-D"}),
        ({"E4": 3, "E5": 5}, {"E5", "S-C", "S-D"}),
        ({"E4": 4, "E5H": 1}, {"E5H", "S-C"}),
        ({"E4": 4, "E5H": 3}, {"E5H", "S-C", "S-D"}),
        ({"E4": 98}, {"S-C", "S-D"}),
        ({"E4": 99}, {"S-C", "S-D"}),
    ],
)
def test_the_department_is_judged_unless_the_matter_lies_with_the_worker(
    said: dict[str, Value], asked: set[str]
) -> None:
    codes = set(path.path({**AWARE, "E1": 1, "E1A": 1, **said}))
    assert codes & {"E5", "E5H", "S-C", "S-D"} == asked


def test_a_matter_that_was_not_reported_has_its_reason_and_nothing_more() -> None:
    codes = path.path({**AWARE, "E1": 1, "E1A": 2})
    assert "E1R" in codes
    assert not {"E2", "E3", "E4", "S-C", "S-D"}.intersection(codes)


def test_that_no_department_took_part_is_an_answer_and_never_read_out() -> None:
    department, attitude = V1.by_code["S-D"], V1.by_code["S-A"]
    assert (97 in department.values, 97 in attitude.values) == (True, False)
    assert 97 not in {option.value for option in whole(V1).shown(department)}


def without(code: str) -> dict[str, Value]:
    return {each: value for each, value in SHORT.items() if each != code}


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"S2A": 2}, None),
        ({**AWARE, "A1": 99}, None),
        ({**AWARE, "A1": 99, "E1": 98}, "break_off"),
        (AWARE, "break_off"),
        (SHORT, "complete"),
        ({**SHORT, "A3": 98, "G1": 98}, "complete"),
        ({**SHORT, "G1": 99}, "partial"),
        ({**SHORT, "A3": 99}, "partial"),
        ({**AWARE, "A1": 3, "E1": 2, "G1C": 2, **CLOSED}, "complete"),
        (without("D4"), "partial"),
        (without("B1"), "partial"),
        ({**AWARE, "A2": (1,), "A3": 3, "V1": 2, "E1": 2}, "break_off"),
    ],
)
def test_how_complete_an_interview_is(answers: dict[str, Value], found: str | None) -> None:
    assert path.completeness(answers) == found
    assert path.is_begun(answers) == (found is not None)


def test_in_the_first_questionnaire_an_interview_was_complete_with_its_headline() -> None:
    opened: dict[str, Value] = dict.fromkeys(("C1", "S1", "S2A", "S2B", "S3", "A1", "A3"), 1)
    assert path.completeness({**opened, "G1": 4}, form=whole(V0)) == "complete"
    assert path.completeness({**opened, "A1": 99}, form=whole(V0)) is None


@pytest.mark.parametrize(
    ("value", "found"), [(1, 1), (5, 5), (0, None), (6, None), (98, None), (99, None), ("5", None)]
)
def test_only_one_to_five_are_a_headline(value: Value, found: int | None) -> None:
    assert path.headline({**AWARE, "G1": value}) == found


def codes_of(order: Orders, questionnaire: Questionnaire = V1) -> list[str]:
    return [item.code for item in arranged(questionnaire, order)]


@EVERY
@pytest.mark.parametrize("start", [0, 1, 2])
def test_the_block_is_asked_from_its_first_item_on(questionnaire: Questionnaire, start: int) -> None:
    order, block = Orders(start=start), questionnaire.rotated
    asked = [code for code in codes_of(order, questionnaire) if code in block]
    assert tuple(asked) == order.block(questionnaire) == (*block[start:], *block[:start])


def test_in_half_of_the_interviews_the_overall_item_comes_before_the_particulars() -> None:
    early, late = codes_of(EARLY), codes_of(PLAIN)
    assert early[early.index("G1") : early.index("E1") + 1] == ["G1", "G1C", "E1"]
    assert late.index("G1") > late.index("S-D")
    assert sorted(early) == sorted(late)
    assert codes_of(EARLY, V0) == codes_of(PLAIN, V0)


def test_orders_fall_in_halves_and_thirds() -> None:
    found = [orders("ab" * 32, unit=f"H{number:013}", questionnaire=V1) for number in range(3000)]
    for halved in ("swapped", "downward", "early"):
        assert abs(sum(getattr(order, halved) for order in found) - 1500) < 150
    assert all(abs(n - 1000) < 150 for n in Counter(order.start for order in found).values())
    never = [orders("ab" * 32, unit=f"H{number:013}", questionnaire=V1, early=False) for number in range(9)]
    assert not any(order.early for order in never)


def test_orders_follow_from_the_seed_and_the_unit_for_good() -> None:
    found = [orders("ab" * 32, unit=f"H{number:013}", questionnaire=V0) for number in range(8)]
    assert [order.swapped for order in found] == [*(True, False, False, False), *(False, True, True, False)]
    assert [order.start for order in found] == [2, 0, 2, 0, 1, 1, 2, 2]
    assert [order.downward for order in found] == [*(True,) * 3, False, True, *(False,) * 3]
    assert not any(order.early for order in found)


def test_without_a_draw_everything_is_read_as_it_is_written() -> None:
    assert Orders() == Orders(swapped=False, start=0, downward=True, early=False) == PLAIN
    block = ["S-A", "S-B", "S-C"]
    assert PLAIN.as_json(V0) == {"E5": [1, 2, 3, 4], "S": block, "scale": "5-1"}
    assert PLAIN.as_json(V1) == {"E5": [1, 2, 3, 4, 5], "S": block, "scale": "5-1", "G1": "late"}
    turned = Orders(swapped=True, start=1, downward=False, early=True)
    kept = {"E5": [2, 1, 3, 4, 5], "S": ["S-B", "S-C", "S-A"], "scale": "1-5", "G1": "early"}
    assert turned.as_json(V1) == kept


@given(st.sampled_from(versions.EVERY), any_orders())
def test_stored_values_never_change_with_the_order(questionnaire: Questionnaire, order: Orders) -> None:
    known = order if questionnaire.early else replace(order, early=False)
    assert from_json(order.as_json(questionnaire), questionnaire) == known
    for item in questionnaire.items:
        assert set(order.shown(item, questionnaire)) == set(item.options)


@EVERY
def test_one_direction_of_the_scale_holds_for_the_whole_interview(questionnaire: Questionnaire) -> None:
    upward, levels = Orders(downward=False), questionnaire.five_level
    assert {"S-A", "S-B", "S-C", "S-D", "G1", "G1C"} == levels
    firsts = {upward.shown(questionnaire.by_code[code], questionnaire)[0].label for code in levels}
    assert firsts == {"非常不满意"}
    for item in questionnaire.items:
        assert item.code in levels or upward.shown(item, questionnaire) == item.options


def test_every_five_level_item_is_a_whole_question_that_names_its_scale_as_it_is_read() -> None:
    down, up = whole(V1), whole(V1, Orders(downward=False))
    for item in (V1.by_code[code] for code in V1.five_level):
        read_down, read_up = (texts.fill(item.text, form.scale(item)) for form in (down, up))
        assert read_down.endswith("满意吗？是非常满意、满意、基本满意、不满意，还是非常不满意？")
        assert read_up.endswith("满意吗？是非常不满意、不满意、基本满意、满意，还是非常满意？")
    assert down.scale(V1.by_code["A1"]) == {}


DIGESTS = [
    (V0, "5d6778a888922aa351adb88c4cfea80107270812d46c0e3b24716d7411483caf"),
    (V1, "3b25baa66d6fdd9db5c3bac92a906ce0f7a6dddf93bd6557ec8318c5c4b27f11"),
]


@pytest.mark.parametrize(("questionnaire", "digest"), DIGESTS, ids=["v0", "v1"])
def test_every_word_and_condition_is_kept_for_good(questionnaire: Questionnaire, digest: str) -> None:
    """Whoever changes a word makes another questionnaire: what was answered is compared by its version."""
    assert questionnaire.wording_hash == digest
    assert versions.of(digest) is questionnaire


def test_new_waves_name_the_last_questionnaire_and_older_ones_the_first() -> None:
    assert versions.CURRENT.wording_hash == wave_rules.WORDING == wave_rules.WaveRules().wording
    assert wave_rules.read(wave_rules.WaveRules().text()).wording == wave_rules.WORDING
    assert wave_rules.read('{"attempts":6}').wording == wave_rules.FIRST_WORDING == V0.wording_hash
    with pytest.raises(Refused):
        versions.of("0" * 64)


def test_v0_keeps_how_its_items_are_asked() -> None:
    assert V0.screening == {"C1", "C2", "S1", "S2A", "S2B", "S3"}
    assert V0.extras == {"C2", "G2"}
    unread = {*V0.screening, *("A2", "E2", "B1", "B1W", "B2", "O2", "D1")}
    assert {item.code for item in V0.items if not item.read} == unread
    assert {item.code for item in V0.items if not item.escapes} == {"C1", "S3"}
    own = {item.code: item.own_dont_know for item in V0.items if item.own_dont_know}
    assert own == {"A1": 3, "A2": 9, "A3": 3, "E5": 4}


def test_v1_asks_the_call_and_the_interview_apart() -> None:
    calls = {kind: [item.code for item in asked] for kind, asked in V1.calls.items()}
    opened = ["C1", "C2", "S1", "S3", "C1R", "C2R"]
    assert calls == {**dict.fromkeys(Situation, opened), Situation.RESUMED: ["C1", "C2", "S3", "C1R", "C2R"]}
    assert V1.extras == {"C2", "C2R"}
    assert not set(opened) & set(V1.by_code)
    assert len({asked[0].text for asked in V1.calls.values()}) == len(Situation)
    own = {item.code: item.own_dont_know for item in V1.items if item.own_dont_know}
    assert own == {"A1": 3, "A2": 9, "A3": 3, "E5": 5, "E5H": 3}
    assert (wave_rules.HEADLINE, V1.swapped, V1.early) == ("G1", "E5", "E1")


@EVERY
def test_a_text_and_an_item_that_steers_have_neither_dont_know_nor_refusal(
    questionnaire: Questionnaire,
) -> None:
    for item in questionnaire.every_item:
        closed = item.kind != "text" and item.code not in {"C1", "C1R", "S3"}
        assert (item.refused, item.dont_know is None) == ((99, False) if closed else (None, True))


def test_an_item_is_closed_read_out_and_always_asked_unless_it_says_otherwise() -> None:
    item = Item("Z", "?", "number")
    assert (item.read, item.extra, item.escapes, item.options, item.unread) == (True, False, True, (), ())
    assert item.values == {0, 98, 99}
    assert item.condition.holds({})


def test_why_an_interview_ended_is_kept_under_these_names() -> None:
    kept = ["appointment", "refused", "number_wrong", "not_eligible", "not_in", "no_such_person", "finished"]
    assert [*Ending] == kept


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"C1": 2}, Ending.APPOINTMENT),
        ({"C1": 3}, Ending.REFUSED),
        ({"C1": 1, "S1": 2}, Ending.NUMBER_WRONG),
        ({"C1": 1, "S1": 1, "S3": 3}, Ending.NOT_IN),
        ({"C1": 1, "S1": 1, "S3": 2, "C1R": 2}, Ending.APPOINTMENT),
        ({"C1": 1, "S1": 1, "S3": 2, "C1R": 3}, Ending.REFUSED),
        ({"C1": 1, "S1": 1, "S3": 2}, None),
        ({"C1": 1, "S1": 1, "S3": 1}, None),
    ],
)
def test_an_answer_that_ends_the_call_says_why(said: dict[str, Value], found: Ending | None) -> None:
    talk = Talk(SpokenForm(), call=said, answers={}, former={}, exists=False)
    assert talk.ending is found
    assert talk.is_through == (said.get("S3") == 1)


@pytest.mark.parametrize(("before", "code"), [({}, "S2A"), ({"S2A": 1}, "S2B")])
def test_who_is_too_young_or_came_of_late_is_not_eligible(before: dict[str, Value], code: str) -> None:
    assert path.ending(before) is None
    assert path.ending({**before, code: 2}) is Ending.NOT_ELIGIBLE


def read_before(
    kind: Situation, *, extras: frozenset[str] = frozenset(), fetched: bool = False
) -> dict[str, str]:
    """What is read before each item of a call, where anything is."""
    said: dict[str, Value] = {"S3": 2 if fetched else 1}
    talk = Talk(SpokenForm(extras, situation=kind), call={}, answers={}, former={}, exists=False)
    found: dict[str, str] = {}
    while (code := talk.next_item) is not None and code != "S2B":
        found[code] = talk.lead(code)
        talk = talk.after(code, said.get(code, 1))
    return {code: text for code, text in found.items() if text}


def test_how_the_household_was_drawn_is_told_to_each_who_consents() -> None:
    assert read_before(Situation.FIRST) == {"S1": V1.texts["INTRO2"]}
    assert read_before(Situation.APPOINTMENT, fetched=True) == dict.fromkeys(
        ("S1", "S2A"), V1.texts["INTRO2"]
    )
    assert read_before(Situation.RESUMED, fetched=True) == {}
    told = dict.fromkeys(("C2", "C2R"), V1.texts["INTRO2"] + V1.texts["RECORDING"])
    assert read_before(Situation.FIRST, extras=V1.extras, fetched=True) == told
    again = dict.fromkeys(("C2", "C2R"), V1.texts["RECORDING"])
    assert read_before(Situation.RESUMED, extras=V1.extras, fetched=True) == again


def test_conditions_can_be_read() -> None:
    assert str(Every((Is("A1", (1, 2)), Some((Is("E1", (1,)),))))) == "(A1=1,2 & (E1=1))"
