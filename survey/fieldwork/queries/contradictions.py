"""Calls of which a carrier and an interviewer tell two ends: the case follows the first, people see both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from huying.telephony.dialler import ENDS
from huying.telephony.fold import fold
from survey.fieldwork.queries.line_states import BY_INTERVIEWER
from survey.fieldwork.queries.lines import events_of
from survey.fieldwork.rules.dials import MANUAL
from survey.fieldwork.rules.provider_results import contradicts
from survey.models import Account, Attempt, Dial, DialEvent, LaterKey

_Said = Select[str, datetime, str | None, str | None, str]


@dataclass(frozen=True, slots=True)
class TwoEnds:
    """A dial of an interviewer (by code): what they said it came to, and how its carrier says it ended."""

    at: datetime
    interviewer: str
    said: str
    told: str


def two_ends(session: Session, *, since: datetime) -> Sequence[TwoEnds]:
    """Return the dials from `since` on whose two ends can't both be true, the latest first.

    Whichever end was told first: what an interviewer said after the carrier is kept beside the dial.
    """
    doubtful = {
        (ulid, said or ""): (at, who or "")
        for rows in (_said_first(since), _said_later(since))
        for ulid, at, who, said, told in session.execute(rows)
        if contradicts(said or "", told=told)
    }
    # Of several ends that a carrier told one holds.
    found = [
        TwoEnds(*dial, said, fold(events_of(session, ulid)).status) for (ulid, said), dial in doubtful.items()
    ]
    return sorted(
        (each for each in found if contradicts(each.said, told=each.told)),
        key=lambda each: (each.at, each.interviewer, each.said),
        reverse=True,
    )


def _said_first(since: datetime) -> _Said:
    said = select(Dial.ulid, Dial.started_at, Account.code, Dial.code, DialEvent.status)
    return _ended(said, since).where(Dial.set_by == BY_INTERVIEWER)


def _said_later(since: datetime) -> _Said:
    said = select(Dial.ulid, Dial.started_at, Account.code, LaterKey.said, DialEvent.status)
    return _ended(said.join(LaterKey, LaterKey.dial_ulid == Dial.ulid), since)


def _ended(said: _Said, since: datetime) -> _Said:
    """Of calls that a carrier placed, with each end that it told of them."""
    return (
        said.join(DialEvent, DialEvent.dial_ulid == Dial.ulid)
        .join(Attempt, Attempt.id == Dial.attempt_id)
        .join(Account, Account.id == Attempt.interviewer_id)
        .where(Dial.started_at >= since, Dial.adapter != MANUAL, DialEvent.status.in_(ENDS))
        .distinct()
    )
