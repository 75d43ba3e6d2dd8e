"""A supervisor states where interviewers live or work, what they speak and at which extension they sit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey.campaign import campaign_lock
from survey.fieldwork.queries import traits as queries
from survey.fieldwork.rules.traits import LINE, StatedTraits
from survey.models import Account, InterviewerTrait


def state(session: Session, account: Account, stated: StatedTraits, *, by: str, now: datetime) -> None:
    """Let these traits stand of an interviewer from now on: others of their kinds end, none is changed.

    Raises Conflict where another seat has the extension.
    """
    # An offer sees all of them or none: the log must give the same.
    campaign_lock(session)
    standing = queries.standing(session, account.id)
    for kind, values in stated.values.items():
        if kind == LINE:
            _check_free(session, account, values)
        kept = {row.value for row in standing if row.kind == kind}
        for row in standing:
            if row.kind == kind and row.value not in values:
                row.ended_at = now
        for value in sorted(values - kept):
            session.add(
                InterviewerTrait(account_id=account.id, kind=kind, value=value, set_by=by, set_at=now)
            )
    session.flush()


def _check_free(session: Session, account: Account, lines: frozenset[str]) -> None:
    trait = InterviewerTrait
    taken = select(Account.code).join(trait, trait.account_id == Account.id)
    taken = taken.where(trait.kind == LINE, trait.value.in_(lines), trait.ended_at.is_(None))
    other = session.scalar(taken.where(Account.id != account.id).limit(1))
    if other is not None:
        raise Conflict(_("这个分机已经登记给工号 %(code)s。", code=other))
