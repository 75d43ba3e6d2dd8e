"""A dial: committed before anything rings, ended once; what it tells of its number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.phones import Vault
from huying.base.ulids import new_ulid
from survey.fieldwork.queries import dials as queries
from survey.fieldwork.rules.dials import BY_HAND, DialLine
from survey.models import Attempt, CaseNumber, Dial
from survey.models.calls import OPEN_DIALS
from survey.registry.rules import number_states
from survey.registry.rules.sealing import PURPOSE


@dataclass(frozen=True, slots=True)
class DialledIndex:
    """What a dial is known by without its number: keyed indexes of it, and of its country and carrier."""

    number: bytes | None = None
    route: bytes | None = None


NOT_INDEXED = DialledIndex()
ENDED = {"busy": "busy", "no_answer": "no_answer", "cancelled_by_us": "canceled", "technical_ours": "failed"}
"""States of a dial that a result brings; after any other the line stood."""


def know_numbers(
    session: Session, unit: str, *, numbers: Iterable[str], vault: Vault
) -> Sequence[CaseNumber]:
    """Return the numbers of a case, kept in their order when it is first dialled."""
    known = queries.numbers(session, unit)
    if known:
        return known
    session.add_all(
        CaseNumber(unit=unit, position=position, blind_index=vault.index(number, purpose=PURPOSE))
        for position, number in enumerate(numbers, start=1)
    )
    session.flush()
    return queries.numbers(session, unit)


def begin(
    session: Session,
    attempt: Attempt,
    *,
    position: int,
    now: datetime,
    line: DialLine = BY_HAND,
    dialled: DialledIndex = NOT_INDEXED,
) -> Dial:
    """Store that a number of the case is about to be dialled. Commit before anything rings."""
    dial = Dial(
        ulid=new_ulid(now),
        unit=attempt.unit,
        attempt_id=attempt.id,
        position=position,
        number_ref=f"{attempt.unit}/{position}",
        adapter=line.adapter,
        records=line.records,
        number_index=dialled.number,
        route=dialled.route,
        state="requested",
        started_at=now,
    )
    session.add(dial)
    session.flush()
    return dial


def end(
    session: Session, dial: Dial, *, code: str, set_by: str, now: datetime, state: str | None = None
) -> None:
    """End a dial with the code that it came to; its number's state follows from all of its results.

    A code that a person set isn't replaced by what a provider tells later.
    """
    if dial.code is None:
        dial.code, dial.set_by = code, set_by
    if dial.state in OPEN_DIALS:
        dial.state = state or ENDED.get(code, "completed")
    dial.ended_at = dial.ended_at or now
    session.flush()
    tell_number(session, dial.unit, position=dial.position)


def end_open(session: Session, unit: str, *, code: str, set_by: str, now: datetime) -> None:
    """End the dial of a case of which nobody said yet what it came to, if there is one."""
    dial = queries.open_of(session, unit)
    if dial is not None:
        end(session, dial, code=code, set_by=set_by, now=now)


def tell_number(session: Session, unit: str, *, position: int) -> None:
    """Bring the state of a number up to what all of its dials say."""
    number = session.get(CaseNumber, (unit, position))
    if number is not None:
        number.state = number_states.number_state(queries.results(session, unit)[position])
        session.flush()
