"""The supervisor: where the field stands, who is at work; cases are counted, never listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import reading
from huying.web.form_handling import DONE, store
from survey.fieldwork.forms import HandBackForm
from survey.fieldwork.operations import claims
from survey.fieldwork.queries import outcome_counts
from survey.fieldwork.rules.dispositions import counts
from survey.models import Account, Attempt, Offer, SampledCase, Wave
from survey.roles import INTERVIEWER, SUPERVISOR
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("supervisor", __name__, url_prefix="/supervisor")


@dataclass(frozen=True, slots=True)
class Seat:
    """An interviewer at work: what the case in hand is doing and since when, and how the day went."""

    account: Account
    state: str | None
    since: datetime | None
    attempts: int
    completes: int


@routes.get("/")
@only(SUPERVISOR)
def field() -> ResponseReturnValue:
    """Show counts by state and by outcome, and the seats."""
    return _field(HandBackForm(formdata=None))


def _field(form: HandBackForm) -> str:
    with reading() as session:
        wave = session.scalar(select(Wave).where(Wave.state == "drawn"))
        states, finals = (
            (_states(session, wave), outcome_counts.finals(session, wave.label)) if wave else ({}, Counter())
        )
        seats = _seats(session)
    return page(
        "fieldwork/field",
        wave=wave,
        states=states,
        finals=finals,
        groups=counts(finals.elements()),
        seats=seats,
        wording=labels,
        form=form,
    )


@routes.post("/seats/<int:seat>/hand-back")
@only(SUPERVISOR)
def hand_back(seat: int) -> ResponseReturnValue:
    """Take the case in hand from a seat; it waits for somebody else."""
    form = HandBackForm()
    status = store(form, lambda session: _hand_back(session, seat, form))
    if status == DONE:
        return redirect(url_for(".field"), 303)
    return _field(form), status


def _hand_back(session: Session, seat: int, form: HandBackForm) -> None:
    held = select(SampledCase.holder_id, SampledCase.unit).where(SampledCase.holder_id.is_not(None))
    # Looked up here: the number in the address may be larger than any that a database compares with.
    unit = dict(session.execute(held).all()).get(seat)
    if unit is None:
        raise Conflict(_("这个座席手上已经没有户了。"))
    claims.hand_back(session, unit, by=me(), reason=form.reason.data, now=clock.now())


def _states(session: Session, wave: Wave) -> dict[str, int]:
    query = select(SampledCase.state, func.count()).where(SampledCase.wave_label == wave.label)
    found = dict(session.execute(query.group_by(SampledCase.state)).all())
    return {str(name): found.get(state, 0) for state, name in labels.STATES.items()}


def _seats(session: Session) -> list[Seat]:
    midnight = clock.local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    today = select(Attempt.interviewer_id, Attempt.code, func.count()).where(Attempt.started_at >= midnight)
    tried: Counter[int] = Counter()
    done: Counter[int] = Counter()
    for holder, code, count in session.execute(today.group_by(Attempt.interviewer_id, Attempt.code)):
        tried[holder] += count
        done[holder] += count if code == "complete" else 0
    held = {
        case.holder_id: case
        for case in session.scalars(select(SampledCase).where(SampledCase.holder_id.is_not(None)))
    }
    people = session.scalars(select(Account).where(Account.role == INTERVIEWER).order_by(Account.code))
    return [
        _seat(session, person, held.get(person.id), tried[person.id], done[person.id]) for person in people
    ]


def _seat(session: Session, person: Account, case: SampledCase | None, attempts: int, completes: int) -> Seat:
    if case is None:
        return Seat(person, None, None, attempts, completes)
    since = session.scalar(select(func.max(Offer.at)).where(Offer.unit == case.unit))
    return Seat(person, case.state, since, attempts, completes)
