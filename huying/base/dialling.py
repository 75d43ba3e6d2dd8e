"""What an installation says of its dialler: read once, checked before anything is served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from huying.base.channels import SHORTEST_KEY, is_safe
from huying.base.i18n import _

DIALLERS = ("manual", "fake", "http", "twilio")
CAN = ("record", "listen", "detect")
EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class DiallerSettings:
    """A dialler's settings. `seats`: what rings on whose table, by interviewer's code; `*` is everybody else.

    `{code}` in it stands for the code. Calls are recorded, after consent, where `recording_days` says for how
    long whoever keeps the recordings keeps them: that is what respondents are told.
    """

    dialler: str = "manual"
    key: str = field(default="", repr=False)
    address: str = ""
    account: str = ""
    number: str = ""
    byoc: str = ""
    shared_key: str = field(default="", repr=False)
    can: tuple[str, ...] = ()
    recording_days: int = 0
    seats: Mapping[str, str] = field(default_factory=dict)

    def seat(self, code: str) -> str:
        """Return what rings on the table of the interviewer with this code."""
        return self.seats.get(code, self.seats.get(EVERYBODY, "{code}")).replace("{code}", code)

    def faults(self, *, prefix: str, demo: bool, region: str) -> list[str]:
        """Return what is wrong with these settings, each a sentence that says what to set."""
        name = f"{prefix}_DIALLER"
        if self.dialler not in DIALLERS:
            return [_("%(name)s 只能是 manual、http、twilio 之一。", name=name)]
        if self.dialler == "manual":
            return []
        found = []
        if (self.dialler == "fake") != demo:
            found.append(_("%(name)s：演示只用 manual 或 fake，正式使用不能用 fake。", name=name))
        if len(self.key) < SHORTEST_KEY:
            found.append(_("%(name)s_KEY 太短：至少 16 个字符。", name=name))
        if self.dialler == "http" and not is_safe(self.address):
            found.append(_("%(name)s_ADDRESS 必须以 https:// 开头。", name=name))
        if unknown := [each for each in self.can if each not in CAN]:
            found.append(
                _("%(name)s_CAN 只能有 record、listen、detect，没有 %(word)s。", name=name, word=unknown[0])
            )
        return [*found, *self._twilio_faults(name, region=region)]

    def _twilio_faults(self, name: str, *, region: str) -> list[str]:
        if self.dialler != "twilio":
            return []
        found = []
        if not (self.account and self.number):
            found.append(_("%(name)s_ACCOUNT 和 %(name)s_NUMBER 要一起设置。", name=name))
        if not self.seats:
            found.append(_("%(name)s_SEATS 没有设置：每个访问员用哪一部话机，例如 801=+852…。", name=name))
        if region == "CN" and not self.byoc:
            found.append(
                _(
                    "Twilio 自 2023 年 11 月 30 日起不再接通中国大陆号码："
                    "请换一家运营商，或设置 %(name)s_BYOC。",
                    name=name,
                )
            )
        return found


def read(own: Callable[[str, str], str], *, demo: bool, key: str) -> DiallerSettings:
    """Return the settings from variables `…_DIALLER`, `…_DIALLER_KEY` and so on; by hand unless told."""
    pairs = (each.partition("=") for each in own("DIALLER_SEATS", "").split())
    return DiallerSettings(
        dialler=own("DIALLER", "manual"),
        key=own("DIALLER_KEY", key if demo else ""),
        address=own("DIALLER_ADDRESS", "").rstrip("/"),
        account=own("DIALLER_ACCOUNT", ""),
        number=own("DIALLER_NUMBER", ""),
        byoc=own("DIALLER_BYOC", ""),
        shared_key=own("DIALLER_SHARED_KEY", ""),
        can=tuple(own("DIALLER_CAN", "").split()),
        recording_days=_days(own("DIALLER_RECORDING_DAYS", "")),
        seats={code: seat for code, _equals, seat in pairs},
    )


def _days(text: str) -> int:
    """Return a number of days; what is none records nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
