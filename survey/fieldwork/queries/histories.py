"""What a case went through, as the policies read it: attempts, numbers, answers, facts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import call_answers, statements
from survey.fieldwork.questionnaire.items import Answers
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.attempts import ContactResult
from survey.fieldwork.rules.dispositions import COMPUTED, Fact, group_of
from survey.models import Attempt, Wave
from survey.registry.rules import number_states as registry_number_states
from survey.waves.queries import opted_out
from survey.waves.rules.final_codes import FINAL

ASKED = policy.APPOINTED | {"suspended_partial"}
"""Outcomes after which the next attempt is one that the respondent wished for."""
CONTACTS = {
    "callback_respondent": ContactResult.PERSON,
    "appointment_respondent": ContactResult.PERSON,
    "callback_other": ContactResult.SOMEBODY,
    "appointment_other": ContactResult.SOMEBODY,
    "cut_off": ContactResult.SOMEBODY,
    "machine_household": ContactResult.GREETING,
    "soft_refusal": ContactResult.SOMEBODY,
    "language_callback": ContactResult.SOMEBODY,
    "suspended_partial": ContactResult.SOMEBODY,
}


def field_seed(wave: Wave) -> str:
    """Return the seed of a wave's fieldwork, which gives nothing of the draw's key away."""
    return sha256(f"{wave.draw_key}fieldwork".encode()).hexdigest()


def of_units(session: Session, units: Sequence[str]) -> dict[str, list[policy.DialledAttempt]]:
    """Return the attempts of some cases, each in their order; a claim without a call is none."""
    found: dict[str, list[policy.DialledAttempt]] = {}
    before: dict[str, str | None] = {}
    told = call_answers.of_units(session, units)
    # Plain columns: a claim may have to look at every waiting case.
    columns = select(
        Attempt.unit, Attempt.n, Attempt.dialled_at, Attempt.code, Attempt.window, Attempt.is_back
    ).where(Attempt.unit.in_(units), Attempt.dialled_at.is_not(None))
    for unit, n, at, code, window, back in session.execute(columns.order_by(Attempt.unit, Attempt.n)):
        if at is None:
            continue
        attempt = policy.DialledAttempt(
            started=at,
            code=code,
            window=window or None,
            contact=_contact(code, told.get((unit, n), {})),
            asked=before.get(unit) in ASKED,
            back=back,
        )
        found.setdefault(unit, []).append(attempt)
        before[unit] = code or before.get(unit)
    return found


def _contact(code: str | None, answers: Answers) -> ContactResult:
    """What a call told of who is there: by the answers to its own items, else by how it ended."""
    if answers.get("S3") in {1, 2, 3}:
        return ContactResult.PERSON
    if answers.get("S1") == 1:
        return ContactResult.HOUSEHOLD
    return CONTACTS.get(code or "", ContactResult.NOBODY)


def with_interview(history: Sequence[policy.DialledAttempt], answers: Answers) -> list[policy.DialledAttempt]:
    """Return the attempts with the contact that the answers prove, laid to the last of them."""
    if not history or answers.get("S1") != 1:
        return list(history)
    last = history[-1]
    proved = ContactResult.PERSON if answers.get("S3") in {1, 2} else ContactResult.HOUSEHOLD
    return [*history[:-1], replace(last, contact=proved)]


def number_states(history: Sequence[policy.DialledAttempt], *, numbers: int) -> list[str]:
    """Return the state of each of a household's numbers: an attempt tries them all."""
    results = [(attempt.started, attempt.code) for attempt in history if attempt.code is not None]
    return [registry_number_states.number_state(results)] * numbers


def facts(session: Session, unit: str, *, without: Collection[int] = ()) -> list[Fact]:
    """Return what was established about a household: by interviewers, by its own wish, by the registry.

    That it isn't eligible counts as confirmed once two of them found so. The attempts `without` don't count.
    """
    columns = select(Attempt.id, Attempt.code, Attempt.interviewer_id).where(Attempt.unit == unit)
    rows = [
        (code, who)
        for number, code, who in session.execute(columns.order_by(Attempt.n))
        if number not in without
    ]
    told = [(code, who) for code, who in rows if code in FINAL and is_fact(code)]
    doubters = {who for code, who in told if group_of(code) == "NE"}
    found = [Fact(code, confirmed=group_of(code) == "NE" and len(doubters) > 1) for code, _ in told]
    wish = [Fact(opted_out.OPTED_OUT)] if opted_out.has(session, unit) else []
    return [*found, *statements.facts(session, unit), *wish]


def is_fact(code: str) -> bool:
    """Whether a final outcome is established by a person, not computed from attempts or answers."""
    return group_of(code) not in {"I", "P", "UH"} and code not in COMPUTED
