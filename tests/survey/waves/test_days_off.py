"""Days off are data: read from a file with clear refusals, sealed at the freeze, told by doctor."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from huying.base import clock
from huying.base.errors import Conflict, Invalid
from survey import side
from survey.fieldwork.operations import queue
from survey.models import Holiday, Wave
from survey.waves.operations import days_off as operations
from survey.waves.queries import holidays
from survey.waves.rules import days_off as rules
from survey.waves.rules.days_off import DayOff, TakenDays
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.survey.stories import Interviewer, enrol, in_field
from tests.survey.waves.test_ceremony import seen
from tests.survey.web.test_commands import environment, file, run

__all__ = ["environment", "file", "run"]

FILE = "日期,放假或上班,名称\n2026-11-24,放假,节日\n2026-11-28,上班,节日\n2026/12/31,放假,年末\n"
YEAR = clock.local(clock.now()).year
SATURDAY = NOW + timedelta(days=5)
STANDARD = WaveRules(plan=5, unworked=1000, armcap=1000)
DAYS = (
    DayOff(date(2026, 11, 24), "holiday", "节日"),
    DayOff(date(2026, 11, 28), "workday", "节日"),
    DayOff(date(2026, 12, 31), "holiday", "年末"),
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_with_its_heading_or_without(encoding):
    assert rules.read(FILE.encode(encoding), file="f") == DAYS
    assert rules.read(FILE.partition("\n")[2].encode(encoding), file="f") == DAYS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "没有日期"),
        ("2026-11-24,放假", "第 1 行：要三格"),
        ("2026-11-31,放假,节", "不是日期"),
        ("2026-11-24,加班,节", "看不懂"),
        ("2026-11-24,放假,", "名称"),
        ("2026-11-24,上班,节", "本来就是工作日"),
        ("2026-11-24,放假,节\n2026-11-24,放假,节", "第 2 行：2026-11-24 写了两次"),
        ('"2026', "不是 CSV"),
    ],
)
def test_a_faulty_line_is_refused_by_its_number(text, told):
    with pytest.raises(Invalid, match=told):
        rules.read(text.encode(), file="f")


def test_the_calendar_is_known_to_the_end_of_its_last_year():
    assert rules.end([date(2026, 10, 7), date(2027, 2, 6)]) == date(2027, 12, 31)
    assert rules.end([]) is None


def test_days_are_set_and_taken_out_and_the_past_stays(survey_db):
    with survey_db.transaction() as session:
        assert operations.take(session, DAYS, by="s", now=NOW) == TakenDays(3, 0, 0, 0)
        later = NOW + timedelta(days=2)
        changed = [DayOff(day.day, "usual", "x") for day in DAYS]
        assert operations.take(session, changed, by="s", now=later) == TakenDays(0, 2, 1, 0)
        assert session.scalars(select(Holiday.day)).all() == [date(2026, 11, 24)]


@pytest.fixture
def field(survey_db, vault):
    """A field whose calendar was taken in before its freeze, on a Monday; Tuesday is off, Saturday worked."""
    with survey_db.transaction() as session:
        operations.take(session, DAYS, by="s", now=NOW)
    in_field(survey_db, {"G1": (3, 1, 0)}, vault=vault, rules=STANDARD)
    return survey_db


def test_the_freeze_seals_them_and_a_holiday_that_came_later_holds_all_the_same(field, vault):
    with field.transaction() as session:
        wave = session.get_one(Wave, "w1")
        terms = json.loads(wave.terms or "")
        assert (terms["holidays"], terms["workdays"]) == (["2026-11-24", "2026-12-31"], ["2026-11-28"])
        operations.take(session, [DayOff(date(2026, 11, 25), "holiday", "x")], by="s", now=NOW)
        known = holidays.of(session, wave)
        assert date(2026, 11, 25) in known.holidays
        assert known.workdays == {date(2026, 11, 28)}


def test_nobody_is_offered_or_dialled_on_a_holiday_and_a_worked_saturday_has_a_weekdays_windows(field, vault):
    person = Interviewer(field, enrol(field)[0], vault=vault)
    assert person.takes_next(NOW + timedelta(days=1)) is None
    assert person.takes_next(SATURDAY) is not None
    with pytest.raises(Conflict, match="节假日"):
        person.dials(NOW + timedelta(days=1))
    person.dials(SATURDAY)
    with field.reading() as session:
        wave = session.get_one(Wave, "w1")
        rules_then = queue.field_rules.of(session, wave)
        assert rules_then.stamp(SATURDAY) == "2026-11-28 W1"
        assert rules_then.next_call(NOW + timedelta(hours=11)) == NOW + timedelta(days=1, hours=23)


def findings(database) -> list[tuple[str, str]]:
    return [(each.state, each.what) for each in side._calendar(database)]


def test_doctor_warns_before_the_calendar_ends_and_where_a_field_reaches_beyond_it(field, time_machine):
    time_machine.move_to(NOW)
    assert findings(field) == [("warning", "节假日的日历到 2026-12-31 为止，访问要到 2027-01-22。")]
    with field.transaction() as session:
        operations.take(session, [DayOff(date(2027, 2, 6), "holiday", "春节")], by="s", now=NOW)
    assert findings(field) == [("good", "节假日的日历到 2027-12-31")]
    time_machine.move_to(NOW + timedelta(days=350))
    assert findings(field) == [("warning", "节假日的日历到 2027-12-31 就完了。")]


@pytest.mark.parametrize(
    ("known", "warned"),
    [
        (None, "节假日的日历是空的：节假日也会打电话"),
        (YEAR, f"节假日的日历到 {YEAR}-12-31 为止，访问要到 {YEAR + 1}-03-01"),
        (YEAR + 1, ""),
    ],
)
def test_the_freeze_page_warns_of_a_calendar_that_ends_before_the_field(visit, known, warned):
    officer = visit("settled", "draw_officer")
    with officer.app.extensions["huying"].database.transaction() as session:
        days = [DayOff(date(known, 12, 31), "holiday", "年末")] if known else []
        operations.take(session, days, by="s", now=clock.now())
    page, _fields = seen(officer, field_ends=f"{YEAR + 1}-03-01")
    assert warned in page.text
    assert ("节假日的日历" in page.text) == bool(warned)


def test_a_command_takes_the_file_in_and_prints_the_calendar(run, file):
    coming = "2099-10-01,放假,国庆\n"
    assert "登记 1 天" in run("days-off", file("d.csv", coming)).output
    assert run("days-off").output == "2099-10-01,holiday,国庆\n"
    assert "日历" not in run("days-off").output


def test_the_supervisor_takes_it_in_by_page(visit):
    boss = visit("open", "supervisor")
    page = boss.open("/supervisor/days-off/")
    assert "日历还是空的" in page.text
    faulty = boss.send(page, "/days-off/", file=(io.BytesIO(b"x"), "d.csv"))
    assert (faulty.status, "要三格" in faulty.text) == (400, True) or "要三格" in faulty.text
    page = boss.send(page, "/days-off/", file=(io.BytesIO("2099-10-01,放假,国庆".encode()), "d.csv"))
    assert "国庆" in page.text
