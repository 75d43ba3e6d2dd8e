"""An account as an administrator orders it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountRequest:
    """Who is invited, in which role, and where they work: a worker, a department or an area, by code."""

    login: str
    name: str
    role: str
    worker_code: str | None = None
    department_code: str | None = None
    area_code: str | None = None
