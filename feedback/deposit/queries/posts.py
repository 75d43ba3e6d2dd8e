"""Who held which grid from when to when, and for how long no number there was known to work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.contacts.queries import numbers
from feedback.contacts.rules import VALIDITY
from feedback.deposit.queries.scope import DepositRow, DepositScope
from feedback.duty import queries as duty
from feedback.models import Contact, Duty, PostPhone
from huying.base.clock import iso

HOUR = timedelta(hours=1)
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time [start, end) in which one duty answered for its grid: covers are cut out of what they cover.

    `place` numbers the stretches of one duty from 1.
    """

    duty: Duty
    place: int
    start: datetime
    end: datetime | None

    def touches(self, scope: DepositScope) -> bool:
        """Tell whether it shares a second with the deposit's period."""
        lasts = self.end is None or (self.end > scope.start and iso(self.end) != iso(self.start))
        return self.start < scope.stop and lasts


def posts(session: Session, scope: DepositScope) -> list[DepositRow]:
    """Return a row for each stretch that touches the period."""
    reached: dict[str, list[Contact]] = {}
    for contact in session.scalars(select(Contact).where(Contact.worker_code.is_not(None))):
        reached.setdefault(str(contact.worker_code), []).append(contact)
    posts = select(PostPhone.grid_code, Contact).join(Contact, Contact.id == PostPhone.contact_id)
    post_phones = {grid: phone for grid, phone in session.execute(posts)}  # noqa: C416
    grids = session.scalars(select(Duty.grid_code).distinct()).all()
    found = (each for grid in grids for each in stretches(duty.rows(session, grid)))
    return [
        _row(
            each,
            reached.get(each.duty.worker_code, []),
            post_phone=post_phones.get(each.duty.grid_code),
            scope=scope,
        )
        for each in found
        if each.touches(scope)
    ]


def stretches(rows: Sequence[Duty]) -> Iterator[Stretch]:
    """Yield who answered for one grid when, the earliest first; nothing where nobody did."""
    edges = sorted({row.valid_from for row in rows} | {row.valid_to for row in rows if row.valid_to})
    places: Counter[int] = Counter()
    held: Stretch | None = None
    for start, end in zip_longest(edges, edges[1:]):
        row = duty.live(rows, at=start)
        if held is not None and row is held.duty:
            held = Stretch(held.duty, held.place, held.start, end)
            continue
        if held is not None:
            yield held
        held = None
        if row is not None:
            places[row.id] += 1
            held = Stretch(row, places[row.id], start, end)
    if held is not None:
        yield held


def stale_hours(known: Sequence[Contact], *, start: datetime, end: datetime) -> float:
    """Return how many hours of [start, end) none of the `known` numbers was known to work.

    Only the last check of a number is kept: before it, the number counts as working.
    """
    known_until = max((lapses_at(number) for number in known), default=NEVER)
    return max(timedelta(), end - max(start, known_until)) / HOUR


def lapses_at(number: Contact) -> datetime:
    """Return when the last check of a number ceases, or ceased, to hold."""
    if number.verified_at is None:
        return NEVER
    validity = next(each for kind, each in VALIDITY.items() if kind == number.kind)
    ends = [number.verified_at + validity]
    ends += [number.expires_at] if number.expires_at else []
    ends += [number.failed_at] if number.failed_at and number.failed_at >= number.verified_at else []
    return min(ends)


def _row(
    stretch: Stretch, own: Sequence[Contact], *, post_phone: Contact | None, scope: DepositScope
) -> DepositRow:
    code = f"D{stretch.duty.id}-{stretch.place}"
    start = max(stretch.start, scope.start)
    end = min(scope.stop, scope.now, stretch.end or scope.stop)
    return {
        "code": code,
        "area": stretch.duty.grid_code,
        "staff": stretch.duty.worker_code,
        "valid_from": iso(stretch.start),
        "valid_to": iso(stretch.end) if stretch.end else "",
        "stale_hours": f"{stale_hours([*own, post_phone] if post_phone else own, start=start, end=end):.2f}",
        "contact": _sealed(own, scope, code=code),
    }


def _sealed(own: Sequence[Contact], scope: DepositScope, *, code: str) -> str:
    """Return one of a worker's numbers, a mobile if there is one."""
    if not own:
        return ""
    first = min(own, key=lambda number: (number.kind != "mobile", number.id))
    number = numbers.number_of(first, vault=scope.vault)
    return scope.sealer.seal(number, table="posts", code=code, column="contact")
