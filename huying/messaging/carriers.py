"""Carriers: what takes a message to a telephone. The fake one, for demonstrations and tests, keeps files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from huying.base import assets

DEAD = "9404"
"""How numbers end that nobody has in the fake carrier's network."""
LONGEST = 70
"""UTF-16 units of one short message in Chinese."""


class Delivery(Enum):
    """What is known of a message after the attempt to send it."""

    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Carrier(Protocol):
    """Sends one message; never raises a provider's error."""

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Delivery:
        """Send `template` filled with `params` to `number` (E.164)."""
        ...


def body(template: str, params: Mapping[str, str]) -> str:
    """Return the text of a message from `templates/messages/<template>.txt`."""
    folder = assets.folder("templates") / "messages"
    # Plain text to a telephone: nothing there would read an escape.
    environment = Environment(loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return environment.get_template(f"{template}.txt").render(params).strip()


@dataclass(frozen=True, slots=True)
class FakeCarrier:
    """Writes each message as a file into a folder; nothing leaves the machine."""

    folder: Path

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Delivery:
        """Write `<identity>.json` with number and text, unless nobody has the number."""
        if number.endswith(DEAD):
            return Delivery.FAILED
        self.folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"number": number, "text": body(template, params)}, ensure_ascii=False)
        (self.folder / f"{int(identity):08d}.json").write_text(text, encoding="utf-8")
        return Delivery.SENT

    def sent(self) -> list[dict[str, str]]:
        """Return all messages sent, the oldest first."""
        files = sorted(self.folder.glob("*.json")) if self.folder.is_dir() else []
        return [json.loads(path.read_text(encoding="utf-8")) for path in files]
