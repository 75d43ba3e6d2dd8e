"""Accounts: one set of tables a side, one role an account; passwords, links, sessions, lockout, codes."""

from huying.accounts.passwords import SHORTEST_PASSWORD
from huying.accounts.people import check_login, create, set_active, set_password, verified
from huying.accounts.tables import (
    ADMINISTRATOR,
    AccountMixin,
    FactorMixin,
    FailureMixin,
    KnownBrowserMixin,
    LinkMixin,
    RecoveryMixin,
    SessionMixin,
    SignInMixin,
    Tables,
    UnsentFormMixin,
)

__all__ = [
    "ADMINISTRATOR",
    "SHORTEST_PASSWORD",
    "AccountMixin",
    "FactorMixin",
    "FailureMixin",
    "KnownBrowserMixin",
    "LinkMixin",
    "RecoveryMixin",
    "SessionMixin",
    "SignInMixin",
    "Tables",
    "UnsentFormMixin",
    "check_login",
    "create",
    "set_active",
    "set_password",
    "verified",
]
