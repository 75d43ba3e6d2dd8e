"""Accounts of the independent side: the shared ones, with the code that an interviewer tells on the phone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying import accounts
from huying.accounts import links
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey import campaign
from survey.models import ACCOUNTS, Account
from survey.web.rules import StaffAccount


def create(session: Session, staff: StaffAccount, *, password: str | None, now: datetime) -> Account:
    """Store a new account; without a password its owner is to be invited.

    Raise Conflict where login or code is taken, Invalid where login or name can't be.
    """
    accounts.check_login(staff.login, staff.name)
    # Two administrators at once: the second one sees what the first one took.
    campaign.campaign_lock(session)
    if staff.code and session.scalar(select(Account.id).where(Account.code == staff.code)):
        raise Conflict(_("工号 %(code)s 已经有人用了。", code=staff.code))
    return accounts.create(session, Account, **asdict(staff), password=password, now=now)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An account that was just made, by its number, and the token of the link that is shown once."""

    account: int
    token: str


def invite(session: Session, staff: StaffAccount, *, keys: Keyring, by: str, now: datetime) -> Invitation:
    """Make an account with a link by which its owner sets the password."""
    account = create(session, staff, password=None, now=now)
    return Invitation(account.id, links.make(session, ACCOUNTS, account, keys=keys, by=by, now=now))
