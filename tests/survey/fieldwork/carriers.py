"""A platform of our own that rings households for a field, and the desk that asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from huying.base.phones import Vault
from huying.store.db import Database
from huying.telephony.http_dialler import HttpDialler
from huying.telephony.voice import WebRequest
from huying.testing.click_to_call import ClickToCall
from survey.fieldwork.operations import dialling
from survey.fieldwork.operations.dialling import DialDesk
from survey.fieldwork.queries import lines
from tests.conftest import NOW

KEY = "k" * 32
BASE = "https://cp.example.cn"


@dataclass
class Carrier:
    """The platform's clock is the field's; its events wait until they are delivered, or go to `posts`."""

    database: Database
    vault: Vault
    can: frozenset[str] = frozenset({"record"})
    at: datetime = NOW
    waits: list[float] = field(default_factory=list)
    told: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.platform = ClickToCall(KEY, post=self._hold)
        resolve = lines.resolver(self.database, self.vault)
        made = HttpDialler(resolve, KEY, "https://platform.example", BASE, self.can, send=self.platform.take)
        self.desk = DialDesk(self.database, self.vault, made, True, lambda: self.at, self.waits.append)

    def _hold(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.told.append((url, body, headers))
        return 204

    @property
    def only(self) -> str:
        """The one call that it was asked for."""
        (ulid,) = self.platform.dials
        return ulid

    def passes(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at

    def delivers(self) -> None:
        """Bring the events that wait, one after the other."""
        told, self.told = self.told, []
        for url, body, headers in told:
            request = WebRequest(url, headers, {}, body)
            dialling.hear(self.desk, self.desk.dialler.events(request, what="status"))
