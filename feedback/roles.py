"""The roles of the public side."""

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
    WORKER: "网格员",
    GRID_LEADER: "网格长",
    DEPARTMENT_OFFICER: "部门经办人",
    COORDINATOR: "协调员",
    GRID_OFFICE: "网格办",
    POSTER_KEEPER: "海报管理员",
    OPERATOR: "话务员",
    REVIEWER: "复核员",
    ADMINISTRATOR: "管理员",
}
ROLES = frozenset(NAMES)
