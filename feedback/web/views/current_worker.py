"""Which worker the signed-in account is."""

from __future__ import annotations

from flask_login import current_user

from huying.base.errors import Forbidden
from huying.base.i18n import _


def worker_code() -> str:
    """Return the code of the worker who is signed in; raise Forbidden where the account has none."""
    if not current_user.worker_code:
        raise Forbidden(_("这个账号还没有对应的网格员，请联系管理员。"))
    return str(current_user.worker_code)
