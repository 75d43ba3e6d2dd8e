"""How long what a deposit carried is kept here."""

from __future__ import annotations

from datetime import timedelta

VISITS_KEPT = timedelta(days=30)
"""How long after its deposit a visit keeps the number and the address here."""
