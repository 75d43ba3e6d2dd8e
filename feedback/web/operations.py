"""An account of this side is made; the password is the invited person's to set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.models import Account, Department
from feedback.roles import DISTRICT_CODE, OFFICES
from feedback.web.rules.accounts import AccountRequest
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
