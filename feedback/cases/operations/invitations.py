"""Asking the resident: one invitation a round, to the contact frozen at opening, and the link it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from feedback import tokens
from feedback.cases.rules import codes
from feedback.cases.rules.deadlines import RATING_OPEN
from feedback.models import Case, Contact, OutboxMessage, Rating
from feedback.reach import rules as pinging
from huying.base.phones import Vault
from huying.messaging import outbox
from huying.messaging.carriers import Carrier, Outcome
from huying.store.db import Database

PURPOSE = TEMPLATE = "rating"
UNASKED = ("staff", "import")
"""Sources whose cases nobody is asked about."""


def invite(session: Session, case: Case, *, holder: str, vault: Vault, now: datetime) -> Rating | None:
    """Store the invitation to rate this round of a case, and the message that carries its link.

    `holder` is who declared it solved: the answer on the result counts for it. Return None where there is
    nobody to ask: no contact, a source that isn't asked, or a number of the staff.
    """
    if case.contact_sealed is None or case.source in UNASKED:
        return None
    number = vault.open(case.contact_sealed, where=contact_place(case))
    if _is_staff(session, vault.index(number, purpose="staff")):
        return None
    token = codes.token_of(vault, case=case.code, round=case.round)
    rating = Rating(
        case_id=case.id,
        round=case.round,
        token_hash=tokens.token_hash(token),
        conduct_of=case.worker_code,
        result_of=holder,
        issued_at=now,
        expires_at=now + RATING_OPEN,
    )
    session.add(rating)
    session.flush()
    _post(session, case, number=number, vault=vault, now=now)
    return rating


def revoke(session: Session, case: Case, *, now: datetime) -> None:
    """Let the links of a case that nobody has answered expire."""
    unanswered = (Rating.case_id == case.id, Rating.answered_at.is_(None), Rating.expires_at > now)
    session.execute(update(Rating).where(*unanswered).values(expires_at=now))


def contact_place(case: Case) -> str:
    """Return where a case's contact is sealed for."""
    return f"help_case.contact:{case.code}"


@dataclass(frozen=True, slots=True)
class Linking:
    """A carrier that writes the rating link into its message as it is sent: the database holds no link."""

    carrier: Carrier
    base_url: str
    vault: Vault

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Outcome:
        """Send the message with its link."""
        if template == TEMPLATE:
            token = codes.token_of(self.vault, case=params["case"], round=int(params["round"]))
            params = {"url": f"{self.base_url}/r/{token}"}
        if template == pinging.TEMPLATE:
            token = tokens.ping_token(self.vault, int(params["ping"]))
            params = {"url": f"{self.base_url}/k/{token}", "place": params["place"]}
        return self.carrier.send(identity, number=number, template=template, params=params)


def send_queued(database: Database, *, carrier: Carrier, base_url: str, vault: Vault, now: datetime) -> int:
    """Send the messages of the public side that are queued; return how many went out."""
    linking = Linking(carrier, base_url, vault)
    return outbox.drain(database, OutboxMessage, carrier=linking, vault=vault, now=now)


def _post(session: Session, case: Case, *, number: str, vault: Vault, now: datetime) -> None:
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=PURPOSE,
        subject=case.code,
        number=number,
        template=TEMPLATE,
        params={"case": case.code, "round": str(case.round)},
        now=now,
        round=case.round,
    )


def _is_staff(session: Session, index: bytes) -> bool:
    return session.scalar(select(Contact.id).where(Contact.blind_index == index).limit(1)) is not None
