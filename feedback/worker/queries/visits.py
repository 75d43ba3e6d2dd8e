"""Visits, read and opened."""

from __future__ import annotations

from feedback.models import Visit
from huying.base.phones import Vault


def number_of(visit: Visit, *, vault: Vault) -> str:
    """Return the number of who was visited, E.164; empty where none was given."""
    if visit.sealed_number is None:
        return ""
    return vault.open(visit.sealed_number, where=seal_context(visit.code, "number"))


def address_of(visit: Visit, *, vault: Vault) -> str:
    """Return where the visit was; empty where it wasn't said."""
    if visit.sealed_address is None:
        return ""
    return vault.open(visit.sealed_address, where=seal_context(visit.code, "address"))


def seal_context(code: str, column: str) -> str:
    """Return what a column of a visit is sealed for."""
    return f"visit.{column}:{code}"
