"""The small town with carriers of every kind: what goes out, through whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from feedback.contacts import operations as contact_numbers
from feedback.messages import Linking
from feedback.models import OutboxMessage
from feedback.notices.operations import replies, telling
from feedback.notices.queries.recipients import Ways
from huying.messaging import sending
from huying.messaging.carriers import ACCEPTED, MessageEvent, NoEvents, body
from tests.feedback.town import Town

LEADER = "+99913900009"
BASE = "https://hy.example.cn"
MAIL = "office@example.cn"
ALL = Ways(frozenset({"sms", "chat", "mail", "voice"}), frozenset({"office", "water"}), {"office": MAIL})
WITHOUT_VOICE = Ways(frozenset({"sms", "chat"}), frozenset({"office"}))


@dataclass
class Heard(NoEvents):
    """Keeps whom it told what, by which channel, when."""

    channel: str
    told: list[tuple[str, str, str]] = field(default_factory=list)
    name: str = "heard"

    def send(self, identity, *, number, template, params):
        self.told.append((self.channel, number, body(template, params)))
        return ACCEPTED


@dataclass
class Telling:
    """A town in which somebody works in the background."""

    town: Town
    means: Ways = ALL
    told: list[tuple[str, str, str]] = field(default_factory=list)

    def round(self, at: datetime) -> list[tuple[str, str, str]]:
        """Do what is due; return what went out: channel, to whom, words."""
        with self.town.database.transaction() as session:
            telling.tell(session, means=self.means, vault=self.town.vault, now=at)
        before = len(self.told)
        carriers = {
            channel: Linking(Heard(channel, self.told), BASE, self.town.vault, self.town.database)
            for channel in self.means.channels
        }
        post = sending.Mailroom(self.town.database, OutboxMessage, carriers, self.town.vault, replies.stopped)
        sending.drain(post, now=at)
        return self.told[before:]

    def hear(self, number: str, text: str, *, at: datetime, key: str = "") -> bool:
        """Let somebody write back."""
        event = MessageEvent("http", key or f"{number}/{text}/{at}", "reply", number=number, text=text)
        with self.town.database.transaction() as session:
            return replies.take(
                session, event, vault=self.town.vault, region="CN", allowed="invented", now=at
            )

    def lead(self) -> None:
        """Give the community a grid leader."""
        with self.town.database.transaction() as session:
            contact_numbers.set_office(
                session,
                area_code="M",
                position=2,
                name="网格长",
                number=LEADER,
                vault=self.town.vault,
                verified_at=self.town.now,
                leader=True,
            )
