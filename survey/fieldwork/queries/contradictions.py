"""Calls of which a carrier and an interviewer tell two ends: the case follows the first, people see both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.telephony.dialler import ENDS
from huying.telephony.fold import fold
from survey.fieldwork.queries.lines import events_of
from survey.fieldwork.rules.dials import MANUAL
from survey.fieldwork.rules.provider_results import contradicts
from survey.models import Account, Attempt, Dial, DialEvent

BY_INTERVIEWER = "interviewer"


@dataclass(frozen=True, slots=True)
class TwoEnds:
    """A dial of an interviewer (by code): what they said it came to, and how its carrier says it ended."""

    at: datetime
    interviewer: str
    said: str
    told: str


def two_ends(session: Session, *, since: datetime) -> Sequence[TwoEnds]:
    """Return the dials from `since` on whose two ends can't both be true, the latest first."""
    rows = (
        select(Dial.ulid, Dial.started_at, Account.code, Dial.code, DialEvent.status)
        .join(DialEvent, DialEvent.dial_ulid == Dial.ulid)
        .join(Attempt, Attempt.id == Dial.attempt_id)
        .join(Account, Account.id == Attempt.interviewer_id)
        .where(Dial.started_at >= since, Dial.adapter != MANUAL, Dial.set_by == BY_INTERVIEWER)
        .where(DialEvent.status.in_(ENDS))
        .order_by(Dial.started_at.desc(), Dial.ulid)
        .distinct()
    )
    doubtful = {
        ulid: (at, who or "", code or "")
        for ulid, at, who, code, told in session.execute(rows)
        if contradicts(code or "", told=told)
    }
    # Of several ends that a carrier told one holds.
    found = [TwoEnds(*dial, fold(events_of(session, ulid)).status) for ulid, dial in doubtful.items()]
    return [each for each in found if contradicts(each.said, told=each.told)]
