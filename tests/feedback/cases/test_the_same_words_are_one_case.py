"""Forms of residents need no cookie; the same words of the same hand are one case, other words another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from time_machine import Traveller

from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import HELP, POSTER, VACANT, Backstage

ADDRESS = f"/help/{POSTER}"
NO_NUMBER = HELP | {"contact": ""}


@pytest.mark.parametrize("fields", [HELP, NO_NUMBER])
def test_a_double_click_is_one_case(resident: Visitor, backstage: Backstage, fields: dict[str, str]) -> None:
    form = resident.open(ADDRESS)
    receipts = {resident.press(form, ADDRESS, **fields).path for _ in range(2)}
    assert (len(receipts), len(backstage.cases())) == (1, 1)


@pytest.mark.parametrize("fields", [HELP, NO_NUMBER])
def test_two_tabs_with_the_same_words_are_one_case(
    resident: Visitor, backstage: Backstage, fields: dict[str, str]
) -> None:
    tabs = [resident.open(ADDRESS) for _ in range(2)]
    receipts = {resident.press(tab, ADDRESS, **fields).path for tab in tabs}
    assert (len(receipts), len(backstage.cases())) == (1, 1)


def test_the_same_form_with_another_text_is_another_case_and_never_the_first_receipt(
    resident: Visitor, backstage: Backstage
) -> None:
    form = resident.open(ADDRESS)
    first = resident.press(form, ADDRESS, **HELP)
    other = resident.press(form, ADDRESS, **HELP | {"category": "噪音扰民", "text": "楼下装修太早"})
    assert first.path != other.path
    assert "楼下装修太早" in other.text
    assert len(backstage.cases()) == 2


def test_the_same_form_key_at_another_poster_is_another_case(resident: Visitor, backstage: Backstage) -> None:
    form = resident.open(ADDRESS).form(ADDRESS)
    first, second = (
        resident.post(f"/help/{poster}", **form.hidden, **HELP).headers["Location"]
        for poster in (POSTER, VACANT)
    )
    assert first != second
    assert [case.grid_code for case in backstage.cases()] == ["g3", "g4"]


def test_after_an_hour_the_same_words_are_offered_as_the_same_matter(
    resident: Visitor, backstage: Backstage, moment: Traveller
) -> None:
    resident.press(resident.open(ADDRESS), ADDRESS, **HELP)
    moment.shift(timedelta(hours=1))
    page = resident.press(resident.open(ADDRESS), ADDRESS, **HELP)
    assert "近几天有人反映过相像的事" in page.text
    assert len(backstage.cases()) == 1


def test_no_page_of_residents_sets_a_cookie(resident: Visitor, asked: str) -> None:
    for path in (ADDRESS, "/track", asked, f"/unreached/{POSTER}", "/thanks"):
        assert "Set-Cookie" not in resident.open(path).response.headers, path


def test_a_form_is_taken_hours_later_from_a_browser_without_cookies(
    visitor, backstage: Backstage, moment: Traveller
) -> None:
    form = visitor().open(ADDRESS)
    moment.shift(timedelta(hours=30))
    page = visitor().press(form, ADDRESS, **HELP)
    assert page.path.startswith("/receipt/")


def test_a_fault_gives_back_all_that_was_typed(resident: Visitor) -> None:
    page = resident.press(resident.open(ADDRESS), ADDRESS, **HELP | {"contact": "12"})
    assert page.status == 422
    for typed in ("三楼水管漏水", "2单元", 'value="12"'):
        assert typed in page.html


def test_the_reader_of_english_stays_in_it_without_a_cookie(visitor) -> None:
    page = visitor().open(f"{ADDRESS}?lang=en")
    answer = visitor().send(page, ADDRESS, **HELP)
    assert answer.headers["Location"].endswith("?lang=en")
