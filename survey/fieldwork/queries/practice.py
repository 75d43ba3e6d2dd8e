"""A practice call as the pages of a call show one: an invented household that no wave knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.queries.household_notes import HouseholdNotes
from survey.fieldwork.queries.interviews import InterviewSoFar
from survey.fieldwork.queries.last_steps import CallSteps, LastStep
from survey.fieldwork.questionnaire import orders
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.questionnaire.spoken import SpokenForm
from survey.fieldwork.questionnaire.versions import CURRENT
from survey.fieldwork.rules import practice
from survey.fieldwork.rules.practice import InventedHousehold, Step
from survey.models import Account, PracticeCall

CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice call: its household, its case as the pages hold one, notes, and what can be taken back."""

    number: int
    household: InventedHousehold
    case: HeldCase
    told: HouseholdNotes
    steps: CallSteps


def running(session: Session, *, interviewer: Account, lock: bool = False) -> PracticeCall | None:
    """Return the interviewer's practice call that isn't over."""
    mine = _running()
    return session.scalar(mine.with_for_update() if lock else mine, {"interviewer": interviewer.id})


@cache
def _running() -> Select[PracticeCall]:
    mine = PracticeCall.interviewer_id == bindparam("interviewer")
    return select(PracticeCall).where(mine, PracticeCall.state != CLOSED)


def in_hand(session: Session, number: int, *, interviewer: Account, lock: bool = False) -> PracticeCall:
    """Return the interviewer's practice call of that number; raise NotFound for any other."""
    row = running(session, interviewer=interviewer, lock=lock)
    if row is None or row.id != number:
        raise NotFound(_("这次练习已经结束。"))
    return row


def made(session: Session, *, interviewer: Account) -> int:
    """Return how often the interviewer has practised."""
    mine = select(func.count()).where(PracticeCall.interviewer_id == interviewer.id)
    return session.scalar(mine) or 0


def of(row: PracticeCall) -> Practice:
    """Return a practice call as the pages show it."""
    steps = steps_of(row)
    since = row.dialled_at if row.state != "held" else None
    case = HeldCase("practice", row.id, row.state, 1, row.dialled_at is not None, talk(row), since)
    place = practice.last(steps)
    last = LastStep(str(place), _item(steps[place])) if place is not None else None
    fresh = not practice.answers(steps)
    return Practice(
        number=row.id,
        household=practice.household(row.household),
        case=case,
        told=HouseholdNotes((), practice.notes(steps)),
        steps=CallSteps(last, practice.is_wished(steps), fresh),
    )


def steps_of(row: PracticeCall) -> list[Step]:
    """Return what was done in a practice call, one after the other."""
    return [(code, _value(value)) for code, value in json.loads(row.steps)]


def talk(row: PracticeCall) -> InterviewSoFar:
    """Return the talk of a practice call, in orders that differ from call to call as in the field."""
    drawn = orders.orders("practice", unit=str(row.id), questionnaire=CURRENT)
    form = SpokenForm(questionnaire=CURRENT, orders=drawn)
    empty = InterviewSoFar(form=form, call={}, answers={}, former={}, exists=False)
    found = practice.said(empty, steps_of(row))
    return replace(empty, call=found.call, answers=found.answers, former=found.former)


def _item(step: Step) -> str:
    return "" if step[0] == practice.WISH else step[0]


def _value(stored: int | str | list[int]) -> Value:
    return tuple(stored) if isinstance(stored, list) else stored
