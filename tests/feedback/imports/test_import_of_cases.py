"""Cases of another system: real ones of New York City, counted; changed, unchanged, refused."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from sqlalchemy import event, func, select
from sqlalchemy.orm import selectinload

from feedback.cases.operations import handling, steps, whistles
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.lifecycle import COORDINATION
from feedback.imports import operations
from feedback.imports.operations import cases
from feedback.imports.operations import mapping as imports_mapping
from feedback.imports.operations.case_rows import CaseRow, to_instant
from feedback.imports.operations.cases import change_case, new_case
from feedback.imports.operations.mapping import parse_mapping
from feedback.imports.operations.runs import ImportCounts
from feedback.models import (
    LEDGER,
    Account,
    Area,
    Case,
    CaseStep,
    Department,
    ImportRun,
    OutboxMessage,
    Rating,
)
from huying import accounts
from huying.base.errors import Invalid, NotFound
from tests.feedback.town import Town

DATA = Path(__file__).parents[2] / "data"
NEW_YORK = ZoneInfo("America/New_York")
SHIPPED = (Path(operations.__file__).parents[2] / "mappings" / "nyc311.toml").read_text(encoding="utf-8")


@pytest.fixture
def city(public_db, vault, now) -> Town:
    return Town(public_db, vault, now)


@pytest.fixture(scope="module")
def whole() -> bytes:
    data = gzip.decompress((DATA / "nyc_311_cases.csv.gz").read_bytes())
    assert sha256(data).hexdigest().startswith("0388edab")
    return data


@pytest.fixture(scope="module")
def excerpt() -> bytes:
    return (DATA / "nyc_311_excerpt.csv").read_bytes()


def _bring(city, data, mapping="nyc311"):
    with city.database.transaction() as session:
        found = parse_mapping(mapping) if "\n" in mapping else imports_mapping.find_mapping(mapping)
        return cases.import_cases(session, data, mapping=found, now=city.now)


def _stored(city):
    with city.database.reading() as session:
        query = select(Case).options(selectinload(Case.steps), selectinload(Case.whistles))
        return list(session.scalars(query.order_by(Case.id)))


def _tabs(data: bytes) -> bytes:
    return "\n".join("\t".join(row) for row in csv.reader(data.decode().splitlines())).encode()


def _workbook(data: bytes) -> bytes:
    """The same rows as a spreadsheet program keeps them: times are times, numbers are numbers."""
    book = Workbook()
    heading, *rows = csv.reader(data.decode().splitlines())
    book.active.append(heading)
    for row in rows:
        book.active.append([_typed(name, text) for name, text in zip(heading, row, strict=True)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _typed(name: str, text: str) -> object:
    if name.endswith("Date") and text:
        return datetime.strptime(text, "%m/%d/%Y %H:%M")  # noqa: DTZ007  (a workbook knows no zone)
    return int(text) if name == "Unique Key" else text


def _chinese(data: bytes) -> bytes:
    """The same rows, one of them with a category that a spreadsheet program writes in GB 18030."""
    return data.replace(b"Animal-Abuse", "虐待动物".encode(), 1).decode().encode("gb18030")


@pytest.mark.parametrize("made", [_tabs, _workbook, _chinese], ids=["tabs", "xlsx", "gb18030"])
def test_a_file_of_any_make_brings_its_cases(city, excerpt, made):
    assert _bring(city, made(excerpt)) == ImportCounts(60, 60, 0, 0)
    again = ImportCounts(60, 0, 1, 59) if made is _chinese else ImportCounts(60, 0, 0, 60)
    assert _bring(city, excerpt) == again


def _totals(city):
    with city.database.reading() as session:
        counted = (Case, CaseStep, Department, Area, ImportRun, Rating, OutboxMessage)
        return [session.scalar(select(func.count()).select_from(model)) for model in counted] + [
            LEDGER.size(session)
        ]


def _with(data: bytes, line: int, old: bytes, new: bytes) -> bytes:
    """The file with something replaced on a line, counted from 1."""
    lines = data.split(b"\n")
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    return b"\n".join(lines)


def _check_that_open_cases_are_on_desks_and_worked_on_there(city):
    with city.database.transaction() as session:
        for login, role, place in (
            ("coordinator", "coordinator", {}),
            *((code, "department_officer", {"department_code": code}) for code in ("NYPD", "DSNY", "DPR")),
        ):
            accounts.create(
                session, Account, login=login, name=login, role=role, password=None, now=city.now, **place
            )
    with city.database.reading() as session:
        held = {code: desks.on(session, Desk(f"dept:{code}")) for code in ("NYPD", "DSNY", "DPR", "DOHMH")}
        orphans = desks.on(session, Desk(COORDINATION))
        open_cases = [case for case in session.scalars(select(Case)) if case.declared_at is None]
        assert len(open_cases) == 277
        assert desks.nowhere(session) == []
        assert {case.keeper for case in orphans} <= {"dept:DOHMH"}
        on_desks = [case for each in (*held.values(), orphans) for case in each if case.declared_at is None]
        assert sorted(case.id for case in on_desks) == sorted(case.id for case in open_cases)
        first, second = [case.id for case in held["DSNY"] if case.declared_at is None][:2]
    with city.database.transaction() as session:
        desk = Desk("dept:DSNY")
        handling.plainly(session, first, "accept", desk=desk, note="", now=city.now)
        handling.declare(session, first, actor=desk.actor, note="清走了", now=city.now, vault=city.vault)
        whistles.sound(session, second, department_code="DPR", request="树倒了", by=desk.actor, now=city.now)
        assert session.get_one(Case, first).state == "declared"
        assert second in {case.id for case in desks.on(session, Desk("dept:DPR"))}


def test_a_winter_of_new_york_arrives_whole_and_once(city, whole):
    assert _bring(city, whole) == ImportCounts(4969, 4969, 0, 0)
    before = _totals(city)
    stored = _stored(city)
    assert Counter(step.holder for case in stored for step in case.steps if step.event == "open") == {
        "dept:NYPD": 1804,
        "dept:DSNY": 1695,
        "dept:DPR": 921,
        "dept:DOHMH": 549,
    }
    assert len({case.grid_code for case in stored} - {None}) == 65
    assert sum(case.grid_code is None for case in stored) == 64
    declared = [case for case in stored if case.state == "declared"]
    assert len(declared) == 4692
    hours = Counter()
    for case in declared:
        hours.update(case_queries.custody_hours(case, now=city.now))
    assert sum(held for holder, held in hours.items() if holder != "resident") == pytest.approx(
        123_063.43, abs=0.005
    )
    assert not [case for case in stored if case.state == "confirmed"]
    assert before[-3:-1] == [0, 0], "nobody is invited"
    assert (len({case.category for case in stored}), len({case.detail for case in stored})) == (9, 33)
    assert min(case.opened_at for case in stored) == datetime(2025, 1, 1, 12, 52, tzinfo=UTC)
    writes = []
    event.listen(
        city.database.engine,
        "before_cursor_execute",
        lambda *call: writes.append(call[2]) if not call[2].startswith(("SELECT", "BEGIN")) else None,
    )
    assert _bring(city, whole) == ImportCounts(4969, 0, 0, 4969)
    assert writes == []
    assert _totals(city) == before
    _check_that_open_cases_are_on_desks_and_worked_on_there(city)


def test_three_broken_rows_are_named_and_nothing_is_stored(city, whole):
    broken = _with(whole, 100, b"Closed", b"Lost")
    broken = _with(broken, 2000, b"/2025", b"/20x5")
    broken = _with(broken, 4000, whole.split(b"\n")[4000 - 1].split(b",")[0], whole.split(b"\n")[1][:8])
    with pytest.raises(Invalid) as refused:
        _bring(city, broken)
    message = refused.value.message
    assert [line for line in (100, 2000, 4000) if f"第 {line} 行" in message] == [100, 2000, 4000]
    assert message.startswith("cases.csv 有 3 处不对，没有导入任何内容。")
    assert set(_totals(city)) == {0}


def test_a_row_that_is_cut_off_is_named(city, excerpt):
    lines = excerpt.split(b"\n")
    lines[40 - 1] = b",".join(lines[40 - 1].split(b",")[:7])
    with pytest.raises(Invalid, match="第 40 行：只有 7 栏"):
        _bring(city, b"\n".join(lines))
    assert set(_totals(city)) == {0}


def test_an_open_case_that_closed_since_is_declared_by_its_department(city, excerpt):
    _bring(city, excerpt)
    line = next(n for n, text in enumerate(excerpt.split(b"\n"), 1) if b"In Progress" in text)
    closed = _with(_with(excerpt, line, b",,", b",3/15/2025 9:00,"), line, b"In Progress", b"Closed")
    assert _bring(city, closed) == ImportCounts(60, 0, 1, 59)
    case = _stored(city)[line - 2]
    assert [step.event for step in case.steps] == ["open", "declare"]
    assert case.declared_at == datetime(2025, 3, 15, 13, 0, tzinfo=UTC)
    assert (case.state, case.holder) == ("declared", "resident")


def test_a_closing_time_that_moved_gives_the_hours_to_who_had_them(city, excerpt):
    _bring(city, excerpt)
    case = next(case for case in _stored(city) if case.declared_at and case.declared_at > case.opened_at)
    row = next(text for text in excerpt.split(b"\n") if text.startswith(case.external_id.encode()))
    old = row.split(b",")[2]
    for new, at in ((b"6/1/2025 10:00", datetime(2025, 6, 1, 14, tzinfo=UTC)), (old, case.declared_at)):
        before = next(text for text in excerpt.split(b"\n") if text.startswith(case.external_id.encode()))
        excerpt = excerpt.replace(before, before.replace(before.split(b",")[2], new, 1))
        assert _bring(city, excerpt).changed == 1
        moved = next(each for each in _stored(city) if each.id == case.id)
        hours = case_queries.custody_hours(moved, now=city.now)
        held = next(value for holder, value in hours.items() if holder.startswith("dept:"))
        assert held == pytest.approx((at - case.opened_at).total_seconds() / 3600)
        assert moved.declared_at == at


def _row(department, hours, *, since=None, former=""):
    opened = datetime(2025, 1, 1, tzinfo=UTC)
    return CaseRow(
        line=2,
        external_id="1",
        opened_at=opened,
        declared_at=None if hours is None else opened + timedelta(hours=hours),
        department=department,
        department_name=department,
        category="c",
        detail="",
        grid=None,
        flags="",
        transferred_at=None if since is None else opened + timedelta(hours=since),
        former=former,
    )


@given(st.lists(st.none() | st.integers(0, 6), min_size=1, max_size=8))
def test_after_any_closing_times_custody_is_what_the_last_file_says(closings):
    rows = [_row("NYPD", hours) for hours in closings]
    case, now = new_case(rows[0], source="x"), datetime(2025, 1, 1, 9, tzinfo=UTC)
    for row in rows[1:]:
        change_case(case, row, now=now)
    fresh = new_case(rows[-1], source="x")
    assert case_queries.custody_hours(case, now=now) == case_queries.custody_hours(fresh, now=now)
    assert (case.state, case.holder, case.declared_at) == (fresh.state, fresh.holder, fresh.declared_at)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["NYPD", "DSNY", "DPR"]),
            st.none() | st.integers(2, 6),
            st.sampled_from([None, 0, 1]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_a_source_says_the_hours_are_whole_and_end_where_it_says(versions):
    rows = [_row(department, hours, since=since) for department, hours, since in versions]
    case, now = new_case(rows[0], source="x"), datetime(2025, 1, 1, 9, tzinfo=UTC)
    for row in rows[1:]:
        now += timedelta(hours=1)
        change_case(case, row, now=now)
    fresh = new_case(rows[-1], source="x")
    assert (case.state, case.holder, case.keeper) == (fresh.state, fresh.holder, fresh.keeper)
    hours = case_queries.custody_hours(case, now=now)
    assert sum(hours.values()) == pytest.approx((now - case.opened_at).total_seconds() / 3600)


def test_another_agency_has_it_from_the_run_that_first_says_so(city, excerpt):
    _bring(city, excerpt)
    case = next(case for case in _stored(city) if case.declared_at is None)
    row = next(text for text in excerpt.split(b"\n") if text.startswith(case.external_id.encode()))
    dept = case.steps[0].holder.removeprefix("dept:").encode()
    other = b"DPR" if dept != b"DPR" else b"DSNY"
    moved = excerpt.replace(row, row.replace(b"," + dept + b",", b"," + other + b",", 1))
    assert _bring(city, moved).changed == 1
    found = next(each for each in _stored(city) if each.id == case.id)
    held = case_queries.custody_hours(found, now=city.now + timedelta(hours=5))
    before = (city.now - case.opened_at).total_seconds() / 3600
    assert held[f"dept:{dept.decode()}"] == pytest.approx(before, abs=1e-6)
    assert held[f"dept:{other.decode()}"] == pytest.approx(5, abs=1e-6)
    assert "as of import" in found.flags
    assert found.keeper == f"dept:{other.decode()}"


@pytest.mark.parametrize("closed", [None, 9])
def test_a_transfer_counts_from_the_files_own_time(closed):
    case, now = new_case(_row("NYPD", None), source="x"), datetime(2025, 1, 1, 12, tzinfo=UTC)
    change_case(case, _row("DPR", closed, since=4), now=now)
    hours = case_queries.custody_hours(case, now=now)
    assert (
        hours == {"dept:NYPD": 4, "dept:DPR": 5, "resident": 3} if closed else {"dept:NYPD": 4, "dept:DPR": 8}
    )
    assert "as of import" not in (case.flags or "")


def test_a_first_import_that_says_who_had_it_before_keeps_those_hours_too():
    case = new_case(_row("DPR", 9, since=4, former="NYPD"), source="x")
    hours = case_queries.custody_hours(case, now=datetime(2025, 1, 1, 9, tzinfo=UTC))
    assert hours == {"dept:NYPD": 4, "dept:DPR": 5}
    assert case.keeper == "dept:DPR"


CITY_MAPPING = """source = "city"
[columns]
external_id = "工单"
opened = "登记"
declared = "办结"
department = "承办"
former = "原承办"
transferred = "转办"
due = "限期"
category = "类别"
place = "地址"
text = "内容"
grid = "网格"
status = "状态"
[time]
format = ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S"]
zone = "Asia/Shanghai"
[status]
declared = ["已办结"]
open = ["在办", "退单"]
[grids]
unknown = "create"
codes = { "云川市和平街道和平里社区第三网格（原第七、第八网格合并而成，含临街商铺）" = "g3" }
[departments]
unknown = "create"
codes = { "云川市住房和城乡建设局物业服务管理与房屋安全监督科（含直属各管理站所）" = "housing" }
"""
WHERE = "云川市和平街道和平里社区第三网格（原第七、第八网格合并而成，含临街商铺）"
WHO = "云川市住房和城乡建设局物业服务管理与房屋安全监督科（含直属各管理站所）"
HEADING = ["工单", "登记", "办结", "承办", "原承办", "转办", "限期", "类别", "地址", "内容", "网格", "状态"]
CITY_ROWS = [
    ["1", "2026-11-02T08:00:00+08:00", "", WHO, "water", "2026/11/02 10:00:00", "2026-11-09 08:00",
     "漏水", "3号楼", "楼道\n一直漏", WHERE, "退单"],
    ["2", "2026-11-02T00:00:00Z", "2026/11/03 08:00:00", "water", "", "", "", "漏水", "", "", "g3", "已办结"],
]  # fmt: skip


def _city_file(*rows, coding="gb18030"):
    made = io.StringIO()
    csv.writer(made).writerows([HEADING, *rows])
    return made.getvalue().encode(coding)


def test_a_citys_export_is_read_as_its_mapping_says(city):
    rows = [*CITY_ROWS, CITY_ROWS[1]]
    assert _bring(city, _city_file(*rows), CITY_MAPPING) == ImportCounts(3, 2, 0, 1)
    first, second = _stored(city)
    assert first.opened_at == second.opened_at == datetime(2026, 11, 2, tzinfo=UTC), "its own offset counts"
    assert (first.grid_code, first.keeper, first.state) == ("g3", "dept:housing", "registered")
    assert (first.place, first.text) == ("3号楼", "楼道 一直漏")
    assert first.due_at == datetime(2026, 11, 9, tzinfo=UTC)
    assert case_queries.custody_hours(first, now=first.opened_at + timedelta(hours=5)) == {
        "dept:water": 2,
        "dept:housing": 3,
    }
    assert _bring(city, _city_file(*rows), CITY_MAPPING) == ImportCounts(3, 0, 0, 3)


def test_a_row_that_closed_before_it_opened_is_given_back_and_the_others_are_kept(city):
    early = [*CITY_ROWS[1]]
    early[2] = "2026-11-01 08:00"
    moved_early = ["3", *CITY_ROWS[0][1:]]
    moved_early[5] = "2026-11-01 08:00"
    data, mapping = _city_file(CITY_ROWS[0], early, moved_early), parse_mapping(CITY_MAPPING)
    with city.database.transaction() as session:
        table = cases.read_table(data, mapping=mapping, file="cases.csv")
        found = cases.faults_of(session, table, mapping=mapping, now=city.now)
        reasons = [fault.reason for fault in found]
        assert reasons == ["办结时间早于登记时间。", "转办时间早于登记时间。"]
        counts = cases.import_cases(
            session, data, mapping=mapping, now=city.now, keep_good=True, confirmed_by="李主任"
        )
    assert counts == ImportCounts(1, 1, 0, 0)


def test_what_is_absent_changes_nothing(city, excerpt):
    _bring(city, excerpt)
    assert _bring(city, b"\n".join(excerpt.split(b"\n")[:11])) == ImportCounts(10, 0, 0, 10)
    assert _totals(city)[0] == 60


def test_a_case_that_is_worked_on_here_is_not_changed_by_an_import(city, excerpt):
    _bring(city, excerpt)
    with city.database.transaction() as session:
        case = session.scalars(select(Case).order_by(Case.id)).first()
        if case.state == "declared":
            steps.take(session, case, "confirm", actor="resident", now=city.now)
        else:
            steps.take(session, case, "accept", actor=case.holder, now=city.now)
    with pytest.raises(Invalid, match="第 2 行：这件事已在本系统办理"):
        _bring(city, _with(excerpt, 2, b"Animal-Abuse", b"Animal Facility - No Permit"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"In Progress", b"Closed", "状态是“Closed”，没有办结时间"),
        (b"3/14/2025 1:20", b"", "时间“”不对"),
        (b"3/14/2025 1:20", b"3/14/2125 1:20", "登记时间在将来"),
        (b"Animal-Abuse", b"", "类别应为"),
        (b"64345465", b"64349550", "和第 2 行重复"),
        (b"NYPD", b"", "部门编号应为"),
    ],
)
def test_a_row_that_cannot_be_is_refused(city, excerpt, old, new, reason):
    with pytest.raises(Invalid, match=reason):
        _bring(city, _with(excerpt, 2, old, new))
    assert _totals(city)[0] == 0


def test_a_wrong_heading_is_named(city, excerpt):
    with pytest.raises(Invalid, match="缺少表头“Unique Key”"):
        _bring(city, _with(excerpt, 1, b"Unique Key", b"Key"))


@pytest.mark.parametrize(
    ("section", "reason"), [("grids", "没有编号为“05 BROOKLYN”"), ("departments", "部门")]
)
def test_a_mapping_may_refuse_what_is_unknown(city, excerpt, section, reason):
    strict = SHIPPED.replace(f'[{section}]\nunknown = "create"', f'[{section}]\nunknown = "refuse"')
    with pytest.raises(Invalid, match=reason):
        _bring(city, excerpt, strict)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('zone = "America/New_York"', 'zone = "Nowhere/City"'),
        ('external_id = "Unique Key"\n', ""),
        ('detail = "Descriptor"', 'colour = "Descriptor"'),
        ("[status]", "[state]"),
        ('unknown = "create"', 'unknown = "perhaps"'),
        ("[columns]", "[columns"),
        ('declared = ["Closed"]', 'declared = "Closed"'),
        ('format = "%m/%d/%Y %H:%M"', "format = [1]"),
        ("[departments]", '[departments]\ncodes = ["water"]'),
    ],
)
def test_a_mapping_with_a_fault_is_refused(old, new):
    assert old in SHIPPED
    with pytest.raises(Invalid, match="对照表"):
        parse_mapping(SHIPPED.replace(old, new))


@pytest.mark.parametrize("name", ["nowhere", "../nyc311", "/etc/passwd", ""])
def test_an_unknown_mapping_is_not_found(name):
    with pytest.raises(NotFound, match="没有名为"):
        imports_mapping.find_mapping(name)


@pytest.mark.parametrize(
    ("text", "utc", "odd"),
    [
        ("3/9/2025 1:59", "2025-03-09T06:59:00+00:00", ""),
        ("3/9/2025 2:30", "2025-03-09T07:30:00+00:00", "gap"),
        ("3/9/2025 3:00", "2025-03-09T07:00:00+00:00", ""),
        ("11/2/2025 1:30", "2025-11-02T05:30:00+00:00", "twice"),
    ],
)
def test_the_nights_when_clocks_change_are_flagged(text, utc, odd):
    at, note = to_instant(text, forms=["%m/%d/%Y %H:%M"], zone=NEW_YORK)
    assert (at.isoformat(), note) == (utc, odd)
