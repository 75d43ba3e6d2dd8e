"""A resident writes down what is wrong, gets a receipt, and follows the case by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from huying.base import assets
from tests.feedback.browsing import Page, Visitor
from tests.feedback.neighbourhood import HELP, POSTER, RETIRED, Backstage

ADDRESS = f"/help/{POSTER}"


def test_asking_opens_a_case_and_leads_to_its_receipt(resident: Visitor, backstage: Backstage) -> None:
    answer = resident.send(resident.open(ADDRESS), ADDRESS, **HELP)
    assert answer.status_code == 303
    page = resident.open(answer.headers["Location"])
    assert page.status == 200
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page.text)
    assert "现在在 网格员 手里" in page.text
    [case] = backstage.cases()
    assert (case.category, case.urgency, case.source) == ("水电气热", "utility", "poster")


def test_the_same_form_sent_twice_opens_one_case(resident: Visitor, backstage: Backstage) -> None:
    form = resident.open(ADDRESS)
    first = resident.send(form, ADDRESS, **HELP)
    again = resident.send(form, ADDRESS, **HELP)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(backstage.cases()) == 1


def test_nothing_is_chosen_beforehand(resident: Visitor) -> None:
    assert "checked" not in resident.open(ADDRESS).html


def test_an_empty_form_comes_back_with_what_to_mend_first(resident: Visitor, backstage: Backstage) -> None:
    page = resident.press(resident.open(ADDRESS), ADDRESS)
    assert page.status == 422
    assert page.title.startswith("错误：")
    for sentence in ("请选择是什么事。", "请写一两句", "请选择急不急。"):
        assert sentence in page.text
    assert page.html.index("请先修改下面的内容") < page.html.index("<h1>")
    for target in re.findall(r'<a href="#([\w-]+)">请', page.html):
        assert f'id="{target}"' in page.html
    assert backstage.cases() == []


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("110", "这是服务热线的号码"),
        ("十三八", "号码里有不是数字的字"),
        ("+9991", "这个电话号码不完整"),
        ("1380013800", "手机号应当是 11 位，这里有 10 位"),
    ],
)
def test_a_number_that_is_none_is_a_fault_of_its_field(resident: Visitor, number: str, sentence: str) -> None:
    page = resident.press(resident.open(ADDRESS), ADDRESS, **HELP | {"contact": number})
    assert page.status == 422
    assert sentence in page.text
    assert "三楼水管漏水" in page.html


def test_a_word_for_no_number_is_none(resident: Visitor, backstage: Backstage) -> None:
    resident.press(resident.open(ADDRESS), ADDRESS, **HELP | {"contact": "无"})
    assert len(backstage.cases()) == 1


def test_without_a_number_it_works_as_well(resident: Visitor, backstage: Backstage) -> None:
    page = resident.press(resident.open(ADDRESS), ADDRESS, **HELP | {"contact": ""})
    assert page.status == 200
    assert backstage.cases()[0].contact_sealed is None


def test_a_number_that_nobody_answers_is_reported_in_one_form(
    resident: Visitor, backstage: Backstage
) -> None:
    page = resident.open(f"{ADDRESS}?about=number")
    assert "要请人给您回电吗？" in page.text
    fields = HELP | {"category": "电话打不通或号码不对"}
    assert resident.press(page, ADDRESS, **fields).status == 200
    assert backstage.cases()[0].category == "电话打不通或号码不对"


def test_danger_to_life_is_pointed_to_the_emergency_numbers(resident: Visitor) -> None:
    html = resident.open(ADDRESS).html
    for number in ("110", "119", "120"):
        assert html.index(f"tel:{number}") < html.index("<form")


def test_the_privacy_notice_stands_above_the_button_and_is_short(resident: Visitor) -> None:
    path: Path = assets.folder("templates") / "feedback" / "web" / "privacy.html"
    notice = path.read_text(encoding="utf-8").strip()
    assert len(notice) <= 300
    html = resident.open(ADDRESS).html
    assert html.index("您写的内容只交给办事的人看") < html.index('type="submit"')


def test_a_retired_poster_takes_no_request(resident: Visitor) -> None:
    page = resident.open(f"/help/{RETIRED}")
    assert page.status == 410
    assert "已停用" in page.text


def test_a_receipt_however_it_is_typed_leads_to_the_case(resident: Visitor, asked: str) -> None:
    code = asked.rpartition("/")[2].lower()
    spelt = f"{code[:4]} {code[4:8]}-{code[8:]}"
    page = resident.press(resident.open("/track"), "/track", receipt=spelt)
    assert page.status == 200
    assert "三楼水管漏水" in page.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "请填写回执编号。"), ("ABCD", "回执编号不对"), ("0000-0000-0000", "没有这个回执编号")],
)
def test_a_wrong_receipt_is_a_fault_of_its_field(resident: Visitor, typed: str, sentence: str) -> None:
    page = resident.press(resident.open("/track"), "/track", receipt=typed)
    assert page.status == 422
    assert sentence in page.text


def test_the_receipt_page_never_shows_the_residents_number(resident: Visitor, asked: str) -> None:
    html = resident.open(asked).html
    assert "13900009" not in html
    assert "王秀兰" not in html


def test_a_resident_withdraws(resident: Visitor, asked: str, backstage: Backstage) -> None:
    page = resident.press(resident.open(asked), "/withdraw")
    assert "这件事已经了结" in page.text
    assert not page.offers("/withdraw")
    assert backstage.cases()[0].state == "ended"


def test_withdrawing_twice_is_refused_with_a_sentence(resident: Visitor, asked: str) -> None:
    form = resident.open(asked)
    resident.press(form, "/withdraw")
    again: Page = resident.press(form, "/withdraw")
    assert again.status == 409
    assert "已结束" in again.text
