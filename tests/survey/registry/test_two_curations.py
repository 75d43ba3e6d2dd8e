"""Nobody curates the registry: not in small steps, not by the judged side's own map. By command and SQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Refused
from huying.store.db import Database
from survey.app import create_app
from survey.commands import register
from survey.models import LEDGER, Account, Deposit, FrameUnit, Household, Stratum
from survey.registry.rules.curation import TooMuchLeaves
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.browsing import Visitor
from tests.survey.deposits.test_accepting_a_deposit import AREAS, LOG_VKEY, VKEY, checkpoint, deposit
from tests.survey.stories import DICE, grids, sheet
from tests.survey.world import settings_in

STEP, SIZE = 6, 125
"""Of 125 households 6 are 4.8 %."""

ROWS = grids({"G1": SIZE})
BARE: dict[str, list[object]] = {"posts": [], "cases": [], "ratings": [], "lists": []}
TEN = [f"G{n}" for n in range(1, 11)]


@dataclass
class Office:
    """An office's machine: its command line, its database, and what everybody sees of it."""

    database: Database
    folder: Path

    @property
    def url(self) -> str:
        return self.database.engine.url.render_as_string(hide_password=False)

    def runs(self, *arguments: str) -> str:
        environment = {"HUYING_DATA": str(self.folder), "HUYING_SURVEY_DATABASE_URL": self.url}
        done = CliRunner().invoke(
            register, arguments, env=environment | {"HUYING_DEMO": "1"}, catch_exceptions=False
        )
        return done.output

    def file(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return str(self.folder / name)

    def brings(self, rows: list[tuple[str, ...]], *options: str) -> str:
        return self.runs("import-households", *options, self.file("f.csv", sheet(rows)))

    def accepts(self, data: bytes) -> str:
        return self.runs("accept", self.file("deposit.zip", data))

    def does(self, statement: str) -> None:
        """What the role that owns the tables can do, and is still refused."""
        with as_owner(self.database) as session:
            session.execute(text(statement))

    def counts(self, what: object) -> int:
        with self.database.reading() as session:
            return int(session.scalar(select(what)) or 0)

    def shows(self, path: str) -> str:
        app = create_app(replace(settings_in(self.folder), database_url=self.url))
        try:
            return Visitor(app).open(path).text
        finally:
            app.extensions["huying"].database.dispose()


@pytest.fixture
def office(survey_db: Database, tmp_path: Path) -> Iterator[Office]:
    folder = tmp_path / "office"
    folder.mkdir()
    with time_machine.travel(NOW, tick=False):
        made = Office(survey_db, folder)
        made.runs("key", "--depositor", VKEY, "--public-ledger", LOG_VKEY)
        yield made


def test_six_imports_of_4_8_percent_leave_one_and_five_that_wait_publicly(office: Office) -> None:
    office.brings(ROWS)
    office.brings(ROWS[STEP:], "--why", "搬走了")
    for step in range(2, 7):
        with pytest.raises(TooMuchLeaves):
            office.brings(ROWS[STEP * step :])
        with pytest.raises(TooMuchLeaves):
            office.brings(ROWS[STEP * step :], "--confirmed-by", "安娜")
        assert "/registry/requests" in office.brings(ROWS[STEP * step :], "--why", f"第 {step} 批搬迁")
    assert office.counts(func.count(Household.left_at)) == STEP
    page = office.shows("/registry/log")
    assert "正在等另一位名册管理员" in page
    assert "第 6 批搬迁" in page
    assert "网格 G1：共 125 户，一年内迁出 36，换电话 0。" in page
    assert "搬走了" in page


LEAVE = "UPDATE household SET left_at = '2026-11-23 02:00:00' WHERE code = 'G1-9'"
MOVE = "UPDATE household SET grid_code = 'G9' WHERE code = 'G1-9'"
DELETE = "DELETE FROM household WHERE code = 'G1-9'"
ROW = """\
INSERT INTO registry_event (import_id, place, at, household_code, grid_code, kind, salt, drawn)
SELECT import_id, 900, at, 'G1-9', 'G1', 'left', salt, drawn FROM registry_event WHERE place = 0"""
AFTER_ROW = """\
UPDATE household SET left_at = (SELECT at FROM registry_event WHERE kind = 'left' AND household_code = 'G1-9')
WHERE code = 'G1-9'"""


def test_by_sql_nobody_leaves_without_a_row_and_a_forged_row_stands_on_the_waves_page(office: Office) -> None:
    office.brings(ROWS)
    for deed in (LEAVE, MOVE, DELETE):
        with pytest.raises(DBAPIError, match="insert-only"):
            office.does(deed)
    office.does(ROW)
    office.does(AFTER_ROW)
    freeze(office, ["G1"])
    assert "绕过了名册的记录" in office.shows("/rounds/w")


def freeze(office: Office, grids: list[str], *options: str) -> None:
    design = office.file("design.tsv", "".join(f"{grid}\t2\t0\n" for grid in sorted(grids)).encode())
    words = ("--beacon", DICE, "--hours", "any", "--why", "a test of few households")
    office.runs("wave", "freeze", "w", "--design", design, *words, *options)


def area(code: str, *, level: str = "grid", parent: str = "C", kind: str = "old") -> dict[str, str]:
    return {**AREAS[1], "code": code, "level": level, "parent": parent, "name": code, "grid_type": kind}


def curated() -> list[dict[str, str]]:
    """The map of ten grids, in which one is a community and eight lie in it."""
    below = [area(code, parent="G9") for code in TEN if code not in {"G9", "G10"}]
    return [AREAS[0], *below, area("G10"), area("G9", level="community")]


@pytest.fixture
def settled(office: Office) -> Office:
    office.accepts(deposit(size=7, areas=[AREAS[0], *map(area, TEN)], **BARE))
    office.brings(grids(dict.fromkeys(TEN, 3)))
    return office


def test_a_deposit_that_calls_a_grid_a_community_takes_nobody_out_of_the_frame(settled: Office) -> None:
    settled.accepts(deposit("2026W49", size=9, areas=curated(), **BARE))
    page = settled.shows("/registry/log")
    assert page.count("等待名册管理员") == 9
    assert "层级 网格 → 社区" in page
    freeze(settled, TEN, "--area", "C", "--type", "old")
    assert settled.counts(func.count(FrameUnit.unit)) == 30
    assert "地图上的每个网格都在名册里" in settled.shows("/rounds/w")


def test_by_sql_the_map_changes_nowhere_where_people_live(settled: Office) -> None:
    settled.accepts(deposit("2026W49", size=9, areas=curated(), **BARE))
    for deed in (
        "UPDATE area SET level = 'community' WHERE code = 'G9'",
        "UPDATE area SET parent_code = 'G9' WHERE code = 'G1'",
        "UPDATE area SET grid_type = 'new' WHERE code = 'G1'",
        "DELETE FROM map_change",
    ):
        with pytest.raises(DBAPIError, match="insert-only"):
            settled.does(deed)


def test_grids_out_of_the_frame_stand_first_on_the_waves_page_and_in_its_entry(settled: Office) -> None:
    freeze(settled, ["G1", "G2"], "--area", "G1", "--area", "G2")
    page = settled.shows("/rounds/w")
    assert "有 8 个网格不在名册里" in page
    assert page.index("自 2026-11-23 起") < page.index("各网格的户数可以和外面的数字比")
    with settled.database.reading() as session:
        frame = next(each for each in map(json.loads, LEDGER.lines(session)) if each["t"] == "frame")
        assert session.scalar(select(func.count(Stratum.stratum))) == 2
    assert frame["absent"] == [[grid, "2026-11-23"] for grid in sorted(set(TEN) - {"G1", "G2"})]


Junk = Callable[[], bytes]
JUNK: dict[str, Junk] = {
    "a checkpoint of nobody's": lambda: deposit("2026W49", size=9, signed="junk\n900000000\nAAAA\n\n— x y\n"),
    "a root of other lines": lambda: deposit("2026W49", size=9, signed=checkpoint(9, lines=(b"{}",) * 9)),
    "a period of the far future": lambda: deposit("2099W01", size=9),
}


@pytest.mark.parametrize("junk", JUNK)
def test_a_junk_deposit_is_refused_and_the_weeks_own_taken_in_after_it(office: Office, junk: str) -> None:
    office.accepts(deposit(size=7))
    with pytest.raises(Refused):
        office.accepts(JUNK[junk]())
    office.accepts(deposit("2026W49", size=9, since=7))
    assert office.counts(func.count(Deposit.period)) == 2


def test_a_period_that_an_earlier_version_let_in_is_discarded_by_name_and_locks_nobody_out(
    office: Office,
) -> None:
    with office.database.transaction() as session:
        session.add(
            Account(
                login="anna", name="安娜", role="registrar", password_hash="", active=True, created_at=NOW
            )
        )
    office.does(
        "INSERT INTO deposit (period, origin, sha256, made_at, accepted_at, checkpoint, counts) "
        "VALUES ('2099W01', 'public.example', 'x', '2026-11-23 02:00:00', '2026-11-23 02:00:00', "
        "'a/log\n900000000\nAA==\n', '{}')"
    )
    with pytest.raises(Refused):
        office.accepts(deposit(size=7))
    with pytest.raises(Refused):
        office.runs("discard-deposit", "2099W01", "--by", "nobody", "--why", "周期不对")
    assert "已作废 2099W01" in office.runs("discard-deposit", "2099W01", "--by", "anna", "--why", "周期不对")
    office.accepts(deposit(size=7))
    assert "安娜 作废了 2099W01 的交存文件：周期不对" in office.shows("/registry/log")
    with office.database.reading() as session:
        assert [json.loads(line)["t"] for line in LEDGER.lines(session)][-2:] == ["discard", "deposit"]
