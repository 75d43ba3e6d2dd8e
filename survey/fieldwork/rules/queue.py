"""The order in which waiting cases are offered: appointments, interviews to go on with, then the others."""

from __future__ import annotations

from datetime import timedelta

PUNCTUAL = timedelta(minutes=10)
"""How near to its time an appointment goes before everything else."""
APPOINTED, PARTIAL, ORDINARY = 1, 2, 3
"""Classes of a waiting case."""
