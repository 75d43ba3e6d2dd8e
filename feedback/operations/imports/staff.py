"""Workers, their posts and their numbers from one CSV file: a row a post."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import contacts
from feedback.contact_choice import HOLDER
from feedback.models import Area, Contact, Duty, Worker
from feedback.operations import duty
from feedback.operations.imports import csv_table, runs
from feedback.operations.imports.csv_table import Faults, Row
from huying import phones
from huying.errors import Invalid
from huying.phones import Vault

COLUMNS = {
    "工号": "staff",
    "姓名": "name",
    "网格编号": "grid",
    "电话": "phone",
    "电话核对日期": "verified",
    "值守开始": "from",
    "值守结束": "to",
}
REASON = "名册导入"
Key = tuple[str, str, datetime]
"""What a post is known by: worker, grid, beginning."""


@dataclass(frozen=True, slots=True)
class Post:
    """A row: a worker holds a grid over [start, end); `number` in E.164, or None."""

    line: int
    staff: str
    name: str
    grid: str
    number: str | None
    verified_at: datetime | None
    start: datetime
    end: datetime | None

    @property
    def key(self) -> Key:
        """What this post is known by."""
        return self.staff, self.grid, self.start


def import_staff(
    session: Session, data: bytes, *, vault: Vault, region: str, allowed: str, by: str, now: datetime
) -> runs.Counts:
    """Add and change workers, their numbers, and who holds which grid; raise Invalid with line and reason.

    A post is known by worker, grid and beginning: the same post with another end is closed or prolonged.
    `region` and `allowed` say which numbers are valid, as for `phones.parse`; `by` is kept as who recorded.
    """
    faults = Faults()
    rows = csv_table.named(COLUMNS, data, faults=faults)
    posts = _posts(session, rows, region=region, allowed=allowed, now=now, faults=faults)
    known = _known(session)
    _check_alike(posts, faults=faults)
    _check_overlaps(posts, known, faults=faults)
    faults.check()
    changed = _put_people(session, posts, vault=vault)
    touched = {post.key for post in posts if post.staff in changed}
    touched |= _end_earlier(session, posts, known)
    fates = [_put(session, post, known, touched=touched, by=by, now=now) for post in posts]
    session.flush()
    duty.settle(session, now=now)
    return runs.settle(session, "staff", data, read=len(rows), fates=fates, now=now)


def _posts(
    session: Session, rows: Iterable[Row], *, region: str, allowed: str, now: datetime, faults: Faults
) -> list[Post]:
    grids = set(session.scalars(select(Area.code).where(Area.level == "grid")))
    posts: dict[Key, Post] = {}
    for row in rows:
        try:
            post = _post(row, grids, region=region, allowed=allowed, now=now)
        except Invalid as fault:
            faults.add(row.line, fault.message)
            continue
        if post.key in posts:
            faults.add(row.line, f"和第 {posts[post.key].line} 行是同一条值守。")
        posts[post.key] = post
    return list(posts.values())


def _post(row: Row, grids: set[str], *, region: str, allowed: str, now: datetime) -> Post:
    if row["grid"] not in grids:
        raise Invalid(f"没有编号为“{row['grid']}”的网格。")
    if not row["from"]:
        raise Invalid("请填写值守开始。")
    start = csv_table.instant(row["from"])
    end = csv_table.instant(row["to"]) if row["to"] else None
    if end is not None and end <= start:
        raise Invalid("值守结束要晚于值守开始。")
    verified_at = csv_table.instant(row["verified"]) if row["verified"] else None
    if verified_at is not None and verified_at > now:
        raise Invalid("电话核对日期不能在将来。")
    return Post(
        line=row.line,
        staff=csv_table.code(row["staff"], what="工号"),
        name=csv_table.label(row["name"], what="姓名"),
        grid=row["grid"],
        number=phones.parse(row["phone"], region=region, allowed=allowed) if row["phone"] else None,
        verified_at=verified_at,
        start=start,
        end=end,
    )


def _known(session: Session) -> dict[Key, Duty]:
    live = select(Duty).where(Duty.layer == HOLDER, Duty.retracted_at.is_(None))
    return {(row.worker_code, row.grid_code, row.valid_from): row for row in session.scalars(live)}


def _check_alike(posts: Iterable[Post], *, faults: Faults) -> None:
    """The rows of one worker agree on name and number."""
    first: dict[str, Post] = {}
    for post in posts:
        other = first.setdefault(post.staff, post)
        if (post.name, post.number) != (other.name, other.number):
            faults.add(post.line, f"工号 {post.staff} 的姓名或电话和第 {other.line} 行不同。")


def _check_overlaps(posts: Iterable[Post], known: Mapping[Key, Duty], *, faults: Faults) -> None:
    """One grid has one holder at a time, counting what is there and isn't in the file."""
    planned = {key: (row.valid_from, row.valid_to, 0) for key, row in known.items()}
    planned |= {post.key: (post.start, post.end, post.line) for post in posts}
    by_grid: dict[str, list[tuple[datetime, datetime | None, int, str]]] = {}
    for (staff, grid, _), (start, end, line) in planned.items():
        by_grid.setdefault(grid, []).append((start, end, line, staff))
    for spans in by_grid.values():
        spans.sort(key=lambda span: span[0])
        for before, after in pairwise(spans):
            if before[1] is None or before[1] > after[0]:
                line = after[2] or before[2]
                other = before[3] if line == after[2] else after[3]
                faults.add(line, f"和 {other} 在同一网格的值守时间重叠；请写明前一人的值守结束。")


def _put_people(session: Session, posts: Iterable[Post], *, vault: Vault) -> set[str]:
    """Store workers and their numbers; return the codes of those that are new or changed."""
    changed = set()
    for post in {post.staff: post for post in reversed(list(posts))}.values():
        worker = session.get(Worker, post.staff)
        before = _state(session, worker)
        if worker is None:
            worker = Worker(code=post.staff, name=post.name, area_code=post.grid, active=True)
            session.add(worker)
        worker.name = post.name
        session.flush()
        if post.number is not None:
            contacts.set_number(
                session,
                worker_code=post.staff,
                number=post.number,
                vault=vault,
                verified_at=post.verified_at,
            )
        if _state(session, worker) != before:
            changed.add(post.staff)
    return changed


def _state(session: Session, worker: Worker | None) -> object:
    if worker is None:
        return None
    numbers = select(Contact.blind_index, Contact.verified_at).where(Contact.worker_code == worker.code)
    return worker.name, tuple(session.execute(numbers.order_by(Contact.id)).all())


def _end_earlier(session: Session, posts: Iterable[Post], known: Mapping[Key, Duty]) -> set[Key]:
    """Close what now ends earlier before anything is added or prolonged: nothing overlaps on the way."""
    ended = set()
    for post in posts:
        row = known.get(post.key)
        if row and post.end is not None and (row.valid_to is None or post.end < row.valid_to):
            row.valid_to = post.end
            ended.add(post.key)
    session.flush()
    return ended


def _put(
    session: Session, post: Post, known: Mapping[Key, Duty], *, touched: set[Key], by: str, now: datetime
) -> runs.Fate:
    row = known.get(post.key)
    if row is None:
        session.add(
            Duty(
                grid_code=post.grid,
                worker_code=post.staff,
                layer=HOLDER,
                valid_from=post.start,
                valid_to=post.end,
                reason=REASON,
                recorded_at=now,
                recorded_by=by,
            )
        )
        return "created"
    if row.valid_to == post.end and post.key not in touched:
        return "unchanged"
    row.valid_to = post.end
    return "changed"
