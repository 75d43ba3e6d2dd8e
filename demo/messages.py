"""Sending what the demo's public side has to say: a fake carrier writes files, nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Callable

from demo.place import Place
from feedback.operations.invitations import send_queued
from huying import clock
from huying.db import Database
from huying.messaging.carriers import FakeCarrier
from huying.phones import Vault


def sender(place: Place) -> Callable[[], object]:
    """Return what sends all queued messages when called."""
    settings = place.public()
    database = Database(settings.database_url)
    carrier = FakeCarrier(settings.data / "messages" / "public")

    def send() -> int:
        return send_queued(
            database, carrier=carrier, base_url=settings.base_url, vault=Vault(settings.keys), now=clock.now()
        )

    return send
