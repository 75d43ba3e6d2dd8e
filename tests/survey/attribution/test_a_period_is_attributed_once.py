"""A period's hours are attributed from its deposits and calls: once, frozen, logged; again beside it."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from huying.base import clock
from huying.base.errors import Invalid, NotFound, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.attribution import operations
from survey.attribution.queries import attributions, export, own_hours
from survey.attribution.rules.periods import attributed_period
from survey.commands import register
from survey.models import LEDGER, AttributionRelease, FrameUnit, SampledCase
from survey.waves.rules.ledger_sentences import sentence
from tests.survey.attribution.a_week import CALLED, LATER, PERIOD, held, take, told_again
from tests.survey.campaigns import deposited
from tests.survey.stories import END
from tests.survey.web.test_commands import surroundings


@pytest.fixture
def told(survey_db: Database, vault: Vault) -> Database:
    """The independent side with a week's deposit taken in, nobody called."""
    with survey_db.transaction() as session:
        take(session, vault)
    return survey_db


def attributed(database: Database, **more: str) -> attributions.ReadAttribution:
    with database.transaction() as session:
        operations.attribute(session, PERIOD, by="assessor", now=LATER, **more)
        return attributions.get(session, PERIOD)


def test_worker_department_and_street_stand_side_by_side(week: Database) -> None:
    made = attributed(week)
    found = made.found
    rows = {(row.area, row.holder, row.staff): row for row in found.holders}
    water, worker = rows["all", "dept:water", ""], rows["all", "worker", ""]
    assert (water.blame, water.over, water.whistles, water.whistles_in_time) == (1, 288, 1, 1)
    assert (worker.confirmed, worker.blame, worker.closed_falsely) == (2, 1, 1)
    assert (worker.on_worker, worker.rate) == (0.5, 0.6667)
    own = rows["G1", "worker", "W1"]
    assert (own.confirmed, own.blame, own.on_worker) == (1, 1, 0.3333)
    assert (rows["G2", "worker", "W2"].in_time, rows["G2", "worker", "W2"].held) == (0, 1)
    # Fourteen silent ones of an hour each, and all of it a department's by the remit.
    assert (own.hours, own.imposed) == (29, 29)
    assert (found.totals.unresolved, found.totals.blame, found.totals.by_receipt) == (2, 2, 1)
    assert found.totals.blame_with_called == pytest.approx(found.totals.unresolved_with_called)
    city = found.places[0]
    # Of 14 silent ones 12 were called, of each three one isn't solved: (2 + 14·2/3)/18.
    assert (city.due, city.silent, city.reached, city.rate) == (18, 14, 12, 0.6296)
    assert city.least <= city.rate
    assert worker.called_rate == pytest.approx((2 + 28 / 3) / (2 + 28 / 3 + 1 + 14 / 3), abs=1e-4)
    assert [(row.code, row.holder) for row in found.asides] == [("K0001", "dept:water")]


def test_nothing_of_it_names_a_case_that_was_called(week: Database) -> None:
    made = attributed(week)
    with week.reading() as session:
        drawn = session.scalars(
            select(FrameUnit.row_code).join(SampledCase, SampledCase.unit == FrameUnit.unit)
        ).all()
    assert len(drawn) == CALLED
    file = export.csv_of(made).decode()
    assert not [code for code in drawn if str(code) in made.release.body or str(code) in file]


def test_the_first_stands_and_is_logged_and_no_row_of_it_changes(told: Database) -> None:
    first, again = attributed(told), attributed(told)
    assert (again.release.id, again.digest) == (first.release.id, first.digest)
    with told.reading() as session:
        (line,) = [each for each in map(json.loads, LEDGER.lines(session)) if each["t"] == "attribution"]
    assert line == {"n": 1, "period": PERIOD, "sha256": first.digest, "t": "attribution"}
    assert sentence(json.dumps(line)) == "2026W47 的办理时间归到各自名下，第 1 次公布"
    for change in (update(AttributionRelease).values(body="{}"), delete(AttributionRelease)):
        with pytest.raises(DBAPIError, match=r"insert-only|permission denied"), told.transaction() as session:
            session.execute(change)


def test_it_is_made_again_only_where_something_changed_and_says_why(told: Database) -> None:
    with told.transaction() as session, pytest.raises(Refused, match="还没有公布过"):
        operations.attribute(session, PERIOD, by="assessor", now=LATER, why="数错了")
    first = attributed(told)
    with pytest.raises(Refused, match="什么也没有变"):
        attributed(told, why="再算一次")
    upheld = held(1, "answered", {"dept:urban": 350, "dept:water": 10, "worker": 4})
    with told.transaction() as session:
        told_again(session, [upheld])
    assert attributed(told).digest == first.digest
    second = attributed(told, why="水务局的异议成立，时间还给城管")
    rows = {row.holder: row for row in second.found.holders if row.area == "all"}
    assert (second.release.number, [each.number for each in second.history]) == (2, [1, 2])
    assert (rows["dept:water"].blame, rows["dept:water"].returned) == (0, 350)
    assert rows["dept:urban"].blame == 1
    with told.reading() as session:
        last = json.loads(LEDGER.lines(session)[-1])
    assert (last["n"], last["former"]) == (2, first.digest)


# What is refused is refused before any table is touched.
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_cannot_be_attributed_is_refused_and_nothing_is_stored(
    survey_db: Database, vault: Vault
) -> None:
    def asked(name: str, **more: object) -> None:
        with survey_db.transaction() as session:
            operations.attribute(session, name, by="assessor", now=END, **more)  # type: ignore[arg-type]

    with pytest.raises(Refused, match="还没有收到交存文件"):
        asked(PERIOD)
    with survey_db.transaction() as session:
        take(session, vault)
    for name in ("2026Q5", "2026W60", "0000Q1", "quarter", ""):
        with pytest.raises(Invalid):
            asked(name)
    with pytest.raises(Refused, match="还没有结束"):
        asked("2026Q4")
    with pytest.raises(Refused, match="最多 500"):
        asked(PERIOD, why="长" * 501)
    with pytest.raises(Invalid, match="至少占一半"):
        asked(PERIOD, weights={"satisfaction": 0.4, "confirmed_resolution": 0.4, "timeliness": 0.2})
    with survey_db.reading() as session:
        assert attributions.periods(session) == []
        with pytest.raises(NotFound):
            attributions.get(session, PERIOD)


def test_a_workers_card_reads_their_own_hours_and_the_others(week: Database) -> None:
    with week.reading() as session:
        assert own_hours.of_worker(session, grid="G1", staff="W1") is None
    made = attributed(week)
    with week.reading() as session:
        found = own_hours.of_worker(session, grid="G1", staff="W1")
        assert own_hours.of_worker(session, grid="G1", staff="W1", period=PERIOD) == found
        assert own_hours.of_worker(session, grid="G1", staff="W1", period="2026W46") is None
        assert own_hours.of_worker(session, grid="G1", staff="W9") is None
    assert found is not None
    assert (found.period, found.number, found.digest) == (PERIOD, 1, made.digest)
    assert (found.own and found.own.blame, found.others["dept:water"].over) == (1, 288)
    assert [row.code for row in found.asides] == ["K0001"]
    assert found.score.refused == "no_satisfaction"


def test_the_file_holds_every_row_of_every_table(week: Database) -> None:
    made = attributed(week)
    rows = list(csv.DictReader(io.StringIO(export.csv_of(made).decode())))
    body = json.loads(made.release.body)
    for table in export.TABLES:
        assert sum(row["table"] == table for row in rows) == len(body[table])
    assert {row["release_sha256"] for row in rows} == {made.digest}
    (water,) = [row for row in rows if (row["holder"], row["area"]) == ("dept:water", "all")]
    assert (water["blame"], water["rate"]) == ("1.0", "0.0")


# What a command prints doesn't hang on the database.
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_command_says_what_adds_up_and_writes_the_file(told: Database, tmp_path: Path) -> None:
    def run(*words: str) -> Result:
        environment = surroundings(told, tmp_path)
        return CliRunner().invoke(register, ("attribute", *words), env=environment, catch_exceptions=False)

    light = ("--weight", "satisfaction", "0.4", "--weight", "timeliness", "0.6")
    with pytest.raises(Invalid, match="至少占一半"):
        run(PERIOD, "--by", "assessor", *light)
    table = tmp_path / "a.csv"
    said = run(PERIOD, "--by", "assessor", "--csv", str(table)).output.splitlines()
    assert said[0] == "2026W47 第 1 次：没解决的 2 件，分摊合计 2 件。"
    assert [line.split("  ")[:2] for line in said[1:]] == [["网格员", "66.7%"], ["部门 water", "0.0%"]]
    assert table.read_bytes().startswith(b"table,level,area,")


# Cells of files of before lack what was agreed and who declared: the usual hours hold, and it is said.
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_deposit_of_before_is_read_with_the_usual_hours(survey_db: Database, vault: Vault) -> None:
    old = held(1, "contested", {"dept:water": 130, "worker": 20}, word="link")
    silent = held(2, "contested", {"worker": 20}, word="link")
    with survey_db.transaction() as session:
        take(session, vault, cases=[old, silent])
    found = attributed(survey_db).found
    assert {row.holder: row.blame for row in found.holders if row.area == "all"} == {
        "dept:water": 1,
        "unknown": 1,
        "worker": 0,
    }
    assert [(row.code, row.why) for row in found.asides] == [("K0001", "elsewhere"), ("K0002", "undeclared")]
    assert deposited.PAST.startswith("2026-11-20")


def test_a_quarter_is_one_of_civil_days() -> None:
    last = attributed_period("2026Q4", tz=clock.LOCAL)
    assert last.stop - last.start == timedelta(days=92)
    assert clock.local(last.start).isoformat()[:16] == "2026-10-01T00:00"
    first, week = attributed_period("2027Q1", tz=clock.LOCAL), attributed_period(PERIOD, tz=clock.LOCAL)
    assert first.start == last.stop
    assert week.stop - week.start == timedelta(days=7)
    assert week.holds(week.start)
    assert not week.holds(week.stop)


@pytest.mark.parametrize("name", ["9999Q4", "0001Q1", "0000Q1", "0001W01", "9999W52", "2026W60", "2026Q5"])
def test_a_period_beyond_the_calendar_is_none(name: str) -> None:
    with pytest.raises(Invalid, match=name):
        attributed_period(name, tz=clock.LOCAL)
