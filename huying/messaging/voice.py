"""A message that is said: the telephone rings, and whoever answers hears it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from huying.messaging.carriers import ACCEPTED, UNKNOWN, Delivery, NoEvents, Sent, body
from huying.telephony.voice import NotServed, Placed, VoiceGateway

CALLED = "m."
"""How the identity of a call that says a message begins, so that its events find their way."""


@dataclass(frozen=True, slots=True)
class VoiceCarrier(NoEvents):
    """Says messages by the gateway that carries an installation's calls.

    `presses`: of the templates that somebody can take by a key, what is said of it.
    """

    gateway: VoiceGateway
    base_url: str
    name: str = "voice"
    presses: Mapping[str, str] = field(default_factory=dict)

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:
        """Have a number rung."""
        say = body(template, params)
        try:
            placed = self.gateway.announce(
                f"{CALLED}{identity}", number=number, say=say, base_url=self.base_url, **self._keys(template)
            )
        except NotServed:
            return Sent(Delivery.REFUSED, "not_served")
        return {Placed.ACCEPTED: ACCEPTED, Placed.UNKNOWN: UNKNOWN}.get(
            placed, Sent(Delivery.REFUSED, "refused")
        )

    def _keys(self, template: str) -> dict[str, str]:
        says = self.presses.get(template, "") if self.gateway.abilities.keys else ""
        return {"press": says} if says else {}
