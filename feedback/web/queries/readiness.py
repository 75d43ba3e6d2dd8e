"""Whether an installation may open for residents: somebody takes what no other desk can."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import Account
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, DISTRICT_CODE
from huying.base.errors import Conflict
from huying.base.i18n import _


def has_coordinator(session: Session) -> bool:
    """Tell whether an account in use can coordinate."""
    query = select(Account.id).where(Account.role == COORDINATOR, Account.active)
    return session.scalar(query.limit(1)) is not None


def has_district(session: Session) -> bool:
    """Tell whether the district's office, which holds what nobody leads, has an account in use."""
    query = select(Account.id).where(
        Account.role == DEPARTMENT_OFFICER, Account.department_code == DISTRICT_CODE, Account.active
    )
    return session.scalar(query.limit(1)) is not None


def refuse_too_early(session: Session) -> None:
    """Raise Conflict, saying what to do, while a case could be on nobody's desk."""
    if not has_coordinator(session):
        raise Conflict(
            _("还不能对居民开放：没有协调员账号，部门退回的事项没有人接。请管理员先建协调员账号。")
        )
    if not has_district(session):
        raise Conflict(
            _("还不能对居民开放：没有区级兜底单位的账号，24 小时没人牵头的事项没有人接。请管理员先建。")
        )
