"""Calls that operators make to residents, read: which wait, and what a receipt's page says of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from feedback.cases.queries import cases as case_queries
from feedback.cases.queries.desks import MOST_URGENT
from feedback.cases.rules import call_backs, lifecycle
from feedback.cases.rules.categories import UNREACHED
from feedback.cases.rules.invitations import UNASKED
from feedback.models import Case, ResidentCall
from huying.base import working_days
from huying.base.errors import NotFound
from huying.base.i18n import _

SHOWN = 200


@dataclass(frozen=True, slots=True)
class WaitingCall:
    """A call that an operator makes: about which case, why, by when; `known` where somebody began it."""

    case: Case
    why: str
    due: datetime
    known: ResidentCall | None

    @property
    def tries(self) -> int:
        """How often nobody answered."""
        return self.known.tries if self.known else 0

    def held_by(self, *, now: datetime) -> str:
        """Return whose the call is now, a login, or nothing."""
        known = self.known
        return known.taken_by if known and call_backs.is_held(known.taken_at, now=now) else ""


def waiting(session: Session, *which: ColumnElement[bool]) -> list[WaitingCall]:
    """Return the calls to make but those that ask whether it is done, whose deadline comes first in front.

    `which` says about which cases; of each kind there are as many as operators can look through.
    """
    found = [*_asked(session, *which), *_contested(session, *which)]
    called = {each.case.id for each in found}
    found += [each for each in _unproven(session, *which) if each.case.id not in called]
    return sorted(found, key=lambda each: (each.due, each.case.id))


def one(session: Session, case_id: int, why: str) -> WaitingCall:
    """Return a call that waits; raise NotFound for any other."""
    found = [each for each in waiting(session, Case.id == case_id) if each.why == why]
    if not found:
        raise NotFound(_("这个电话不用打，或者已经打过了。"))
    return found[0]


def made(session: Session, case: Case, why: str) -> ResidentCall | None:
    """Return what is known of a call about a case's round, held against other writers."""
    same = (ResidentCall.case_id == case.id, ResidentCall.why == why, ResidentCall.round == case.round)
    return session.scalar(select(ResidentCall).where(*same).with_for_update())


def promised(session: Session, case: Case) -> WaitingCall | None:
    """Return the call that the resident of a case was promised and still waits for."""
    return next((each for each in _promised(session, Case.id == case.id) if each.case.id == case.id), None)


def unreached(session: Session, case: Case) -> bool:
    """Tell whether operators gave up on reaching the resident in this round."""
    lost = select(ResidentCall.id).where(
        ResidentCall.case_id == case.id,
        ResidentCall.round == case.round,
        ResidentCall.outcome == call_backs.UNREACHED,
    )
    return session.scalar(lost.limit(1)) is not None


def _promised(session: Session, *which: ColumnElement[bool]) -> Iterator[WaitingCall]:
    yield from _asked(session, *which)
    yield from _contested(session, *which)


def _asked(session: Session, *which: ColumnElement[bool]) -> Iterator[WaitingCall]:
    wanted = (Case.category == UNREACHED, Case.round == 1, *which)
    for case, known in _open(session, call_backs.ASKED, *wanted):
        yield _call(case, call_backs.ASKED, case.opened_at, known)


def _contested(session: Session, *which: ColumnElement[bool]) -> Iterator[WaitingCall]:
    again = (Case.round > 1, Case.round_at.is_not(None), *which)
    for case, known in _open(session, call_backs.CONTESTED, *again):
        yield _call(case, call_backs.CONTESTED, case.round_at or case.opened_at, known)


def _unproven(session: Session, *which: ColumnElement[bool]) -> Iterator[WaitingCall]:
    for case, known in _open(session, call_backs.PROVE, case_queries.nobody_proved(), *which):
        yield _call(case, call_backs.PROVE, case.opened_at, known)


def _call(case: Case, why: str, since: datetime, known: ResidentCall | None) -> WaitingCall:
    due = call_backs.due(case.urgency, since=since, calendar=working_days.official())
    return WaitingCall(case, why, due, known)


def _open(session: Session, why: str, *which: ColumnElement[bool]) -> list[tuple[Case, ResidentCall | None]]:
    """Return the running cases with a number of which nobody made the call of this kind to its end.

    Of more than can be shown, the most urgent ones.
    """
    of_round = (
        (ResidentCall.case_id == Case.id) & (ResidentCall.round == Case.round) & (ResidentCall.why == why)
    )
    query = (
        select(Case, ResidentCall)
        .outerjoin(ResidentCall, of_round)
        .where(
            Case.contact_sealed.is_not(None),
            Case.holder != lifecycle.NOBODY,
            Case.source.not_in(UNASKED),
            ResidentCall.settled_at.is_(None),
            *which,
        )
    )
    rows = session.execute(query.order_by(*MOST_URGENT).limit(SHOWN)).all()
    return [(case, known) for case, known in rows]
