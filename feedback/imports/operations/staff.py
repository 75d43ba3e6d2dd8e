"""Workers, their posts and their numbers from one file: a row a post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations.handover import hand_over
from feedback.duty.rules import HOLDER
from feedback.imports.operations import cells, people, runs
from feedback.imports.operations.known_areas import KnownAreas
from feedback.imports.operations.people import Person
from feedback.imports.operations.scope import ImportScope
from feedback.models import Duty
from huying.base import clock
from huying.base.i18n import _, mark
from huying.sheets import Column, Faults, Layout, Row, Table
from huying.sheets.plans import Change

STAFF = Column("staff", "工号", also=("编号", "网格员工号", "staff"), kind="code", example="W0001")
NAME = Column("name", "姓名", also=("网格员姓名", "name"), example="王秀兰")
GRID = Column("grid", "网格编号", also=("网格", "grid"), kind="code", example="G0101")
PHONE = Column(
    "phone",
    "电话",
    also=("手机", "手机号", "手机号码", "联系电话", "phone"),
    required=False,
    kind="phone",
    example="13800138000",
)
VERIFIED = Column(
    "verified",
    "电话核对日期",
    also=("核对日期", "verified"),
    required=False,
    kind="date",
    example="2026-11-20",
)
FROM = Column("from", "值守开始", also=("开始", "from"), kind="time", example="2026-09-01")
TO = Column("to", "值守结束", also=("结束", "to"), required=False, kind="time", example="")
STATUS = Column("status", "在岗状态", also=("状态", "是否在岗", "status"), required=False, example="在岗")
LAYOUT = Layout(title="网格员", columns=(STAFF, NAME, GRID, PHONE, VERIFIED, FROM, TO, STATUS), name="staff")
REASON = mark("名册导入")
IN_SERVICE = ("在岗", "在职", "是", "in service")
RETIRED = ("离岗", "离职", "否", "retired")
NEVER = datetime.min.replace(tzinfo=UTC)
Key = tuple[str, str, datetime]
"""What a post is known by: worker, grid, beginning."""


@dataclass(frozen=True, slots=True)
class StaffPost:
    """A row: a worker holds a grid over [start, end)."""

    line: int
    person: Person
    grid: str
    start: datetime
    end: datetime | None

    @property
    def key(self) -> Key:
        """What this post is known by."""
        return self.person.code, self.grid, self.start


def draft(session: Session, table: Table, *, known_areas: KnownAreas, scope: ImportScope) -> runs.Draft:
    """Return what the file's posts would change, with the workers and numbers that come with them.

    A post is known by worker, grid and beginning: the same post with another end is closed or prolonged.
    """
    faults = Faults()
    posts = _posts(table, known_areas, scope=scope, faults=faults)
    known = _known(session)
    staff = people.load(session, vault=scope.vault)
    _check_people(posts, staff, known_areas, faults=faults)
    _check_overlaps(posts, known, faults=faults)
    followed = {post.grid for post in posts if post.end is None or post.end > scope.now}
    fates = [_change(post, known.get(post.key), staff, followed=followed) for post in posts]
    changing = [post for post, fate in zip(posts, fates, strict=True) if fate is not None]
    plan = runs.plan(table, known=len(known), fates=fates, faults=faults)
    return runs.Draft(plan, partial(_put, session, changing, known=known, scope=scope))


def _posts(table: Table, known_areas: KnownAreas, *, scope: ImportScope, faults: Faults) -> list[StaffPost]:
    posts: dict[Key, StaffPost] = {}
    for row, post in cells.parsed(table, partial(_post, known_areas=known_areas, scope=scope), faults=faults):
        if post.key in posts:
            faults.add(row.line, _("和第 %(line)s 行是同一条值守。", line=posts[post.key].line))
        posts[post.key] = post
    return list(posts.values())


def _post(row: Row, *, known_areas: KnownAreas, scope: ImportScope) -> StaffPost:
    grid = known_areas.grid(row, GRID)
    start = cells.instant(row, FROM)
    end = cells.end(row, TO, after=start)
    person = Person(
        code=cells.code(row, STAFF),
        name=cells.label(row, NAME),
        number=cells.optional_number(row, PHONE, region=scope.region, allowed=scope.allowed),
        verified_at=cells.past_instant(row, VERIFIED, now=scope.now),
        serves=_serves(row),
    )
    return StaffPost(row.line, person, grid, start, end)


def _serves(row: Row) -> bool | None:
    """Return whether a row says that the worker is in service; None where it says nothing."""
    text = row[STATUS.name].strip().lower()
    if not text:
        return None
    if text not in {*IN_SERVICE, *RETIRED}:
        raise cells.WrongCell(STATUS, _("请写“在岗”或“离岗”，或者不填。"))
    return text in IN_SERVICE


def _known(session: Session) -> dict[Key, Duty]:
    live = select(Duty).where(Duty.layer == HOLDER, Duty.retracted_at.is_(None))
    return {(row.worker_code, row.grid_code, row.valid_from): row for row in session.scalars(live)}


def _check_people(
    posts: Iterable[StaffPost], staff: people.Staff, known_areas: KnownAreas, *, faults: Faults
) -> None:
    """The rows of one worker agree on name and number; nobody changes a worker of elsewhere."""
    first: dict[str, StaffPost] = {}
    for post in posts:
        person = post.person
        other = first.setdefault(person.code, post)
        if (person.name, person.number) != (other.person.name, other.person.number):
            reason = _("工号 %(code)s 的姓名或电话和第 %(line)s 行不同。", code=person.code, line=other.line)
            faults.add(post.line, reason)
        worker = staff.workers.get(person.code)
        if person.serves is not other.person.serves:
            told = _("工号 %(code)s 的在岗状态和第 %(line)s 行不同。", code=person.code, line=other.line)
            faults.add(post.line, told, STATUS.heading)
        if worker is not None and not worker.active and person.serves is None:
            told = _("工号 %(code)s 已离岗；要重新上岗，请在这一栏写“在岗”。", code=person.code)
            faults.add(post.line, told, STATUS.heading)
        if worker is not None and not known_areas.inside(worker.area_code):
            faults.add(post.line, _("“%(code)s”不归您管。", code=person.code), STAFF.heading)


def _check_overlaps(posts: Iterable[StaffPost], known: Mapping[Key, Duty], *, faults: Faults) -> None:
    """One grid has one holder at a time, counting what is there and isn't in the file."""
    planned = {key: (row.valid_from, row.valid_to, 0) for key, row in known.items()}
    planned |= {post.key: (post.start, post.end, post.line) for post in posts}
    by_grid: dict[str, list[tuple[datetime, datetime | None, int, str]]] = {}
    for (staff, grid, _start), (start, end, line) in planned.items():
        by_grid.setdefault(grid, []).append((start, end, line, staff))
    for spans in by_grid.values():
        spans.sort(key=lambda span: span[0])
        for before, after in pairwise(spans):
            if before[1] is None or before[1] > after[0]:
                line = after[2] or before[2]
                other = before[3] if line == after[2] else after[3]
                if line:
                    faults.add(line, _clash(other), FROM.heading)


def _clash(other: str) -> str:
    return _("和 %(other)s 在同一网格的值守时间重叠；请写明前一人的值守结束。", other=other)


def _change(post: StaffPost, known: Duty | None, staff: people.Staff, *, followed: set[str]) -> Change | None:
    """Return what a row brings. A post that ends with nobody named after it has left."""
    told = staff.differences(post.person)
    key = f"{post.person.code} {post.grid}"
    if known is None:
        return Change("new", key, post.line, "；".join([_begins(post), *told]))
    if known.valid_to == post.end:
        return Change("changed", key, post.line, "；".join(told)) if told else None
    earlier = post.end is not None and (known.valid_to is None or post.end < known.valid_to)
    kind: Literal["left", "changed"] = "left" if earlier and post.grid not in followed else "changed"
    return Change(kind, key, post.line, "；".join([_ends(post), *told]))


def _begins(post: StaffPost) -> str:
    return _("%(name)s 自 %(day)s 起值守", name=post.person.name, day=clock.day(post.start))


def _ends(post: StaffPost) -> str:
    if post.end is None:
        return _("没有结束时间了")
    return _("值守到 %(time)s 为止", time=f"{clock.local(post.end):%Y-%m-%d %H:%M}")


def _put(
    session: Session, posts: Sequence[StaffPost], *, known: Mapping[Key, Duty], scope: ImportScope
) -> None:
    """Close what ends earlier before anything is added or prolonged: nothing overlaps on the way."""
    persons = _people(posts)
    people.put(session, persons, scope=scope)
    posts = [post for post in posts if post.person.serves is not False]
    by_end = sorted(posts, key=lambda post: not _shortens(post, known.get(post.key)))
    for post in by_end:
        row = known.get(post.key)
        if row is None:
            continue
        row.valid_to = post.end
        session.flush()
    session.add_all(_duty(post, scope=scope) for post in posts if post.key not in known)
    session.flush()
    for person, _grid in persons.values():
        people.settle_service(session, person, by=scope.by, now=scope.now)
    hand_over(session, now=scope.now, by=scope.by)


def _people(posts: Sequence[StaffPost]) -> dict[str, tuple[Person, str]]:
    """Return each worker with the latest check of the number that any row tells, and the grid named first."""
    grids = {post.person.code: post.grid for post in reversed(posts)}
    checked = sorted(posts, key=lambda post: post.person.verified_at or NEVER)
    return {post.person.code: (post.person, grids[post.person.code]) for post in checked}


def _shortens(post: StaffPost, row: Duty | None) -> bool:
    return row is not None and post.end is not None and (row.valid_to is None or post.end < row.valid_to)


def _duty(post: StaffPost, *, scope: ImportScope) -> Duty:
    return Duty(
        grid_code=post.grid,
        worker_code=post.person.code,
        layer=HOLDER,
        valid_from=post.start,
        valid_to=post.end,
        reason=REASON,
        recorded_at=scope.now,
        recorded_by=scope.by,
    )
