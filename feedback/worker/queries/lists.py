"""Handed-in lists, read and opened."""

from __future__ import annotations

from feedback.models import ListRow
from huying.base.phones import Vault


def number_of(row: ListRow, *, vault: Vault) -> str:
    """Return the number of a list's row, E.164."""
    return vault.open(row.sealed_number, where=f"worker_list_row.number:{row.code}")


def address_of(row: ListRow, *, vault: Vault) -> str:
    """Return the address of a list's row."""
    return vault.open(row.sealed_address, where=f"worker_list_row.address:{row.code}")
