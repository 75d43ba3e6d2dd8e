"""What an installation says of its voice gateway: read once, checked before anything is served."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from huying.base.i18n import _

NAMES = ("none", "fake", "http", "twilio")


@dataclass(frozen=True, slots=True)
class Voice:
    """A gateway's settings: `number` is what callers dial, `operator` who takes what can't be led on."""

    gateway: str = "none"
    key: str = ""
    account: str = ""
    number: str = ""
    address: str = ""
    byoc: str = ""
    shared_key: str = ""
    operator: str = "12345"

    @property
    def places_calls(self) -> bool:
        """Whether a telephone can be made to ring; by `http` only where the platform's address is known."""
        return self.gateway in {"fake", "twilio"} or bool(self.gateway == "http" and self.address)

    def faults(self, *, prefix: str, demo: bool, region: str) -> list[str]:
        """Return what is wrong with these settings, each a sentence that says what to set."""
        name = f"{prefix}_VOICE"
        if self.gateway not in NAMES:
            return [_("%(name)s 只能是 none、http、twilio 之一。", name=name)]
        if self.gateway == "none":
            return []
        found = []
        if (self.gateway == "fake") != demo:
            found.append(_("%(name)s：演示只用 fake，正式使用不能用 fake。", name=name))
        if len(self.key) < 16:
            found.append(_("%(name)s_KEY 太短：至少 16 个字符。", name=name))
        if self.gateway == "twilio" and not (self.account and self.number):
            found.append(_("%(name)s_ACCOUNT 和 %(name)s_NUMBER 要一起设置。", name=name))
        if self.gateway == "twilio" and region == "CN" and not self.byoc:
            found.append(
                _(
                    "Twilio 自 2023 年 11 月 30 日起不再接通中国大陆号码："
                    "请换一家运营商，或设置 %(name)s_BYOC。",
                    name=name,
                )
            )
        return found


def read(own: Callable[[str, str], str], *, demo: bool, key: str) -> Voice:
    """Return the settings from variables `…_VOICE`, `…_VOICE_KEY` and so on; a demonstration has the fake."""
    return Voice(
        gateway=own("VOICE", "fake" if demo else "none"),
        key=own("VOICE_KEY", key if demo else ""),
        account=own("VOICE_ACCOUNT", ""),
        number=own("VOICE_NUMBER", ""),
        address=own("VOICE_ADDRESS", "").rstrip("/"),
        byoc=own("VOICE_BYOC", ""),
        shared_key=own("VOICE_SHARED_KEY", ""),
        operator=own("VOICE_OPERATOR", "12345"),
    )
