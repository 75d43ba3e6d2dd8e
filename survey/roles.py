"""The roles of the independent side. None of them can both choose and ask, or both ask and score."""

REGISTRAR = "registrar"
DRAW_OFFICER = "draw_officer"
SUPERVISOR = "supervisor"
INTERVIEWER = "interviewer"
ASSESSOR = "assessor"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

NAMES = {
    REGISTRAR: "名册管理员",
    DRAW_OFFICER: "抽样官",
    SUPERVISOR: "督导",
    INTERVIEWER: "访问员",
    ASSESSOR: "评估员",
    AUDITOR: "审计员",
    ADMINISTRATOR: "管理员",
}
ROLES = frozenset(NAMES)
