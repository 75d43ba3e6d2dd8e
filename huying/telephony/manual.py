"""Dialling by hand: no provider, so the interviewer sees the number and says by a key how the call went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from huying.base.i18n import lazy
from huying.telephony.dialler import (
    LIMIT_S,
    MUTED,
    RING_S,
    DiallerAbilities,
    DialResult,
    ProviderEvent,
    accepted,
)
from huying.telephony.voice import Forged, Placed, WebRequest

NO_EVENTS = lazy("手工拨号没有运营商的事件。")
KEYS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "answered": ("in_progress", "", ""),
        "no_answer": ("no_answer", "", ""),
        "busy": ("busy", "", ""),
        "vacant": ("failed", "vacant", ""),
        "suspended": ("failed", "vacant", ""),
        "off": ("failed", "off", ""),
        "blocked": ("failed", "blocked", ""),
        "machine": ("completed", "", "machine"),
    }
)
"""What an interviewer says of a call, as status, cause and what answered.

空号 is `vacant`, 停机 `suspended`, 关机 `off`.
"""


def pressed(dial_id: str, key: str) -> ProviderEvent:
    """Return what a key of the interviewer says of a dial."""
    status, cause, heard = KEYS[key]
    return ProviderEvent("manual", f"{dial_id}/{key}", dial_id, status, cause=cause, heard=heard)


@dataclass(frozen=True, slots=True)
class ManualDialler:
    """The interviewer's own telephone."""

    name: str = "manual"

    @property
    def abilities(self) -> DiallerAbilities:
        """Shows the number, and nothing else."""
        return DiallerAbilities(reveals_number=True)

    def serves(self, number: str) -> bool:  # noqa: ARG002
        """Any telephone can be dialled by hand."""
        return True

    def dial(
        self,
        dial_id: str,  # noqa: ARG002
        *,
        number_ref: str,  # noqa: ARG002
        interviewer: str,  # noqa: ARG002
        ring_s: int = RING_S,  # noqa: ARG002
        limit_s: int = LIMIT_S,  # noqa: ARG002
    ) -> DialResult:
        """Leave it to the interviewer."""
        return accepted()

    def hang_up(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Leave it to the interviewer."""
        return Placed.ACCEPTED

    def start_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Record nothing."""
        return Placed.REFUSED

    def stop_recording(self, dial_id: str, *, sid: str) -> Placed:  # noqa: ARG002
        """Record nothing, as before."""
        return Placed.ACCEPTED

    def listen(self, dial_id: str, *, sid: str, supervisor: str, mode: str = MUTED) -> Placed:  # noqa: ARG002
        """Hear nothing."""
        return Placed.REFUSED

    def reconcile(
        self,
        dial_id: str,  # noqa: ARG002
        *,
        number_ref: str,  # noqa: ARG002
        interviewer: str,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
    ) -> tuple[ProviderEvent, ...] | None:
        """Know nothing: only the interviewer does."""
        return None

    def events(self, request: WebRequest, *, what: str) -> tuple[ProviderEvent, ...]:  # noqa: ARG002
        """Refuse whatever claims to be an event."""
        raise Forged(NO_EVENTS)
