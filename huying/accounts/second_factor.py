"""The second factor: codes of an authenticator (RFC 6238, 30 s, 6 digits) and ten recovery codes."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from hashlib import sha256

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from huying.accounts.tables import AccountMixin, Tables
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.base.phones import Vault

STEP = 30
RECOVERY_CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No i, l, o, 0, 1: recovery codes are copied by hand."""

KEY = "account-recovery"


def has(session: Session, tables: Tables, account: AccountMixin) -> bool:
    """Tell whether an authenticator is bound to the account."""
    return session.get(tables.factor, account.id) is not None


def draft(account: AccountMixin, *, vault: Vault) -> str:
    """Return a new secret, sealed for this account, as a form carries it until its first code is right."""
    return vault.seal(pyotp.random_base32(), where=_drafted(account)).hex()


def opened(sealed: str, account: AccountMixin, *, vault: Vault) -> str:
    """Return the secret of a draft; raise Refused where it was made for another account."""
    try:
        return vault.open(bytes.fromhex(sealed), where=_drafted(account))
    except ValueError:
        raise Invalid(_("这张页面已经过时，请重新打开。")) from None


def uri(secret: str, account: AccountMixin, *, issuer: str) -> str:
    """Return what the picture says to an authenticator."""
    return pyotp.TOTP(secret, name=account.login, issuer=issuer).provisioning_uri()


def enrol(
    session: Session,
    tables: Tables,
    account: AccountMixin,
    *,
    secret: str,
    code: str,
    vault: Vault,
    now: datetime,
) -> tuple[str, ...]:
    """Bind an authenticator whose first code is right, in place of another; return new recovery codes."""
    step = matching(secret, code, now=now)
    if step is None:
        raise Invalid(_("动态码不对。请看手机上现在显示的 6 位数字，并检查手机时间是否准确。"))
    remove(session, tables, account)
    row = {"account_id": account.id, "sealed": vault.seal(secret, where=_place(account))}
    more = {"enrolled_at": now, "last_step": step}
    session.add(tables.factor(**row, **more))
    return _recovery(session, tables, account, keys=vault.keys)


def remove(session: Session, tables: Tables, account: AccountMixin) -> None:
    """Unbind the authenticator; its recovery codes go with it."""
    for model in (tables.recovery, tables.factor):
        session.execute(delete(model).where(model.account_id == account.id))
    session.flush()
    session.expire_all()


def passes(
    session: Session, tables: Tables, account: AccountMixin, *, code: str, vault: Vault, now: datetime
) -> str | None:
    """Use up a code: return `in` for an authenticator's, `recovery` for a recovery code, None for neither.

    A code is good once: a step that was used, or lies before one that was, is refused.
    """
    factor = session.get(tables.factor, account.id)
    if factor is None:
        return None
    typed = "".join(code.split()).replace("-", "").lower()
    step = matching(vault.open(factor.sealed, where=_place(account)), typed, now=now)
    if step is not None:
        return "in" if _advance(session, tables, account, step) else None
    return "recovery" if _spend(session, tables, account, typed, keys=vault.keys, now=now) else None


def matching(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the time step, this or one beside it, whose code this is; None where it is of none."""
    current = int(now.timestamp()) // STEP
    totp = pyotp.TOTP(secret, interval=STEP)
    typed = "".join(code.split())
    near = (current, current - 1, current + 1)
    return next((step for step in near if _same(totp.at(step * STEP), typed)), None)


def left(session: Session, tables: Tables, account: AccountMixin) -> int:
    """Return how many recovery codes weren't used yet."""
    row = tables.recovery
    unused = select(func.count()).where(row.account_id == account.id, row.used_at.is_(None))
    return session.scalar(unused) or 0


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _advance(session: Session, tables: Tables, account: AccountMixin, step: int) -> bool:
    row = tables.factor
    later = update(row).where(row.account_id == account.id, row.last_step < step).values(last_step=step)
    return session.scalar(later.returning(row.account_id)) is not None


def _spend(
    session: Session, tables: Tables, account: AccountMixin, typed: str, *, keys: Keyring, now: datetime
) -> bool:
    row = tables.recovery
    unused = update(row).where(row.account_id == account.id, row.used_at.is_(None))
    spent = unused.where(row.digest == _digest(typed, account, keys)).values(used_at=now)
    return session.scalar(spent.returning(row.id)) is not None


def _recovery(session: Session, tables: Tables, account: AccountMixin, *, keys: Keyring) -> tuple[str, ...]:
    codes = [_code() for _n in range(RECOVERY_CODES)]
    rows = ({"account_id": account.id, "digest": _digest(code, account, keys)} for code in codes)
    session.add_all(tables.recovery(**row) for row in rows)
    session.flush()
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


def _code() -> str:
    return "".join(secrets.choice(LETTERS) for _n in range(10))


def _digest(code: str, account: AccountMixin, keys: Keyring) -> bytes:
    return hmac.digest(keys.raw(KEY), f"{account.id}\x00{code}".encode(), sha256)


def _place(account: AccountMixin) -> str:
    return f"second_factor.sealed:{account.id}"


def _drafted(account: AccountMixin) -> str:
    return f"second_factor.draft:{account.id}"
