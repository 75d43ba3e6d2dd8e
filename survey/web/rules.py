"""What an account of the independent side is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.roles import INTERVIEWER

CODE = re.compile(r"[0-9A-Za-z._-]{1,16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """Somebody's account: one role; an interviewer has the `code` that is told on the phone."""

    login: str
    name: str
    role: str
    code: str | None = None

    def __post_init__(self) -> None:
        if self.role == INTERVIEWER and not self.code:
            raise Invalid(_("访问员要有工号。"))
        if self.code and not CODE.fullmatch(self.code):
            raise Invalid(_("工号是至多 16 位字母、数字。"))
