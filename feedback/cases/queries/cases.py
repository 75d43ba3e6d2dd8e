"""Cases, whistles and ratings, read: by receipt or link, by who holds them, with the hours in each hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from feedback import codes, tokens
from feedback.cases.queries import desks
from feedback.cases.rules import codes as case_codes
from feedback.cases.rules import custody, lifecycle, word
from feedback.cases.rules.invitations import UNASKED
from feedback.models import (
    Case,
    CasePhoto,
    CasePrint,
    CaseStep,
    ContactProof,
    Department,
    Rating,
    ReceiptWord,
    SignIn,
    Whistle,
)
from feedback.remit import queries as remit
from feedback.roles import OFFICES
from feedback.web.queries import lookups
from huying.base import phones
from huying.base.errors import Gone, NotFound
from huying.base.i18n import lazy
from huying.base.phones import Vault

NO_RECEIPT = lazy("没有这个回执编号，请对照短信或记下的编号再看一遍。")
UNKNOWN = lazy("没有这件事，或不归您办理。")
UNKNOWN_WHISTLE = lazy("没有这条吹哨，或不归您的部门。")
# Alike for a wrong token and a used one: nobody learns from it whether somebody answered.
NO_SUCH_LINK = lazy("这个链接无效，或者已经用过了。想补充或更改，请拨打 12345。")
EXPIRED_LINK = lazy("这个链接已过期，不能再评价。事情没有解决，请拨打 12345。")
SHOWN_PRINTS = 5
LIVE_WHISTLES = ("sounded", "accepted")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case as whoever works on it sees it: where it is, how long who had it, who could be called."""

    case: Case
    area: str
    hours: Mapping[str, float]
    departments: Mapping[str, str]
    callable: Mapping[str, str]
    """Departments that can be called, and of them, as `named`, those that the remit names here."""
    named: Sequence[str] = ()
    leads: bool = False
    """Whether the first of `named` is the one that the remit lets lead."""
    photos: tuple[int, ...] = ()
    desk: str | None = None
    """On whose desk it is, spelt like a holder."""
    prints: tuple[CasePrint, ...] = ()
    words: str = ""
    """What the resident wrote who said that the round before didn't solve it: for who handles this one."""


def by_receipt(session: Session, text: str, *, vault: Vault) -> Case:
    """Return the case of a receipt, however it was typed; raise NotFound."""
    receipt = codes.normalise_receipt(text)
    case = None
    if receipt is not None and codes.is_receipt(receipt):
        digest = case_codes.receipt_hash(vault, receipt)
        case = session.scalar(select(Case).where(Case.receipt_hash == digest))
    if case is None:
        raise NotFound(NO_RECEIPT)
    return case


def one(session: Session, case_id: int, *, worker_code: str | None = None) -> Case:
    """Return a case; where a worker asks, only the worker's own. Raise NotFound for any other."""
    case = session.get(Case, case_id)
    if case is None or (worker_code is not None and case.worker_code != worker_code):
        raise NotFound(UNKNOWN)
    return case


def followed_by(session: Session, case_id: int, worker_code: str) -> Case:
    """Return a case of the ground that a worker serves, on whosever desk it is; raise NotFound for others."""
    case = session.scalar(
        select(Case).where(
            Case.id == case_id, Case.worker_code == worker_code, Case.holder != lifecycle.NOBODY
        )
    )
    if case is None:
        raise NotFound(UNKNOWN)
    return case


def question(case: Case) -> str:
    """Return the question that a case waits for the resident to answer, or nothing."""
    asked = [step.note for step in case.steps if step.event == "ask"]
    return asked[-1] if asked and case.state == "waiting" else ""


def live_whistle(case: Case) -> Whistle | None:
    """Return the whistle to which a department has still to answer, or on which it works."""
    live = [whistle for whistle in case.whistles if whistle.state in LIVE_WHISTLES]
    return live[-1] if live else None


def whistle_to(session: Session, whistle_id: int, *, department_code: str) -> Whistle:
    """Return a whistle to a department; raise NotFound for any other."""
    whistle = session.get(Whistle, whistle_id)
    if whistle is None or whistle.department_code != department_code:
        raise NotFound(UNKNOWN_WHISTLE)
    return whistle


def rating_of_link(session: Session, token: str, *, now: datetime) -> Rating:
    """Return the rating that a link may answer now, or change for a day after; looking changes nothing.

    Raise NotFound for a wrong token and one used longer ago, Gone for an expired or withdrawn one.
    """
    rating = rating_of_token(session, token)
    if rating is None:
        raise NotFound(NO_SUCH_LINK)
    if word.changeable(rating.answered_at, expires_at=rating.expires_at, now=now):
        return rating
    raise Gone(EXPIRED_LINK) if rating.answered_at is None else NotFound(NO_SUCH_LINK)


def rating_of_token(session: Session, token: str) -> Rating | None:
    """Return the rating that a link was sent for, whether it still takes an answer or not."""
    plain = codes.normalise_token(token)
    if plain is None:
        return None
    query = select(Rating).where(Rating.token_hash == tokens.token_hash(plain))
    return session.scalar(query.execution_options(populate_existing=True))


def rated_by(session: Session, token: str) -> Rating:
    """Return the rating of a link that may be over; raise NotFound for a wrong or withdrawn one."""
    rating = rating_of_token(session, token)
    if rating is None:
        raise NotFound(NO_SUCH_LINK)
    return rating


def is_staff_network(session: Session, network: str, *, since: datetime) -> bool:
    """Tell whether an account signed in from this network lately."""
    signed_in = select(SignIn.id).where(SignIn.address == network, SignIn.outcome == "in", SignIn.at >= since)
    return bool(network) and session.scalar(signed_in.limit(1)) is not None


def invitation(session: Session, case: Case) -> Rating | None:
    """Return the invitation of a case's round, if its resident was invited."""
    return session.scalar(select(Rating).where(Rating.case_id == case.id, Rating.round == case.round))


def pending_word(session: Session, case: Case) -> ReceiptWord | None:
    """Return the first word by receipt of this round that can still be changed."""
    own = select(ReceiptWord).where(ReceiptWord.case_id == case.id, ReceiptWord.round == case.round)
    return session.scalar(own.where(ReceiptWord.settled_at.is_(None)).order_by(ReceiptWord.id).limit(1))


def door(session: Session, case: Case, *, now: datetime) -> word.Door | None:
    """Return how whoever holds a case's receipt may say now whether it is solved."""
    rating = invitation(session, case)
    invited = word.Invited(rating.expires_at, rating.answered_at) if rating else None
    return word.door(case.state, source=case.source, invited=invited, now=now)


def is_proven(session: Session, case: Case) -> bool:
    """Tell whether somebody proved that the number of a case is theirs."""
    proven = select(ContactProof.id).where(
        ContactProof.case_id == case.id, ContactProof.proven_at.is_not(None)
    )
    return case.contact_sealed is not None and session.scalar(proven.limit(1)) is not None


def is_proven_before(session: Session, case: Case, proof: ContactProof) -> bool:
    """Tell whether a number of a case was proven before this proof."""
    earlier = select(ContactProof.id).where(
        ContactProof.case_id == case.id, ContactProof.proven_at.is_not(None), ContactProof.id < proof.id
    )
    return session.scalar(earlier.limit(1)) is not None


def proving(session: Session, case: Case) -> ContactProof | None:
    """Return the proof that a code was asked for and not yet given, the newest; None where nothing waits."""
    newest = select(ContactProof).where(ContactProof.case_id == case.id).order_by(ContactProof.id.desc())
    proof = session.scalar(newest.limit(1))
    return proof if proof is not None and proof.proven_at is None else None


def unproven(session: Session) -> list[Case]:
    """Return the running cases whose number nobody proved, for operators to call, the oldest first."""
    waiting = select(Case).where(
        Case.contact_sealed.is_not(None), Case.holder != lifecycle.NOBODY, nobody_proved()
    )
    return list(session.scalars(waiting.where(Case.source.not_in(UNASKED)).order_by(Case.id).limit(200)))


def nobody_proved() -> ColumnElement[bool]:
    """Tell of which cases nobody proved the number."""
    return Case.id.not_in(select(ContactProof.case_id).where(ContactProof.proven_at.is_not(None)))


def file_of(session: Session, case: Case, *, now: datetime) -> CaseFile:
    """Return what a page shows of a case to whoever works on it."""
    what, where = case.category, case.grid_code
    lead = remit.responsible(session, category=what, area_code=where, at=now) if where else None
    reachable = lookups.departments_to_call(session)
    named = remit.who_matters(session, category=what, area_code=where, at=now)
    positions = select(CasePhoto.position).where(CasePhoto.case_id == case.id).order_by(CasePhoto.position)
    printed = select(CasePrint).where(CasePrint.case_id == case.id)
    return CaseFile(
        case=case,
        area=lookups.area_name(session, case.grid_code),
        hours=custody_hours(case, now=now),
        departments=lookups.departments(session),
        callable=reachable,
        named=[code for code in named if code in reachable],
        leads=lead is not None and lead.lead in reachable,
        photos=tuple(session.scalars(positions)),
        desk=desks.of_case(session, case),
        prints=tuple(session.scalars(printed.order_by(CasePrint.id.desc()).limit(SHOWN_PRINTS))),
        words=contested_words(session, case),
    )


def contested_words(session: Session, case: Case) -> str:
    """Return the words that contested the round before this one, without telephone numbers."""
    before = case.round - 1
    rated = select(Rating.words).where(
        Rating.case_id == case.id,
        Rating.round == before,
        Rating.solved == "not_solved",
        Rating.settled_at.is_not(None),
    )
    said = select(ReceiptWord.words).where(
        ReceiptWord.case_id == case.id,
        ReceiptWord.round == before,
        ReceiptWord.solved == "not_solved",
        ReceiptWord.settled_at.is_not(None),
    )
    last = said.order_by(ReceiptWord.id.desc()).limit(1)
    return phones.redact(session.scalar(rated) or session.scalar(last) or "")


def custody_hours(case: Case, *, now: datetime) -> dict[str, float]:
    """Return the hours that each holder had the case, up to `now` or to its end."""
    return custody.hours(held(case, until=now))


def held(case: Case, *, until: datetime) -> tuple[custody.Segment, ...]:
    """Return who held the case when, up to `until` or to its end."""
    return custody.segments(policy_steps(case), until=until)


def policy_steps(case: Case) -> list[custody.CustodyStep]:
    """Return a case's steps as the policy knows them, in their stored order."""
    return [policy_step(step) for step in case.steps]


def blame_of(session: Session, case: Case, *, now: datetime) -> dict[str, float]:
    """Return each holder's share in a case of this round that is past due or contested."""
    outcome: custody.Outcome = "open" if case.holder else "unconfirmed"
    if case.round > 1 and case.holder:
        outcome = "contested"
    elif now < case.due_at:
        return {}
    allowed = allowed_hours(session)
    hours = custody_hours(case, now=now)
    return custody.blame(hours, allowed, outcome=outcome, declared_by=declared_by(case))


def allowed_hours(session: Session) -> dict[str, float]:
    """Return the hours that each holder may have a case: departments what they agreed to."""
    rows = session.execute(select(Department.code, Department.resolve_hours))
    agreed = {lifecycle.department(code): hours for code, hours in rows if code not in OFFICES}
    return dict(custody.ALLOWANCES) | agreed


def declared_by(case: Case) -> str | None:
    """Return the holder who declared a case solved last; None where nobody did."""
    declared = [step for step in case.steps if step.event == "declare"]
    by = declared[-1].actor if declared else None
    return lifecycle.kind(by) if by and by.startswith("worker") else by


def policy_step(step: CaseStep) -> custody.CustodyStep:
    """Return a stored step as the policy knows it."""
    return custody.CustodyStep(
        at=step.at,
        event=step.event,
        actor=step.actor,
        holder_after=step.holder,
        round=step.round,
        hours_of=step.hours_of or "",  # empty once stored
        hours_to=step.hours_to or "",
        since=step.since,
    )


def contact_context(case: Case) -> str:
    """Return where a case's contact is sealed for."""
    return f"help_case.contact:{case.code}"
