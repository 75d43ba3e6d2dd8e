"""What checking a number by another source can find."""

from __future__ import annotations

from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _, lazy

RESULTS = {
    "true": lazy("号码是这一户的"),
    "false": lazy("号码不是这一户的，或是空号"),
    "unknown": lazy("查不清"),
}


@dataclass(frozen=True, slots=True)
class ControlFinding:
    """What was found of a household's number, and by which source."""

    result: str
    source: str

    def __post_init__(self) -> None:
        if self.result not in RESULTS:
            raise Invalid(_("请选择核对的结果。"))
        if not self.source.strip():
            raise Invalid(_("请写明是怎样核对的。"))
