"""How far the signed-in account sees, and who of several roles it is."""

from __future__ import annotations

from flask_login import current_user

from feedback.oversight.queries.cases import Overseer
from feedback.roles import COORDINATOR, DEPARTMENT_OFFICER, DISTRICT_CODE, GRID_OFFICE
from huying.base.errors import NotFound
from huying.base.i18n import _

WHOLE = (GRID_OFFICE, COORDINATOR, DEPARTMENT_OFFICER)
"""Who may come: of the departments' officers the district's alone."""


def overseer() -> Overseer:
    """Return how far the account sees; raise NotFound for a department that isn't the district's office."""
    if current_user.role == DEPARTMENT_OFFICER and current_user.department_code != DISTRICT_CODE:
        raise NotFound(_("没有这个页面。"))
    area = current_user.area_code
    return Overseer(area, sees_unplaced=area is None or current_user.role == COORDINATOR)


def knows_names() -> bool:
    """Tell whether the account may see who is on duty by full name: whoever staffs the grids does."""
    return bool(current_user.role == GRID_OFFICE)
