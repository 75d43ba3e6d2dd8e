"""The roles of the independent side. None of them can both choose and ask, or both ask and score."""

from huying.base.i18n import lazy

REGISTRAR = "registrar"
DRAW_OFFICER = "draw_officer"
SUPERVISOR = "supervisor"
INTERVIEWER = "interviewer"
ASSESSOR = "assessor"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

NAMES = {
    REGISTRAR: lazy("名册管理员"),
    DRAW_OFFICER: lazy("抽样官"),
    SUPERVISOR: lazy("督导"),
    INTERVIEWER: lazy("访问员"),
    ASSESSOR: lazy("评估员"),
    AUDITOR: lazy("审计员"),
    ADMINISTRATOR: lazy("管理员"),
}
ROLES = frozenset(NAMES)
