"""What a questionnaire will say is seen before anybody is asked: wordings, orders, ways, and its pretest."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import pytest

from survey.fieldwork.questionnaire import files
from survey.fieldwork.questionnaire.conditions import parse
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.orders import Orders
from survey.fieldwork.questionnaire.versions import V0, V1
from survey.fieldwork.rules import pretest, preview
from survey.fieldwork.rules.preview import Reading
from tests.survey.browsing import Page, Visitor

PAGES = ("/questionnaires/v1", "/questionnaires/v1/ways", "/questionnaires/v1/pretest")
Visit = Callable[..., Visitor]


@pytest.fixture
def assessor(visit: Visit) -> Visitor:
    return visit("settled", "assessor")


def test_every_item_of_every_call_and_of_the_interview_is_shown_once() -> None:
    parts = preview.preview(V1, Reading())
    assert [part.situation for part in parts] == [*V1.calls, None]
    assert [[each.item for each in part.items] for part in parts] == [
        *map(list, V1.calls.values()),
        [*V1.items],
    ]


def test_items_are_shown_as_an_order_reads_them() -> None:
    order = Orders(swapped=True, start=1, downward=False, early=True)
    interview = preview.preview(V1, Reading(order))[-1]
    shown = {each.item.code: each for each in interview.items}
    codes = list(shown)
    assert codes.index("G1") < codes.index("E1")
    assert codes[codes.index("S-B") :][:3] == ["S-B", "S-C", "S-A"]
    assert shown["E5"].options[0].words.said.startswith("上报了")
    assert shown["G1"].words.said.endswith("是非常不满意、不满意、基本满意、满意，还是非常满意？")
    assert [option.value for option in shown["G1"].options] == [1, 2, 3, 4, 5]


def test_a_translation_stands_beside_the_words_and_never_in_their_place() -> None:
    interview = preview.preview(V1, Reading(language="en"))[-1]
    shown = {each.item.code: each for each in interview.items}
    overall = shown["G1"].words
    assert overall.said.startswith("总的来说")
    assert overall.gloss.endswith(
        "Are you very satisfied, satisfied, basically satisfied, dissatisfied, very dissatisfied?"
    )
    assert shown["A2"].probe.gloss.startswith("Anything else?")
    assert not any(each.words.gloss for each in preview.preview(V1, Reading())[-1].items)


def test_another_language_is_read_by_its_code_alone() -> None:
    yue = replace(V1, translations={**V1.translations, "yue": {word: f"粵：{word}" for word in V1.words}})
    shown = preview.preview(yue, Reading(language="yue"))[-1].items[0]
    assert (shown.words.said, shown.words.gloss) == (V1.items[0].text, f"粵：{V1.items[0].text}")


def test_how_often_an_item_is_asked_is_counted_over_all_ways() -> None:
    interview = preview.preview(V1, Reading())[-1]
    counted = {each.item.code: each.ways for each in interview.items}
    assert interview.ways == len(preview.ways(V1)) == counted["S2A"] == 386
    assert min(counted.values()) > 0
    assert counted["G1"] + counted["G1C"] <= interview.ways


def test_a_way_is_told_by_the_answers_that_decide_it() -> None:
    short = preview.ways(V1)[-1]
    assert preview.deciding(V1, short) == (("S2A", 2),)
    told = {preview.deciding(V1, way) for way in preview.ways(V1)}
    assert len(told) == 386


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("()", ""),
        ("A1=1,2", "A1=1,2"),
        ("(A1=1,2 & (A4=1,2 | V1=1))", "A1=1,2 且 (A4=1,2 或 V1=1)"),
        ("((A1=1))", "A1=1"),
    ],
)
def test_a_condition_is_said_in_words(condition: str, said: str) -> None:
    assert preview.spelled(parse(condition)) == said


def test_every_item_of_the_pretest_asks_how_it_was_understood() -> None:
    sheet = pretest.sheet(V1, Reading())
    assert [each.shown.item for each in sheet] == [*V1.items]
    assert all(each.probes[0] == pretest.UNDERSTOOD for each in sheet)
    by_code = {each.shown.item.code: each.probes for each in sheet}
    assert pretest.SCALED in by_code["G1"]
    assert pretest.REMEMBERED in by_code["V1"]
    assert pretest.JUDGED not in by_code["O1"]
    assert set(pretest.OWN) <= set(V1.by_code)


def test_versions_are_listed_with_what_sealed_them(visit: Visit) -> None:
    page = visit("open", "assessor").open("/questionnaires/")
    assert page.status == 200
    assert "v1" in page.text
    assert "封存在 first" in page.text
    assert "还没有用过" in page.text


def brought(visitor: Visitor, form: Questionnaire, **filled: str) -> Page:
    page = visitor.open("/questionnaires/")
    given = (io.BytesIO(files.write(form)), "v2.json")
    return visitor.send(page, "/questionnaires/", file=given, **filled)


def test_a_file_is_checked_by_page_and_kept_only_where_that_is_wished(assessor: Visitor) -> None:
    form = replace(V1, name="v2", digest="whole")
    assert "没有毛病。什么也没有留下。" in brought(assessor, form).text
    assert assessor.open("/questionnaires/v2").status == 404
    assert "问卷已经留下" in brought(assessor, form, keep="y").text
    assert assessor.open("/questionnaires/v2").status == 200
    again = brought(assessor, form, keep="y")
    assert (again.status, "一字不差" in again.text) == (409, True)


def test_every_fault_of_a_file_stands_on_the_page(assessor: Visitor) -> None:
    broken = replace(V1, name="v2", digest="whole", texts={}, early="Z9")
    page = brought(assessor, broken, keep="y")
    assert page.status == 422
    for fault in ("缺少话术 INTRO2", "缺少话术 END", "Z9，没有这一题"):
        assert fault in page.text
    assert assessor.open("/questionnaires/v2").status == 404


def test_the_page_shows_the_order_and_the_translation_that_are_asked_for(assessor: Visitor) -> None:
    plain = assessor.open(PAGES[0]).text
    assert plain.index("G1 总的来说") > plain.index("E1 最近十二个月")
    assert "译文只帮助阅读" not in plain
    asked = assessor.open(f"{PAGES[0]}?overall=early&scale=1-5&reading=en&start=2&swapped=1").text
    assert asked.index("G1 总的来说") < asked.index("E1 最近十二个月")
    assert "译文只帮助阅读" in asked
    assert "Do you know that there is a grid worker where you live?" in asked


@pytest.mark.parametrize(
    "asked", ["?start=9&reading=xx&scale=7&overall=x&swapped=x", "?start=-1", "?start=²"]
)
def test_an_order_that_there_is_not_is_read_as_it_is_written(assessor: Visitor, asked: str) -> None:
    assert assessor.open(PAGES[0] + asked).status == 200
    assert assessor.open(PAGES[2] + asked).status == 200


def test_ways_come_page_by_page_and_by_question(assessor: Visitor) -> None:
    first = assessor.open(PAGES[1]).text
    assert "第 1 到 40 种，共 386 种" in first
    assert "第 361 到 386 种，共 386 种" in assessor.open(f"{PAGES[1]}?first=99999").text
    assert "S2A=1 S2B=1 A1=1" in first
    assert "共 96 种" in assessor.open(f"{PAGES[1]}?through=E5").text
    assert "没有一种走法" in assessor.open(f"{PAGES[1]}?through=Z9&first=x").text


def test_an_older_version_is_shown_too(assessor: Visitor) -> None:
    page = assessor.open("/questionnaires/v0")
    assert page.status == 200
    assert V0.items[0].text in page.text
    assert assessor.open("/questionnaires/v0/pretest").status == 200


def test_a_version_that_there_is_not_is_not_found(assessor: Visitor) -> None:
    assert [assessor.open(each.replace("v1", "v7")).status for each in PAGES] == [404] * 3


def test_the_draw_officer_sees_what_may_be_chosen(visit: Visit) -> None:
    officer = visit("settled", "draw_officer")
    assert officer.open("/questionnaires/v1").status == 200
    freeze = officer.open("/waves/freeze").text
    assert "问卷" in freeze
    assert "预览问卷" in freeze
