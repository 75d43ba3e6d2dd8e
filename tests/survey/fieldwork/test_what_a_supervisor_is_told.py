"""Alerts name what is so and whom it is about; the rates of an open field count what is open as unknown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from survey.fieldwork.rules.board import alerts
from survey.fieldwork.rules.board.alerts import AlertKind
from survey.fieldwork.rules.board.clashes import Clash, ClashKind
from survey.fieldwork.rules.board.field_days import ahead, hours, past, staffed, today_so_far
from survey.fieldwork.rules.board.field_rates import field_rates
from survey.fieldwork.rules.board.forecast import Between, FieldForecast
from survey.fieldwork.rules.board.funnel import funnel
from survey.fieldwork.rules.board.seat_states import SeatNow, SeatState
from survey.fieldwork.rules.board.seat_work import DialCount, by_attempt, by_part, by_seat, measured
from survey.fieldwork.rules.queue import FieldRules
from survey.fieldwork.views import board_words
from survey.waves.rules.effort import STANDARD
from survey.waves.rules.slots import Calendar
from tests.conftest import NOW

MINUTE = timedelta(minutes=1)
MONDAY = date(2026, 11, 23)


def seat(code: str, state: str, *, minutes: int = 0, dialled: bool = False) -> SeatNow:
    since = NOW - minutes * MINUTE
    return SeatNow(int(code), code, "", SeatState(state), since, is_dialled=dialled)


def told(*seats: SeatNow, open_cases: int = 9) -> list[tuple[str, tuple[str, ...]]]:
    found = alerts.of_seats(seats, now=NOW, open_cases=open_cases)
    return [(each.kind, tuple(each.seats)) for each in found]


def test_who_waits_for_long_while_households_could_be_called_is_named():
    idle, fresh = seat("801", "waiting", minutes=6), seat("802", "waiting", minutes=4)
    assert told(idle, fresh, seat("803", "break", minutes=60)) == [("idle", ("801",))]
    assert told(idle, open_cases=0) == [], "with nothing to call nobody is idle"


def test_a_case_held_undialled_and_a_call_long_uncoded_are_named():
    assert told(
        seat("801", "dialling", minutes=6),
        seat("802", "dialling", minutes=6, dialled=True),
        seat("803", "coding", minutes=11),
        seat("804", "talking", minutes=40),
    ) == [("undialled", ("801",)), ("coding", ("803",))]


def test_of_many_seats_five_are_named_and_the_rest_counted():
    (found,) = alerts.of_seats(
        [seat(f"8{n:02}", "waiting", minutes=9) for n in range(8)], now=NOW, open_cases=1
    )
    assert (len(found.seats), found.more) == (5, 3)
    assert "等，另有 3 位" in board_words.alert(found)


def test_the_third_lapse_of_a_day_calls_the_supervisor():
    work = by_seat({"2026-11-23|801|lease|no_answer": 2, "2026-11-23|801|lease|": 1, "d|802|lease|": 2})
    seats = [seat("801", "waiting"), seat("802", "waiting")]
    assert [each.seats for each in alerts.of_work(work, seats=seats)] == [["801"]]


def test_who_hangs_up_before_anybody_answers_again_and_again_is_named():
    work = by_seat({"801||cancelled_by_us": 3, "801||technical_ours": 2, "802||cancelled_by_us": 4})
    seats = [seat("801", "waiting"), seat("802", "waiting")]
    (found,) = alerts.of_work(work, seats=seats)
    assert (found.kind, found.seats) == (AlertKind.DROPS, ["801"])


def test_refusals_beyond_their_limits_are_told_on_either_side():
    counts = dict.fromkeys(range(100, 140), (25, 100)) | {801: (70, 100), 802: (1, 100)}
    found = alerts.of_refusals(funnel(counts), seats=[seat("801", "off"), seat("802", "off")])
    assert [(each.kind, list(each.seats)) for each in found] == [
        (AlertKind.MORE_REFUSALS, ["801"]),
        (AlertKind.FEWER_REFUSALS, ["802"]),
    ]


def test_a_field_that_slips_and_one_that_falls_short_of_its_plan_are_told():
    slow = FieldForecast(Between(80, 90, 99), Between(5, 10, 20), (None, None, None), 0.2)
    found = alerts.of_forecast(slow, ends=MONDAY, plan=100)
    assert [each.kind for each in found] == [AlertKind.SLIPS, AlertKind.SHORT]
    assert "到 11月23日 访问结束时还会剩下大约 10 户" in board_words.alert(found[0])
    assert alerts.of_forecast(slow, ends=None, plan=99) == []
    assert alerts.of_forecast(None, ends=MONDAY, plan=9) == []


@pytest.mark.parametrize(
    ("clash", "words"),
    [
        (Clash(ClashKind.SEATS, NOW, 5, 3), "约了 5 户，能接的座席只有 3 个"),
        (Clash(ClashKind.LANGUAGE, NOW, 2, 0, "yue"), "2 户约了用粤语，会说的座席只有 0 个"),
        (Clash(ClashKind.PINNED, NOW, 2, 1, 801), "2 户都约了工号 801"),
    ],
)
def test_a_clash_says_how_many_want_what(clash, words):
    (found,) = alerts.of_clashes([clash], codes={801: "801"})
    assert words in board_words.alert(found)


def test_every_kind_of_alert_has_its_sentence():
    assert set(board_words.SENTENCES) == set(AlertKind)


def test_work_is_counted_by_seat_hour_and_attempt():
    (work,) = by_seat(
        {"8|interviewer|complete": 2, "8|interviewer|no_answer": 5, "8|interviewer|soft_refusal": 1}
    ).values()
    assert (work.dials, work.contacts, work.completes, work.refusals) == (8, 3, 2, 1)
    assert measured(work, "contact") == (3, 8)
    assert measured(work, "refusal") == (1, 3)
    assert by_part({"2026-11-23 14|busy": 2, "2026-11-23 14|complete": 1}, after=11) == {
        "14": DialCount(3, 1, 1)
    }
    assert by_attempt({"2|busy": 1, "8|busy": 1, "10|complete": 1}) == {
        2: DialCount(1),
        7: DialCount(2, 1, 1),
    }


def test_the_rates_of_an_open_field_count_what_is_open_as_unknown():
    outcomes = {"complete": 20, "refusal": 10, "noncontact": 5, "no_answer": 10, "frame_bad_contact": 5}
    found = field_rates(outcomes, still_open=50)
    assert found.ended["RR1"] == 20 / 50
    assert found.released["RR1"] == 20 / 100
    assert found.ended["COOP1"] == found.released["COOP1"] == 20 / 30
    assert found.contactable == 0.95
    few = field_rates({"complete": 9}, still_open=0)
    assert (few.ended, few.contactable) == (None, None)


def test_the_days_ahead_have_the_hours_of_their_windows_and_holidays_none():
    calendar = Calendar(holidays=frozenset({MONDAY + timedelta(days=1)}))
    rules = FieldRules.until(
        NOW + timedelta(days=7), seed="", effort=STANDARD, any_hour=False, calendar=calendar
    )
    coming = ahead(NOW, rules=rules)
    assert coming[0].day == MONDAY
    assert [each.hours for each in coming[1:6]] == [0, 8, 8, 8, 7]
    assert 0 <= coming[0].hours <= 8
    done = {f"{MONDAY}": DialCount(30), f"{MONDAY - timedelta(days=1)}": DialCount(20)}
    assert [(each.dials, each.hours) for each in past(done, rules=rules, today=MONDAY)] == [(20, 7)]
    assert today_so_far(done, MONDAY, rules=rules, left=6.0).hours == 2.0
    assert hours(MONDAY, calendar=Calendar()) == 8.0
    twice = staffed(coming, seats=20, today=10)
    assert twice[0] == coming[0], "today is as it is"
    assert [each.hours for each in twice[1:6]] == [0, 16, 16, 16, 14]
