"""What checking a number by another source can find."""

from __future__ import annotations

from huying.base.i18n import lazy

RESULTS = {
    "true": lazy("号码是这一户的"),
    "false": lazy("号码不是这一户的，或是空号"),
    "unknown": lazy("查不清"),
}
