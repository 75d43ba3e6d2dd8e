"""A gateway for demonstrations and tests: no telephone, no network; what is placed is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from huying.telephony import signing
from huying.telephony.http import HttpGateway
from huying.telephony.voice import Abilities, CallEvent, CallStep, Forged, Placed, WebAnswer, WebRequest

BY_LAST_DIGITS = {"0001": "no_answer", "0002": "busy", "0003": "vacant", "0005": "failed"}
"""How a call to a number that ends so goes; any other is answered."""


def result_of(number: str) -> str:
    """Return how a call to a number ends, by its last digits."""
    return BY_LAST_DIGITS.get(number[-4:], "answered")


@dataclass(frozen=True, slots=True)
class FakeGateway:
    """Takes the events that a demonstration's page, or a test, makes up; signed like those of `http`."""

    key: str
    placed: list[tuple[str, str, str]] = field(default_factory=list)
    name: str = "fake"

    @property
    def abilities(self) -> Abilities:
        """Everything, in play."""
        return Abilities(answers=True, connects=True, keys=True)

    def reaches(self, number: str) -> bool:  # noqa: ARG002
        """In play everybody is reached."""
        return True

    def read(self, request: WebRequest, *, what: str) -> CallEvent:
        """Return the event of a signed body."""
        event = HttpGateway(self.key, name=self.name).read(request, what=what)
        if not event.caller.startswith("+999") and event.caller:
            raise Forged(signing.FORGED)  # nobody's real number in a demonstration
        return event

    def answer(self, step: CallStep | None, *, base_url: str) -> WebAnswer:
        """Return a step as JSON."""
        return HttpGateway(self.key).answer(step, base_url=base_url)

    def connect(self, identity: str, *, first: str, second: str, base_url: str) -> Placed:  # noqa: ARG002
        """Keep who would have been joined."""
        self.placed.append((identity, first, second))
        results = {result_of(first), result_of(second)}
        return Placed.REFUSED if "vacant" in results else Placed.ACCEPTED

    def announce(self, identity: str, *, number: str, say: str, base_url: str, press: str = "") -> Placed:  # noqa: ARG002
        """Keep who would have been rung, and what would have been said."""
        self.placed.append((identity, number, f"{say}{press}"))
        return Placed.REFUSED if result_of(number) == "vacant" else Placed.ACCEPTED


def said(step: WebAnswer) -> str:
    """Return what a caller hears of an answer."""
    return str(json.loads(step.body).get("say", ""))
