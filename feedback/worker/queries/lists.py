"""Handed-in lists, read and opened."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.models import ListRow, WorkerList
from huying.base.phones import Vault


def number_of(row: ListRow, *, vault: Vault) -> str:
    """Return the number of a list's row, E.164."""
    return vault.open(row.sealed_number, where=f"worker_list_row.number:{row.code}")


def address_of(row: ListRow, *, vault: Vault) -> str:
    """Return the address of a list's row."""
    return vault.open(row.sealed_address, where=f"worker_list_row.address:{row.code}")


def of_worker(session: Session, worker_code: str) -> Sequence[WorkerList]:
    """Return the lists that a worker handed in, the latest first."""
    own = select(WorkerList).where(WorkerList.worker_code == worker_code)
    return session.scalars(own.order_by(WorkerList.id.desc())).all()
