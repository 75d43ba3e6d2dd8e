"""The port of a voice gateway: verified events come in, steps to carry out go back; no provider by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from huying.base.errors import Refused

LEG_RESULTS = ("answered", "no_answer", "busy", "vacant", "failed")
"""How a leg ended: `vacant` is a number that nobody has, `failed` says nothing of the number."""


class Forged(Refused):
    """A request that claims to be the provider's and isn't: nothing of it is stored."""

    status = 403


class NotServed(Refused):
    """A number that this gateway doesn't reach; refused before any network."""

    status = 503


class Placed(Enum):
    """What is known of a call after the attempt to place it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The answer was lost: it may ring. Never placed again."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a gateway can do; pages and prompts follow it."""

    answers: bool = False
    """Takes calls and lets us say what happens in them."""
    connects: bool = False
    """Rings two telephones and joins them, neither seeing the other's number."""
    keys: bool = False
    """Waits for a key from whoever is rung to be told something."""


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request as it arrived; `url` is made of the configured public address, never of what a proxy says."""

    url: str
    headers: Mapping[str, str]
    form: Mapping[str, Sequence[str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What happened in a call. `kind`: start, digits, leg, progress or end; `key` is a repetition's too.

    `caller` is E.164, empty where it is withheld. `leg` counts from 1, `result` is one of LEG_RESULTS.
    `identity` is that of a call which we asked for, empty for one that came in.
    """

    provider: str
    call: str
    kind: str
    key: str
    caller: str = ""
    digits: str = ""
    leg: int = 0
    result: str = ""
    identity: str = ""
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Gather:
    """Say something and wait for keys: up to `digits` of them, ended by # or by silence.

    `turn` comes back with the keys, so that the same keys twice are two words and a repetition is one.
    """

    say: str
    digits: int
    wait_s: int = 10
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Connect:
    """Say something, ring a number (E.164 or a short code) for a while, and join whoever answers."""

    say: str
    number: str
    leg: int
    ring_s: int = 25
    limit_s: int = 900


@dataclass(frozen=True, slots=True)
class HangUp:
    """Say something and end the call."""

    say: str


CallStep = Gather | Connect | HangUp


@dataclass(frozen=True, slots=True)
class WebAnswer:
    """What goes back to the provider: a body in its own language."""

    body: str
    content_type: str


class VoiceGateway(Protocol):
    """Carries calls. Every adapter passes the same tests."""

    @property
    def name(self) -> str:
        """What the gateway is called in addresses and records."""
        ...

    @property
    def abilities(self) -> Abilities:
        """What it can do."""
        ...

    def reaches(self, number: str) -> bool:
        """Tell whether it can ring this number at all."""
        ...

    def read(self, request: WebRequest, *, what: str) -> CallEvent:
        """Return the verified event of a request to the address `what`; raise Forged for any other."""
        ...

    def answer(self, step: CallStep | None, *, base_url: str) -> WebAnswer:
        """Return what the provider has to be told: the next step, or nothing more."""
        ...

    def connect(self, identity: str, *, first: str, second: str, base_url: str) -> Placed:
        """Ring `first`, then `second`, and join them; `identity` comes back in events. Never raises.

        Only NotServed is raised, before any network.
        """
        ...

    def announce(self, identity: str, *, number: str, say: str, base_url: str, press: str = "") -> Placed:
        """Ring a number and say something to whoever answers; as `connect` otherwise.

        `press` says which key does what; a gateway without keys leaves it out.
        """
        ...
