"""What somebody typed and sent after their session was over: kept sealed for half a day, and offered back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from huying.accounts.tables import AccountMixin, Tables
from huying.base.phones import Vault

KEPT = timedelta(hours=12)
LONGEST = 200_000
"""Characters that are kept at most; a longer form comes from no hand."""
NEVER = frozenset({"csrf_token", "password", "present"})
"""Fields that are nobody's text."""
A_CODE = re.compile(r"[A-Za-z0-9_.:+-]*")


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form as it was sent: to which address, and its fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def texts(self) -> list[str]:
        """What a person wrote, as far as can be told: words, not choices, marks or numbers of rows."""
        return [value for _name, value in self.fields if not A_CODE.fullmatch(value.strip())]


def form_of(path: str, fields: Iterable[tuple[str, str]]) -> SentForm | None:
    """Return what is worth keeping of a form; None where there is nothing, or too much."""
    kept = tuple((name, value) for name, value in fields if name not in NEVER and value)
    length = sum(len(name) + len(value) for name, value in kept)
    return SentForm(path, kept) if 0 < length <= LONGEST else None


def keep(
    session: Session, tables: Tables, account_id: int, form: SentForm, *, vault: Vault, now: datetime
) -> None:
    """Keep a form for an account, in place of an earlier one; what is too old goes, whosever it was."""
    model = tables.unsent
    session.execute(delete(model).where(model.at < now - KEPT))
    if session.get(tables.account, account_id) is None:
        return
    row = session.get(model, account_id) or model()
    row.account_id = account_id
    row.sealed = vault.seal(json.dumps([form.path, form.fields]), where=_where(account_id))
    row.at, row.offered_at = now, None
    session.add(row)
    session.flush()


def waits(session: Session, tables: Tables, account: AccountMixin, *, now: datetime) -> bool:
    """Tell whether a form waits for this account that it wasn't offered yet."""
    row = session.get(tables.unsent, account.id)
    return row is not None and row.offered_at is None and row.at >= now - KEPT


def find(
    session: Session, tables: Tables, account: AccountMixin, *, vault: Vault, now: datetime
) -> SentForm | None:
    """Return the form that is kept for an account."""
    row = session.get(tables.unsent, account.id)
    if row is None or row.at < now - KEPT:
        return None
    path, fields = json.loads(vault.open(row.sealed, where=_where(account.id)))
    return SentForm(path, tuple((name, value) for name, value in fields))


def note_offered(session: Session, tables: Tables, account: AccountMixin, *, now: datetime) -> None:
    """Note that a form was shown: from now on it waits on its page, and is in nobody's way."""
    row = session.get(tables.unsent, account.id)
    if row is not None:
        row.offered_at = now
        session.flush()


def drop(session: Session, tables: Tables, account: AccountMixin) -> None:
    """Forget the form that is kept for an account."""
    session.execute(delete(tables.unsent).where(tables.unsent.account_id == account.id))


def _where(account_id: int) -> str:
    return f"unsent_form.sealed:{account_id}"
