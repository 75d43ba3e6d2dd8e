"""Messages of the public side as they leave: the link is written in at the last moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feedback import tokens
from feedback.cases.rules import codes, proofs
from feedback.cases.rules.invitations import TEMPLATE
from feedback.models import OutboxMessage
from feedback.reach import rules as pinging
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.messaging import outbox
from huying.messaging.carriers import Carrier, Delivery
from huying.store.db import Database
from huying.store.installation import Installation


@dataclass(frozen=True, slots=True)
class Linking:
    """A carrier that writes the rating link into its message as it is sent: the database holds no link."""

    carrier: Carrier
    base_url: str
    vault: Vault

    @classmethod
    def at(cls, carrier: Carrier, installation: Installation) -> Linking:
        """Return the carrier with the links of an installation."""
        return cls(carrier, installation.settings.base_url, installation.vault)

    @staticmethod
    def check(settings: Settings) -> None:
        """Refuse settings of the demo without the address that a link leads to; elsewhere nothing is sent."""
        if settings.demo:
            settings.for_serving()

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Delivery:
        """Send the message with its link."""
        if template == TEMPLATE:
            token = codes.token_of(self.vault, case=params["case"], round=int(params["round"]))
            params = {"url": f"{self.base_url}/r/{token}"}
        if template == pinging.TEMPLATE:
            token = tokens.ping_token(self.vault, int(params["ping"]))
            params = {"url": f"{self.base_url}/k/{token}", "place": params["place"]}
        if template == proofs.TEMPLATE:
            code = codes.proof_code(self.vault, int(params["proof"]))
            params = {"code": code, "matter": params["matter"]}
        if template == proofs.LOST_TEMPLATE:
            receipt = codes.receipt_of(self.vault, once=params["once"])
            params = {"url": f"{self.base_url}/receipt/{receipt}"}
        return self.carrier.send(identity, number=number, template=template, params=params)


def send_queued(database: Database, *, carrier: Carrier, base_url: str, vault: Vault, now: datetime) -> int:
    """Send the messages of the public side that are queued; return how many went out."""
    linking = Linking(carrier, base_url, vault)
    return outbox.drain(database, OutboxMessage, carrier=linking, vault=vault, now=now)
