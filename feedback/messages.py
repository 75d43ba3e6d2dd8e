"""Messages of the public side as they leave: link, day, place and matter are written in at the last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feedback import tokens
from feedback.cases.operations import receipts
from feedback.cases.rules import codes, proofs
from feedback.cases.rules.invitations import TEMPLATE
from feedback.codes import print_receipt
from feedback.models import OutboxMessage
from feedback.notices import rules
from feedback.notices.operations import replies
from feedback.notices.queries import facts
from feedback.reach import rules as pinging
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.messaging import sending
from huying.messaging.carriers import Carrier, Delivery, MessageEvent, Sent
from huying.store.db import Database
from huying.store.installation import Installation
from huying.telephony.voice import WebRequest


@dataclass(frozen=True, slots=True)
class Linking:
    """A carrier that writes the link into its message as it is sent: the database holds no link."""

    carrier: Carrier
    base_url: str
    vault: Vault
    database: Database

    @classmethod
    def at(cls, carrier: Carrier, installation: Installation) -> Linking:
        """Return the carrier with the links of an installation."""
        return cls(carrier, installation.settings.base_url, installation.vault, installation.database)

    @staticmethod
    def check(settings: Settings) -> None:
        """Refuse settings without the address that a link leads to, or with carriers set up in part."""
        if settings.sends_messages or settings.channels.chats or settings.channels.mail.server:
            settings.for_serving()

    @property
    def name(self) -> str:
        """The name of the carrier itself."""
        return self.carrier.name

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:
        """Send the message with its link; what isn't fit for everybody's eyes goes into no office's group."""
        filled = self._filled(template, params)
        if self.name in rules.OPEN and not rules.is_open(template, filled):
            return Sent(Delivery.REFUSED, "not open")
        return self.carrier.send(identity, number=number, template=template, params=filled)

    def reconcile(
        self, identity: str, *, number: str, template: str, params: Mapping[str, str], since: datetime
    ) -> Sent | None:
        """Ask the carrier about the message as it was sent."""
        filled = self._filled(template, params)
        return self.carrier.reconcile(identity, number=number, template=template, params=filled, since=since)

    def events(self, request: WebRequest, *, what: str) -> tuple[MessageEvent, ...]:
        """Return what the carrier says."""
        return self.carrier.events(request, what=what)

    def _filled(self, template: str, params: Mapping[str, str]) -> Mapping[str, str]:
        if template == TEMPLATE:
            token = codes.token_of(self.vault, case=params["case"], round=int(params["round"]))
            return {"url": f"{self.base_url}/r/{token}", **self._facts(params["case"])}
        if template == receipts.TEMPLATE:
            receipt = print_receipt(codes.receipt_of(self.vault, once=params["once"]))
            return {"receipt": receipt, **self._facts(params["case"])}
        if template == pinging.TEMPLATE:
            token = tokens.ping_token(self.vault, int(params["ping"]))
            return {"url": f"{self.base_url}/k/{token}", "place": params["place"]}
        if template == proofs.TEMPLATE:
            code = codes.proof_code(self.vault, int(params["proof"]))
            return {"code": code, "matter": params["matter"]}
        if template == proofs.LOST_TEMPLATE:
            receipt = codes.receipt_of(self.vault, once=params["once"])
            return {"url": f"{self.base_url}/receipt/{receipt}"}
        return params

    def _facts(self, case: str) -> Mapping[str, str]:
        with self.database.reading() as session:
            return facts.of_code(session, case)


def send_queued(database: Database, *, carrier: Carrier, base_url: str, vault: Vault, now: datetime) -> int:
    """Send the short messages of the public side that are queued; return how many went out."""
    linking = Linking(carrier, base_url, vault, database)
    post = sending.Mailroom(database, OutboxMessage, {"sms": linking}, vault, replies.stopped)
    return sending.drain(post, now=now)
