"""An interview is disputed, its interviewer heard; somebody of another role lets it stand or voids it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from survey.campaign import campaign_lock
from survey.fieldwork.operations import claims, corrections
from survey.fieldwork.queries import corrections as outcomes
from survey.fieldwork.queries import disputes as queries
from survey.fieldwork.queries import held_talks, histories
from survey.fieldwork.queries.dispositions import disposition
from survey.fieldwork.rules import disputes as rules
from survey.fieldwork.rules.queue import ORDINARY
from survey.models import Account, Correction, Dispute, Interview, SampledCase, Wave
from survey.waves.rules.early_ending import Signer


def open_dispute(session: Session, label: str, *, unit: str, why: str, by: Signer, now: datetime) -> Dispute:
    """Doubt a complete interview, for a reason; its interviewer is asked to say something.

    Raises Conflict where none stands, or where it is disputed already.
    """
    reason = rules.check_opening(outcomes.outcome(session, label, unit), by=by, why=why)
    talk = held_talks.one(session, unit)
    if talk is None:
        raise Conflict(rules.NO_INTERVIEW)
    if queries.is_open(session, unit):
        raise Conflict(_("这份访问已经有人提出异议了。"))
    row = Dispute(
        wave_label=label,
        unit=unit,
        interviewer_id=talk.interviewer_id,
        attempt_id=talk.attempt_id,
        cause=queries.cause_of(session, unit),
        why=reason,
        opened_by=by.login,
        opened_role=by.role,
        opened_at=now,
    )
    session.add(row)
    session.flush()
    return row


def open_now(session: Session, named: str, *, why: str, by: Signer, now: datetime) -> Dispute:
    """Doubt an interview of the wave that runs, of the household that a code names; raise where none does."""
    label = queries.running(session)
    if label is None:
        raise Conflict(_("现在没有可以提出异议的轮次：还没有抽签，或已经计完。"))
    unit = queries.unit_of(session, label, named)
    if not unit:
        raise NotFound(_("这一轮没有抽中这个编码的户。"))
    return open_dispute(session, label, unit=unit, why=why, by=by, now=now)


def hear(session: Session, number: int, text: str, *, interviewer: Account, now: datetime) -> None:
    """Keep what the interviewer says to it, once; raise NotFound for another's, Conflict where it is over."""
    row = session.get(Dispute, number, with_for_update=True, populate_existing=True)
    if row is None or row.interviewer_id != interviewer.id:
        raise NotFound(_("没有这份异议。"))
    if row.heard_at is not None or row.decided_at is not None:
        raise Conflict(_("这份异议已经说明过，或已经决定了。"))
    row.heard, row.heard_at = rules.check_statement(text), now
    session.flush()


def decide(session: Session, number: int, decision: str, *, by: Signer, now: datetime) -> Dispute:
    """Let an interview stand, or void it: somebody of another role than who doubted it does.

    A voided one leaves the input with the attempts of its interviewer: what the rest of the log gives is in
    force from then on, by a correction in the ledger, and while the field is open somebody else calls again.
    """
    # Before the ledger's lock, as whoever draws or scores does: the household may go back into the queue.
    campaign_lock(session)
    row = session.get(Dispute, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(_("没有这份异议。"))
    if row.decided_at is not None:
        raise Conflict(_("这份异议已经决定了。"))
    opened = Signer(row.opened_by, row.opened_role)
    heard = row.heard_at is not None
    rules.check_decision(decision, opened=opened, by=by, opened_at=row.opened_at, heard=heard, now=now)
    if decision == rules.VOIDED:
        row.correction_id = _void(session, row, opened, by=by, now=now).id
    row.decision, row.decided_at, row.decided_by, row.decided_role = decision, now, by.login, by.role
    session.flush()
    if decision == rules.VOIDED:
        _call_again(session, row, now=now)
    return row


def _void(session: Session, row: Dispute, opened: Signer, *, by: Signer, now: datetime) -> Correction:
    rules.check_stands(outcomes.outcome(session, row.wave_label, row.unit))
    session.get_one(Interview, row.unit).voided_at = now
    session.flush()
    history = histories.of_units(session, [row.unit]).get(row.unit, [])
    to = disposition(session, row.unit, history=history, without=queries.attempts_of(session, row))
    return corrections.by_two(
        session, row.wave_label, unit=row.unit, to=to, why=rules.WHY, by=(opened, by), now=now
    )


def _call_again(session: Session, row: Dispute, *, now: datetime) -> None:
    """Row 20: the case rests and is called again by somebody else; after the field it stays closed."""
    case = session.get(SampledCase, row.unit, with_for_update=True, populate_existing=True)
    wave = session.get_one(Wave, row.wave_label)
    if case is None or not rules.goes_on(now=now, ended=wave.ended_at, field_ends=wave.field_ends_at):
        return
    claims.free(session, case, next_due=now + rules.REST, priority=ORDINARY)
