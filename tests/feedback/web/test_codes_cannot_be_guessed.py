"""Badges and receipts can't be found by trying; a poster opens from wherever it is scanned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback import roles
from feedback.web.rules.guesses import AROUND, CODES, DIALLED
from tests.feedback.neighbourhood import DIAL, POSTER

HERE, THERE = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}


@pytest.fixture
def browser(app):
    return app.test_client()


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/badge/HAPPY7CM", CODES.most),
        ("/receipt/ABCD2345EFGH", CODES.most),
        ("/badge?number=000000", DIALLED.most),
        ("/number?number=100007", DIALLED.most),
    ],
)
def test_after_too_many_wrong_codes_an_address_waits_an_hour(browser, moment, path, most):
    answers = [browser.get(path, headers=HERE).status_code for _time in range(most + 1)]
    assert set(answers[:most]) <= {404, 422}
    assert answers[most] == 429
    assert "12345" in browser.get(path, headers=HERE).text
    assert browser.get(path, headers=THERE).status_code == answers[0]
    moment.shift(timedelta(hours=1))
    assert browser.get(path, headers=HERE).status_code == answers[0]


def _wrong_numbers(browser, *, houses: int, most: int) -> None:
    """Somebody with an IPv6 site takes another network of it after so many wrong numbers."""
    for house in range(houses):
        here = {"X-Forwarded-For": f"2001:db8:7:{house:x}::1"}
        for _time in range(most):
            assert browser.get("/number?number=100007", headers=here).status_code == 422


def test_changing_the_network_within_an_ipv6_site_gains_ten_times_as_many_and_no_more(browser):
    _wrong_numbers(browser, houses=AROUND, most=DIALLED.most)
    fresh = {"X-Forwarded-For": "2001:db8:7:ffff::1"}
    assert browser.get(f"/number?number={DIAL}", headers=fresh).status_code == 429
    neighbour = {"X-Forwarded-For": "2001:db8:8::1"}
    assert browser.get(f"/number?number={DIAL}", headers=neighbour).status_code == 303


def test_a_poster_opens_from_wherever_it_is_scanned(browser):
    for _time in range(CODES.most + 1):
        browser.get("/badge/HAPPY7CM", headers=HERE)
    assert browser.get(f"/{POSTER}", headers=HERE).status_code == 303


def test_where_no_address_is_known_nobody_is_held(browser):
    assert {browser.get("/badge/HAPPY7CM").status_code for _time in range(CODES.most + 5)} == {404}


def test_the_scan_route_knows_no_number_to_be_dialled(browser):
    for code in (DIAL, f"{DIAL[:3]} {DIAL[3:]}", "100007"):
        answer = browser.get(f"/{code}", headers=HERE)
        assert answer.status_code == 404
        assert "tel:+999" not in answer.text
        for path in (f"/p/{code}/1.AAAAAAAA", f"/help/{code}", f"/unreached/{code}"):
            assert browser.get(path, headers=HERE).status_code == 404, path


def test_whoever_types_the_number_of_a_poster_sees_who_answers(browser):
    answer = browser.get(f"/number?number={DIAL[:3]}+{DIAL[3:]}", headers=HERE)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/{POSTER}")
    assert browser.get("/number").status_code == 200


def test_a_reviewer_sees_that_somebody_tried_numbers(browser, sign_in):
    for _time in range(DIALLED.most + 5):
        browser.get("/number?number=100007", headers=HERE)
    text = sign_in(roles.REVIEWER).open("/review/limited").text
    assert text.count("同一个网络地址试错的电话编号") == 1
