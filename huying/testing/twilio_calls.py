"""Calls as the fake knows them: what happens in one, and when, by the last digits of whom it rings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

Step = tuple[int, str, str]
"""At which second which event, and the status from then on."""
ANSWERED_AFTER, RINGS_FOR, TALKS_FOR, GREETS_FOR = 4, 30, 60, 8


@dataclass
class FakeRecording:
    """A recording, from its beginning on."""

    sid: str
    channels: str
    status: str = "in-progress"


@dataclass
class FakeCall:
    """A call as the provider knows it; `steps` are what is to happen, `cut` when somebody hung up."""

    sid: str
    to: str
    caller: str
    direction: str
    status: str = "queued"
    sip: str = ""
    error: str = ""
    answered_by: str = ""
    parent: str = ""
    callback: str = ""
    subscribed: tuple[str, ...] = ()
    markup: str = ""
    began: int = 0
    steps: list[Step] = field(default_factory=list)
    recordings: list[FakeRecording] = field(default_factory=list)

    def status_at(self, now: int) -> str:
        """Return the status at a second; that of a call without steps stands as it is."""
        passed = [status for at, _event, status in self.steps if at <= now]
        return passed[-1] if passed else ("queued" if self.steps else self.status)

    def public(self, account: str, now: int) -> dict[str, Any]:
        """Return what the API tells of it."""
        return {
            "sid": self.sid,
            "account_sid": account,
            "to": self.to,
            "from": self.caller,
            "direction": self.direction,
            "status": self.status_at(now),
            "parent_call_sid": self.parent or None,
            "answered_by": self.answered_by or None,
            "start_time": format_datetime(datetime.fromtimestamp(self.began, UTC)),
        }

    def end(self, now: int) -> None:
        """End the call now, unless it has ended."""
        if self.steps and self.status_at(now) not in {"completed", "busy", "no-answer", "failed", "canceled"}:
            talked = any(event == "answered" and at <= now for at, event, _status in self.steps)
            done = [step for step in self.steps if step[0] <= now]
            self.steps = [*done, (now, "completed", "completed" if talked else "canceled")]


@dataclass(frozen=True)
class Leg:
    """A number that markup dials, and who is told of it."""

    number: str
    caller: str
    callback: str
    subscribed: tuple[str, ...]
    rings_for: int
    detects: bool


def dialled(markup: str) -> Leg | None:
    """Return the number that markup dials, where somebody is to be told of it."""
    dial = ElementTree.fromstring(markup).find("Dial") if markup else None  # noqa: S314  (our own markup)
    number = dial.find("Number") if dial is not None else None
    if dial is None or number is None or "statusCallback" not in number.attrib:
        return None
    return Leg(
        (number.text or "").strip(),
        dial.get("callerId", ""),
        number.attrib["statusCallback"],
        tuple(number.get("statusCallbackEvent", "completed").split()),
        int(dial.get("timeout", RINGS_FOR)),
        "machineDetection" in number.attrib,
    )


def script(outcome: str, start: int, *, rings_for: int = RINGS_FOR, talks_for: int = TALKS_FOR) -> list[Step]:
    """Return what happens in a call that begins at a second; an outcome may carry a code after a stroke."""
    kind = outcome.partition("/")[0]
    steps = [(start, "initiated", "initiated"), (start + 1, "ringing", "ringing")]
    if kind in {"answered", "machine"}:
        answered = start + ANSWERED_AFTER
        ends = answered + (GREETS_FOR if kind == "machine" else talks_for)
        return [*steps, (answered, "answered", "in-progress"), (ends, "completed", "completed")]
    ends = start + (rings_for if kind == "no-answer" else 2)
    return [*steps, (ends, "completed", kind)]


def codes(outcome: str) -> Mapping[str, str]:
    """Return the SIP answer, or the provider's code, with which a call of this outcome fails."""
    kind, _stroke, code = outcome.partition("/")
    if kind != "failed":
        return {}
    return {"error": code} if len(code) > 3 else {"sip": code or "404"}
