"""The roles of the public side's accounts, and the office that answers for what nobody holds."""

from typing import Final

from huying.base.i18n import lazy

WORKER = "worker"
GRID_LEADER = "grid_leader"
DEPARTMENT_OFFICER = "department_officer"
COORDINATOR = "coordinator"
GRID_OFFICE = "grid_office"
POSTER_KEEPER = "poster_keeper"
OPERATOR = "operator"
REVIEWER = "reviewer"
ADMINISTRATOR = "administrator"

NAMES = {
    WORKER: lazy("网格员"),
    GRID_LEADER: lazy("网格长"),
    DEPARTMENT_OFFICER: lazy("部门经办人"),
    COORDINATOR: lazy("协调员"),
    GRID_OFFICE: lazy("网格办"),
    POSTER_KEEPER: lazy("海报管理员"),
    OPERATOR: lazy("话务员"),
    REVIEWER: lazy("复核员"),
    ADMINISTRATOR: lazy("管理员"),
}
ROLES = frozenset(NAMES)

OFFICE: Final = "unit"
"""The assigning office 派单单位 as the holder of a case, or who did something to it.

The word is what databases, deposits and ledgers hold: there it stays, though nothing else is called so.
"""

COORDINATION_CODE, DISTRICT_CODE, REMIT_KEEPER_CODE = "coordination", "district", "grid_office"
OFFICES = {
    COORDINATION_CODE: lazy("协调办公室"),
    DISTRICT_CODE: lazy("区级兜底单位"),
    REMIT_KEEPER_CODE: lazy("权责清单管理单位"),
}
"""Offices that hold cases, or hours, like departments and that nobody can whistle to, by code."""
