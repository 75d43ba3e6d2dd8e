"""The port of a dialler: rings a household for an interviewer, and tells of it; no provider by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from huying.telephony.voice import Placed, WebRequest

ON_THE_WAY = ("requested", "queued", "initiated", "ringing", "in_progress")
"""Statuses of a call that isn't over, least to most."""
ENDS = ("completed", "busy", "no_answer", "failed", "canceled")
"""How a call ends; where a provider tells several ends of one call, the first of these holds."""
CAUSES = ("vacant", "undelivered", "off", "blocked", "ours")
"""Why a call failed: nobody has the number; no carrier delivers to it, or nobody has it; its telephone is
off; it is barred; the fault lies with us or whoever carries our calls."""
HEARD = ("human", "machine", "fax")
"""What answered, as far as a machine can tell."""
RING_S, LIMIT_S = 30, 900
MUTED, COACHING = "muted", "coaching"
TOO_MANY = "too_many"
"""Why a dial was refused that may be asked for again: nothing of it was processed."""
NOBODY_ASKED = frozenset({TOO_MANY, "unreached", "not_served"})

Resolve = Callable[[str], str]
"""Returns the number, E.164, that a reference stands for: the server alone knows it."""
Seat = Callable[[str], str]
"""Returns what rings on the table of the interviewer with a code: a number, an extension, an address."""


@dataclass(frozen=True, slots=True)
class DiallerAbilities:
    """What a dialler can do; pages and scripts follow it."""

    reveals_number: bool = False
    """The interviewer dials by hand, and so must see the number."""
    bridges: bool = False
    """Rings the interviewer and the household and joins them; no number reaches a page."""
    records: bool = False
    detects_machines: bool = False
    reports_events: bool = False
    listens: bool = False


@dataclass(frozen=True, slots=True)
class DialResult:
    """What is known of a dial that was asked for; `sid` is the provider's name for it, `reason` why not."""

    placed: Placed
    sid: str = ""
    reason: str = ""


UNKNOWN = DialResult(Placed.UNKNOWN)


def accepted(sid: str = "") -> DialResult:
    """Return that a dial was taken."""
    return DialResult(Placed.ACCEPTED, sid)


def refused(reason: str) -> DialResult:
    """Return that a dial was not taken, and won't ring."""
    return DialResult(Placed.REFUSED, reason=reason)


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """What a provider said of a dial. `key` is a repetition's too; `raw` is what came, as it came.

    `status` is one of ON_THE_WAY or ENDS; any other is kept and changes nothing. `cause` is one of CAUSES
    where a call failed, `heard` one of HEARD where somebody tells; both may be empty.
    """

    provider: str
    key: str
    dial_id: str
    status: str
    sid: str = ""
    cause: str = ""
    heard: str = ""
    raw: str = field(default="", repr=False)


class Dialler(Protocol):
    """Carries calls to households. Every adapter passes the same tests; none raises a provider's error."""

    @property
    def name(self) -> str:
        """What the dialler is called in addresses and records."""
        ...

    @property
    def abilities(self) -> DiallerAbilities:
        """What it can do."""
        ...

    def serves(self, number: str) -> bool:
        """Tell whether it may ring this number at all."""
        ...

    def dial(
        self,
        dial_id: str,
        *,
        number_ref: str,
        interviewer: str,
        ring_s: int = RING_S,
        limit_s: int = LIMIT_S,
    ) -> DialResult:
        """Ring the interviewer's telephone and the number, and join them; once, whatever comes back."""
        ...

    def hang_up(self, dial_id: str, *, sid: str) -> Placed:
        """End the call; one that is over stays over."""
        ...

    def start_recording(self, dial_id: str, *, sid: str) -> Placed:
        """Record from now on, once however often it is asked for. Only after the respondent's consent."""
        ...

    def stop_recording(self, dial_id: str, *, sid: str) -> Placed:
        """Record no longer."""
        ...

    def listen(self, dial_id: str, *, sid: str, supervisor: str, mode: str = MUTED) -> Placed:
        """Let a supervisor hear the call, MUTED or COACHING, where it can."""
        ...

    def reconcile(
        self, dial_id: str, *, number_ref: str, interviewer: str, since: datetime
    ) -> tuple[ProviderEvent, ...] | None:
        """Return what the provider knows of a dial whose answer was lost; nothing: it never arrived.

        None: it couldn't be asked. `since` is when the dial was asked for.
        """
        ...

    def events(self, request: WebRequest, *, what: str) -> tuple[ProviderEvent, ...]:
        """Return the events of a verified request to the address `what`; raise Forged for any other."""
        ...


def cause_of_sip(answer: str) -> str:
    """Return why a call failed by the SIP answer of the far end; empty where that says nothing."""
    if answer in {"404", "484", "604"}:
        return "vacant"
    if answer in {"408", "480"}:
        return "off"
    if answer in {"403", "603", "607"}:
        return "blocked"
    return "ours" if len(answer) == 3 and answer.startswith("5") else ""
