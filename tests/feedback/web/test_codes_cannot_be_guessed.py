"""Badges and receipts can't be found by trying; a poster opens from wherever it is scanned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback.web.rules.guesses import MOST, Guesses
from tests.feedback.neighbourhood import NOW, POSTER

HERE, THERE = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}


@pytest.fixture
def browser(app):
    return app.test_client()


@pytest.mark.parametrize("path", ["/badge/HAPPY7CM", "/badge?number=000000", "/receipt/ABCD2345EFGH"])
def test_after_too_many_wrong_codes_an_address_waits_an_hour(browser, moment, path):
    answers = [browser.get(path, headers=HERE).status_code for _time in range(MOST + 1)]
    assert set(answers[:MOST]) == {404}
    assert answers[MOST] == 429
    assert "12345" in browser.get(path, headers=HERE).text
    assert browser.get(path, headers=THERE).status_code == 404
    moment.shift(timedelta(hours=1))
    assert browser.get(path, headers=HERE).status_code == 404


def test_a_poster_opens_from_wherever_it_is_scanned(browser):
    for _time in range(MOST + 1):
        browser.get("/badge/HAPPY7CM", headers=HERE)
    assert browser.get(f"/{POSTER}", headers=HERE).status_code == 303


def test_where_no_address_is_known_nobody_is_held(browser):
    assert {browser.get("/badge/HAPPY7CM").status_code for _time in range(MOST + 5)} == {404}


def test_many_addresses_fill_no_memory():
    guesses = Guesses()
    for number in range(30_000):
        guesses.note(str(number), now=NOW)
    assert len(guesses._wrong) <= 10_000
