"""A platform of our own that rings households for a field, and the desk that asks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from huying.base.phones import Vault
from huying.store.db import Database
from huying.telephony.http_dialler import HttpDialler
from huying.telephony.twilio_dialler import TwilioDialler
from huying.telephony.voice import WebRequest
from huying.testing.click_to_call import ClickToCall
from huying.testing.fake_twilio import FakeTwilio
from huying.testing.mischief import Mischief
from survey.fieldwork.operations import dialling
from survey.fieldwork.operations.dialling import DialDesk
from survey.fieldwork.queries import lines
from tests.conftest import NOW
from tests.huying.telephony.gateways import elsewhere

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


ACCOUNT, OURS = "AC" + "0" * 32, "+85212345678"


@contextmanager
def twilio(
    database: Database, vault: Vault, *, start: datetime = NOW
) -> Iterator[tuple[FakeTwilio, DialDesk]]:
    """Yield a provider that posts to the desk itself, its events repeated and shuffled, and the desk."""
    made: list[DialDesk] = []

    def post(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> tuple[int, str]:
        request = WebRequest(url, headers, {name: [value] for name, value in form.items()}, b"")
        what = urlsplit(url).path.rpartition("/")[2]
        dialling.hear(made[0], made[0].dialler.events(request, what=what))
        return 204, ""

    fake = FakeTwilio(ACCOUNT, KEY, post, Mischief(repeated=1.0, shuffled=True), now=int(NOW.timestamp()))
    with fake.serving() as address:
        client = partial(elsewhere, address)
        resolve, seat = lines.resolver(database, vault), "sip:{}@seats.example".format
        dialler = TwilioDialler(resolve, ACCOUNT, KEY, OURS, BASE, seat, make_client=client)
        made.append(DialDesk(database, vault, dialler, now=lambda: datetime.fromtimestamp(fake.now, UTC)))
        yield fake, made[0]
