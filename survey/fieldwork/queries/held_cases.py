"""Who holds which case, and where its call stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import interviews
from survey.fieldwork.queries.interviews import InterviewSoFar
from survey.fieldwork.rules import outcome_codes
from survey.kinds import PHASE2
from survey.models import Account, Attempt, Dial, Offer, SampledCase, Wave


@dataclass(frozen=True, slots=True)
class HeldCase:
    """The case that an interviewer holds: its fence and state, which attempt this is, the interview."""

    unit: str
    fence: int
    state: str
    attempt: int
    is_dialled: bool
    interview: InterviewSoFar
    since: datetime | None = None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes with which the call may end now."""
        return codes_of(self.state, self.interview)


def codes_of(state: str, interview: InterviewSoFar) -> tuple[str, ...]:
    """Return the codes with which the call of a case in this state may end."""
    return outcome_codes.codes_now(
        is_talk=state != "held",
        ending=interview.ending,
        completeness=interview.completeness,
        is_begun=interview.is_begun,
        is_found=interview.is_found if interview.form.questionnaire.calls else None,
    )


def held(session: Session, *, interviewer: Account) -> SampledCase | None:
    """Return the case that the interviewer holds. An expired lease holds until the sweeper frees it."""
    return session.scalar(_held(), {"holder": interviewer.id})


@cache
def _held() -> Select[SampledCase]:
    return select(SampledCase).where(SampledCase.holder_id == bindparam("holder"))


def was_held(session: Session, unit: str, *, interviewer: Account, fence: int) -> bool:
    """Whether the case was in this interviewer's hand under that fence, by an offer or after a take-over."""
    offers = select(Offer.interviewer_id).where(Offer.unit == unit, Offer.fence <= fence)
    return session.scalar(offers.order_by(Offer.fence.desc()).limit(1)) == interviewer.id


def held_case(session: Session, *, interviewer: Account) -> HeldCase | None:
    """Return the case that the interviewer holds, with where its call stands."""
    case = held(session, interviewer=interviewer)
    if case is None:
        return None
    attempt, interview = attempt_in_hand(session, case), interviews.so_far(session, case.unit)
    dialled = attempt.dialled_at is not None
    since = _answered_at(session, attempt) if case.state != "held" else None
    return HeldCase(case.unit, case.fence, case.state, attempt.n, dialled, interview, since)


def _answered_at(session: Session, attempt: Attempt) -> datetime | None:
    """Return when somebody answered in this call, as the carrier or the interviewer told first."""
    answered = select(Dial.answered_at).where(Dial.attempt_id == attempt.id, Dial.code.is_(None))
    return session.scalar(answered.limit(1)) or attempt.dialled_at


def attempt_in_hand(session: Session, case: SampledCase) -> Attempt:
    """Return the attempt that began when the case was claimed."""
    return running_attempt(session, case.unit)


def running_attempt(session: Session, unit: str) -> Attempt:
    """Return the attempt of a case that is under way."""
    running = select(Attempt).where(Attempt.unit == unit, Attempt.ended_at.is_(None))
    return session.scalars(running.order_by(Attempt.n.desc())).one()


def is_at_door(session: Session, unit: str) -> bool:
    """Whether the household is met at its door: no number reaches it."""
    kind = select(Wave.kind).join(SampledCase, SampledCase.wave_label == Wave.label)
    return session.scalar(kind.where(SampledCase.unit == unit)) == PHASE2


def has_led_on(session: Session, unit: str, *, code: str) -> bool:
    """Whether the call's last dial ended with a code, and the call goes on to the household's next number."""
    dial = select(Dial.code).where(Dial.attempt_id == running_attempt(session, unit).id)
    return session.scalar(dial.order_by(Dial.started_at.desc(), Dial.ulid.desc()).limit(1)) == code


def unit_held_at(session: Session, seat: int) -> str | None:
    """Return the case that is held at a seat (an interviewer's account), whatever number is asked for."""
    # Looked up here: the number in an address may be larger than any that a database compares with.
    held_by = select(SampledCase.holder_id, SampledCase.unit).where(SampledCase.holder_id.is_not(None))
    return dict(session.execute(held_by).all()).get(seat)
