"""Who sees a case's photos and the words that contested the round before: who has it on the desk now."""

from __future__ import annotations

from dataclasses import dataclass

from feedback.cases.rules.lifecycle import COORDINATION, department
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, GRID_LEADER, OFFICE, WORKER

OFFICES = {GRID_LEADER: OFFICE, COORDINATOR: COORDINATION}


@dataclass(frozen=True, slots=True)
class Viewer:
    """An account as far as it may hold cases: `grids` are those of its area, None for all."""

    role: str
    worker_code: str | None = None
    department_code: str | None = None
    grids: frozenset[str] | None = None


def sits_at(viewer: Viewer, desk: str | None, *, worker_code: str | None, grid_code: str | None) -> bool:
    """Tell whether an account sits at the desk that a case is on, of this worker and grid.

    That desk is whoever stands in, where the keeper has no account. A coordinator also has what has no place.
    """
    if viewer.role == WORKER:
        return desk == "worker" and worker_code is not None and viewer.worker_code == worker_code
    if viewer.role == DEPARTMENT_OFFICER:
        return viewer.department_code is not None and desk == department(viewer.department_code)
    nowhere = viewer.role == COORDINATOR and grid_code is None
    inside = nowhere or viewer.grids is None or grid_code in viewer.grids
    return inside and desk is not None and desk == OFFICES.get(viewer.role)


def may_call(viewer: Viewer, *, state: str) -> bool:
    """Tell whether who has a case sees the resident's number: a department, once it took the case up."""
    return viewer.role != DEPARTMENT_OFFICER or state not in {"registered", "whistled"}
