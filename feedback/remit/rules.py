"""What a worker can and can't do, line by line."""

from __future__ import annotations

from dataclasses import dataclass

from huying.base.i18n import mark

LONGEST = 80


MOST = 12
"""Lines that a page has room for."""


@dataclass(frozen=True, slots=True)
class PowerLine:
    """One line of the list: what can, or can't, be done, and who does it instead, with a number.

    `grid_type` is the kind of grid whose list it stands on, empty for all kinds.
    """

    kind: str
    text: str
    instead: str = ""
    number: str = ""
    grid_type: str = ""


SEED = (
    PowerLine("can", mark("登记您的问题并上报")),
    PowerLine("can", mark("替您联系部门，告诉您进展")),
    PowerLine("can", mark("上门看望有困难的老人")),
    PowerLine("can", mark("告诉您去哪里办、带什么")),
    PowerLine("cannot", mark("罚款或收费"), instead=mark("找执法部门")),
    PowerLine("cannot", mark("要验证码、密码、转账"), instead=mark("要了就打 12345")),
    PowerLine("cannot", mark("代替部门办结"), instead=mark("部门逾期算部门的")),
)
"""What holds everywhere until a city enters its own list."""
