"""What every room needs: an account is made, the password its owner's to set; a wrong code is counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from feedback.models import Account, Department, LimitedRequest, WrongCode
from feedback.roles import DISTRICT_CODE, OFFICES
from feedback.web.queries import guesses as counted
from feedback.web.rules import guesses
from feedback.web.rules.accounts import AccountRequest
from feedback.web.rules.guesses import GuessLimit
from huying import accounts


@dataclass(frozen=True, slots=True)
class InvitedAccount:
    """A new account and the token by which its owner sets a password."""

    account: Account
    token: str


def ensure_district(session: Session) -> None:
    """Let there be the office that holds what nobody leads, so that accounts can belong to it."""
    if session.get(Department, DISTRICT_CODE) is None:
        session.add(Department(code=DISTRICT_CODE, name=str(OFFICES[DISTRICT_CODE])))
        session.flush()


def invite(
    session: Session, request: AccountRequest, *, link: Callable[[Session, Account], str], now: datetime
) -> InvitedAccount:
    """Store an account that nobody can sign in by before its link is followed; `link` makes the token.

    Raise Conflict where the login is taken, Invalid where a field is wrong.
    """
    if request.department_code == DISTRICT_CODE:
        ensure_district(session)
    account = accounts.create(session, Account, password=None, now=now, **asdict(request))
    return InvitedAccount(account, link(session, account))


def count_wrong_code(session: Session, key: bytes, limit: GuessLimit, *, now: datetime) -> None:
    """Count a wrong code of a network for an hour; the one after which it waits is told to reviewers."""
    session.execute(delete(WrongCode).where(or_(WrongCode.at <= guesses.since(now), WrongCode.at > now)))
    session.add(WrongCode(kind=limit.kind, key=key, at=now))
    session.flush()
    if guesses.is_the_last(counted.wrong(session, key, limit, now=now), limit):
        session.add(LimitedRequest(at=now, kind=limit.kind))
        session.flush()
