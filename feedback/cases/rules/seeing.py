"""Who works on a case now: they alone see its photos, and the words that contested the round before."""

from __future__ import annotations

from dataclasses import dataclass

from feedback.cases.rules.lifecycle import COORDINATION, department
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, GRID_LEADER, OFFICE, WORKER


@dataclass(frozen=True, slots=True)
class Viewer:
    """An account as far as it may hold cases: `grids` are those of its area, None for all."""

    role: str
    worker_code: str | None = None
    department_code: str | None = None
    grids: frozenset[str] | None = None


def holds(viewer: Viewer, *, holder: str, worker_code: str | None, grid_code: str | None) -> bool:
    """Tell whether an account works on a case that this holder keeps, of this worker and grid."""
    if viewer.role == WORKER:
        return holder == "worker" and worker_code is not None and viewer.worker_code == worker_code
    if viewer.role == DEPARTMENT_OFFICER:
        return viewer.department_code is not None and holder == department(viewer.department_code)
    inside = viewer.grids is None or grid_code in viewer.grids
    return inside and holder == {GRID_LEADER: OFFICE, COORDINATOR: COORDINATION}.get(viewer.role)


def may_call(viewer: Viewer, *, state: str) -> bool:
    """Tell whether an account that has a case sees the resident's number: a department, once it took it up."""
    return viewer.role != DEPARTMENT_OFFICER or state not in {"registered", "whistled"}
