"""The number of a case is proven before anybody rates by it; a new number counts once it is proven."""

from __future__ import annotations

import hmac
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.operations import invitations, limits
from feedback.cases.operations.steps import load
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries.cases import contact_context
from feedback.cases.rules import codes, proofs
from feedback.ledger import write
from feedback.models import Case, ContactProof, OutboxMessage
from huying.base.errors import Conflict, Gone, Invalid, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.messaging import outbox
from huying.messaging.hours import ASKED


def ask(session: Session, case: Case, *, vault: Vault, now: datetime, number: str | None = None) -> bool:
    """Send a code to the number of a case, or to a `number` (E.164) that is to take its place.

    Return False where strangers caused enough messages to that number today: nothing is sent, no code is
    taken, and an operator calls instead.
    """
    proof = ContactProof(case_id=case.id, how="message", asked_at=now)
    session.add(proof)
    session.flush()
    if number is not None:
        proof.sealed_number = vault.seal(number, where=_context(proof))
    sent = limits.may_message(session, _number(case, proof, vault=vault), vault=vault, now=now)
    if sent:
        _send(session, case, proof, vault=vault, now=now)
    else:
        proof.tries = proofs.MOST_TRIES
        session.flush()
    return sent


def prove(session: Session, case_id: int, typed: str, *, vault: Vault, now: datetime) -> bool:
    """Take the code that somebody typed; return whether it was right. A wrong one is counted."""
    case = load(session, case_id)
    proof = _asked(session, case)
    if now - proof.asked_at >= proofs.VALID or proof.tries >= proofs.MOST_TRIES:
        raise Gone(_("这个验证码已失效。请再要一个，或打海报上的电话，请人给您回电。"))
    proof.tries += 1
    session.flush()
    if not hmac.compare_digest(typed.encode(), codes.proof_code(vault, proof.id).encode()):
        return False
    _settle(session, case, proof, how="message", by="", vault=vault, now=now)
    return True


def prove_by_call(session: Session, case_id: int, *, by: str, vault: Vault, now: datetime) -> None:
    """Take an operator's word that the number was called back, and that it is the resident's."""
    case = load(session, case_id)
    if case.contact_sealed is None:
        raise NotFound(_("这件事没有留电话。"))
    if case_queries.is_proven(session, case):
        raise Conflict(_("这个电话已经核对过了。"))
    proof = ContactProof(case_id=case.id, how="call", asked_at=now)
    session.add(proof)
    session.flush()
    _settle(session, case, proof, how="call", by=by, vault=vault, now=now)


def prove_by_voice(session: Session, case: Case, *, now: datetime) -> None:
    """Take the number that somebody called from for theirs: the line announced it."""
    session.add(ContactProof(case_id=case.id, how="voice", asked_at=now, proven_at=now))
    session.flush()


def _asked(session: Session, case: Case) -> ContactProof:
    mine = (ContactProof.case_id == case.id, ContactProof.how == "message", ContactProof.proven_at.is_(None))
    newest = select(ContactProof).where(*mine).order_by(ContactProof.id.desc()).limit(1)
    proof = session.scalar(newest.with_for_update())
    if proof is None:
        raise Conflict(_("没有等着核对的电话。"))
    return proof


def _settle(
    session: Session,
    case: Case,
    proof: ContactProof,
    *,
    how: str,
    by: str,
    vault: Vault,
    now: datetime,
) -> None:
    proof.how, proof.proven_at, proof.proven_by = how, now, by
    changed = proof.sealed_number is not None
    if changed:
        _tell_former(session, case, proof, vault=vault, now=now)
        number = _number(case, proof, vault=vault)
        case.contact_sealed = vault.seal(number, where=contact_context(case))
        case.contact_index = vault.index(number, purpose="case")
        proof.sealed_number = None
    session.flush()
    write(session, "contact.changed" if changed else "contact.proven", at=now, c=case.code, h=how)
    _invite_now(session, case, vault=vault, now=now)


def _invite_now(session: Session, case: Case, *, vault: Vault, now: datetime) -> None:
    """Ask the resident of a case that was declared while its number wasn't proven yet."""
    if case.state != "declared" or case_queries.invitation(session, case) is not None:
        return
    declared = next(step for step in reversed(case.steps) if step.event in {"declare", "done"})
    holder, _colon, _worker = declared.actor.partition(":worker")
    actor = "worker" if declared.actor.startswith("worker") else holder
    invitations.invite(session, case, holder=actor, vault=vault, now=now)


def _number(case: Case, proof: ContactProof, *, vault: Vault) -> str:
    if proof.sealed_number is not None:
        return vault.open(proof.sealed_number, where=_context(proof))
    if case.contact_sealed is None:
        raise Invalid(_("请填写电话号码。"))
    return vault.open(case.contact_sealed, where=contact_context(case))


def _send(session: Session, case: Case, proof: ContactProof, *, vault: Vault, now: datetime) -> None:
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=proofs.PURPOSE,
        subject=case.code,
        number=_number(case, proof, vault=vault),
        template=proofs.TEMPLATE,
        params={"proof": str(proof.id), "matter": case.category},
        priority=ASKED,
        now=now,
        round=proof.id,
    )


def _tell_former(session: Session, case: Case, proof: ContactProof, *, vault: Vault, now: datetime) -> None:
    """Tell a proven number that another takes its place."""
    if case.contact_sealed is None or not case_queries.is_proven_before(session, case, proof):
        return
    outbox.post(
        session,
        OutboxMessage,
        vault=vault,
        purpose=proofs.CHANGED,
        subject=case.code,
        number=vault.open(case.contact_sealed, where=contact_context(case)),
        template=proofs.CHANGED,
        params={"matter": case.category},
        now=now,
        round=proof.id,
    )


def _context(proof: ContactProof) -> str:
    return f"contact_proof.number:{proof.id}"
