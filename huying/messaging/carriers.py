"""The port of a carrier: one message goes out, verified events come in; no provider by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from huying.base import assets
from huying.base.i18n import lazy
from huying.telephony.voice import Forged, WebRequest

DEAD = "9404"
"""How numbers end that nobody has in the fake carrier's network."""
LONGEST = 70
"""UTF-16 units of one short message in Chinese."""
NO_EVENTS = lazy("这个通道不发回执。")


class Delivery(Enum):
    """What is known of a message after the attempt to send it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    """Not processed: too many at once, or nobody there. It may be sent again."""
    UNKNOWN = "unknown"
    """The answer was lost: it may have gone out. Never sent again before somebody knows."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a message; `code` says why not, `reference` is what the carrier calls it."""

    delivery: Delivery
    code: str = ""
    reference: str = ""


ACCEPTED = Sent(Delivery.ACCEPTED)
UNKNOWN = Sent(Delivery.UNKNOWN)


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """What a carrier says later: `receipt` of a message, or somebody's `reply`; `key` is a repetition's too.

    `identity` is ours, `reference` the carrier's; `state` is sent, delivered or failed, empty for a status
    that nobody knows. `number` is E.164.
    """

    provider: str
    key: str
    kind: str
    identity: str = ""
    reference: str = ""
    state: str = ""
    code: str = ""
    number: str = ""
    text: str = ""


class Carrier(Protocol):
    """Takes messages to people. Every adapter passes the same tests."""

    @property
    def name(self) -> str:
        """What the carrier is called in addresses and records."""
        ...

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:
        """Send `template` filled with `params` to `number`; never raises a provider's error.

        `number` is E.164, the name of a chat group or an address of mail, as the channel has it.
        """
        ...

    def reconcile(
        self, identity: str, *, number: str, template: str, params: Mapping[str, str], since: datetime
    ) -> Sent | None:
        """Return what the carrier knows of a message whose answer was lost; None where it can't tell.

        `since` is when it was tried. LATER says that it never arrived.
        """
        ...

    def events(self, request: WebRequest, *, what: str) -> tuple[MessageEvent, ...]:
        """Return the verified events of a request to the address `what`; raise Forged for any other."""
        ...


class NoEvents:
    """The half of a carrier that is told nothing later."""

    def reconcile(
        self,
        identity: str,  # noqa: ARG002
        *,
        number: str,  # noqa: ARG002
        template: str,  # noqa: ARG002
        params: Mapping[str, str],  # noqa: ARG002
        since: datetime,  # noqa: ARG002
    ) -> Sent | None:
        """Know nothing."""
        return None

    def events(self, request: WebRequest, *, what: str) -> tuple[MessageEvent, ...]:  # noqa: ARG002
        """Refuse whatever claims to be an event."""
        raise Forged(NO_EVENTS)


def body(template: str, params: Mapping[str, str]) -> str:
    """Return the text of a message from `templates/messages/<template>.txt`."""
    folder = assets.folder("templates") / "messages"
    # Plain text to a telephone: nothing there would read an escape.
    environment = Environment(loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return environment.get_template(f"{template}.txt").render(params).strip()


@dataclass(frozen=True, slots=True)
class FakeCarrier(NoEvents):
    """Writes each message as a file into a folder; nothing leaves the machine."""

    folder: Path
    name: str = "fake"

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:
        """Write `<identity>.json` with number and text, unless nobody has the number."""
        if number.endswith(DEAD):
            return Sent(Delivery.REFUSED, "dead")
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"number": number, "text": body(template, params)}, ensure_ascii=False)
        (self.folder / f"{identity}.json").write_text(text, encoding="utf-8")
        return ACCEPTED

    def sent(self) -> list[dict[str, str]]:
        """Return all messages sent, the oldest first."""
        files = sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []
        return [json.loads(path.read_text(encoding="utf-8")) for path in files]
