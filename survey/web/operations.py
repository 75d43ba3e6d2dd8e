"""Accounts of the independent side: the shared ones, with the code that an interviewer tells on the phone."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying import accounts
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from survey import campaign
from survey.models import Account
from survey.roles import INTERVIEWER

CODE = re.compile(r"[0-9A-Za-z._-]{1,16}", re.ASCII)


def create(
    session: Session,
    *,
    login: str,
    name: str,
    role: str,
    password: str | None,
    code: str | None,
    now: datetime,
) -> Account:
    """Store a new account; without a password its owner is to be invited.

    Raise Conflict where login or code is taken, Invalid where a field is wrong.
    """
    accounts.check_login(login, name)
    if role == INTERVIEWER and not code:
        raise Invalid(_("访问员要有工号。"))
    if code and not CODE.fullmatch(code):
        raise Invalid(_("工号是至多 16 位字母、数字。"))
    # Two administrators at once: the second one sees what the first one took.
    campaign.campaign_lock(session)
    if code and session.scalar(select(Account.id).where(Account.code == code)):
        raise Conflict(_("工号 %(code)s 已经有人用了。", code=code))
    return accounts.create(
        session, Account, login=login, name=name, role=role, password=password, now=now, code=code or None
    )
