"""A year's freezes are announced ahead; a wave outside the calendar says so on its pages and to a checker."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey import ledger_key
from survey.fieldwork.operations import close
from survey.scores.operations import releasing
from survey.waves.operations import bundle, calendar
from survey.waves.queries import calendar as announced
from survey.waves.queries import wave_head
from survey.waves.rules.calendar import read, year_of
from tests.conftest import NOW
from tests.survey.browsing import Visitor
from tests.survey.fieldwork.test_field_close_and_bundle import lines
from tests.survey.stories import END, in_field
from tests.survey.verify import bundles
from tests.survey.web.test_commands import environment, file, run

__all__ = ["environment", "file", "run"]

TODAY = date(2026, 11, 20)
NOTE = "note no calendar announced the freeze of 2026-11-23"


@pytest.mark.parametrize(("day", "said"), [("2026-11-23", True), ("2026-11-24", False)])
def test_a_wave_says_whether_its_freeze_was_announced(survey_db, vault, tmp_path, day, said):
    with survey_db.transaction() as session:
        calendar.announce(session, [date.fromisoformat(day)], now=NOW - timedelta(days=3))
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    with survey_db.transaction() as session:
        close.close(session, "w1", now=END)
        releasing.estimate_and_publish(session, "w1", keys=vault.keys, now=END)
        assert wave_head.of(session, "w1", now=END).unannounced is not said
        (tmp_path / "w1.zip").write_bytes(bundle.write(session, "w1", keys=vault.keys, now=END))
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w1"]
    status, told = bundles.run(words)
    assert (status, NOTE in told) == (0, not said), told


def test_what_is_announced_after_a_freeze_doesn_t_count(survey_db, vault):
    in_field(survey_db, {"G1": (9, 3, 0)}, vault=vault)
    with survey_db.transaction() as session:
        calendar.announce(session, [date(2026, 11, 23)], now=NOW - timedelta(days=1))
        assert wave_head.of(session, "w1", now=NOW).unannounced
    assert lines(survey_db)[-1] == {"t": "calendar", "year": 2026, "dates": ["2026-11-23"]}


@given(st.lists(st.dates(date(2026, 1, 1), date(2028, 12, 31)), max_size=8))
def test_a_calendar_holds_days_to_come_of_one_year(days):
    sound = days and min(days) > TODAY and len({day.year for day in days}) == 1
    if not sound:
        with pytest.raises(Invalid):
            year_of(days, today=TODAY)
        return
    assert year_of(days, today=TODAY).dates == sorted({day.isoformat() for day in days})


def test_days_are_read_as_people_write_them():
    assert read("2027-03-15，2027-09-13\n2027-12-01") == [
        date(2027, 3, 15),
        date(2027, 9, 13),
        date(2027, 12, 1),
    ]
    with pytest.raises(Invalid, match="三月"):
        read("2027年三月")


def test_by_page_the_officer_announces_and_everybody_sees(visit):
    officer = visit("settled", "draw_officer")
    page = officer.open("/waves/calendar")
    for odd, said in (("", "请写明"), ("2020-01-01", "以后的日子"), ("2099-01-01 2098-01-01", "同一年")):
        refused = officer.send(page, "/waves/calendar", dates=odd)
        assert (refused.status, said in refused.text) == (422, True)
    assert "2099-03-02、2099-09-07" in officer.send(page, "/calendar", dates="2099-09-07 2099-03-02").text
    assert "2099-03-02、2099-09-07" in Visitor(officer.app).open("/rounds/").text


def test_by_command_too(run, survey_db):
    assert "2099-03-02、2099-09-07" in run("wave", "calendar", "2099-03-02", "2099-09-07").output
    with survey_db.reading() as session:
        assert [each.year for each in announced.announced(session)] == [2099]
