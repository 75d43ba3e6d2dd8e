"""What must hold at every hour of the quarter, and what it came to in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import fsum, isclose

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from bench.quarter.staff import desk_of
from feedback import roles
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.rules import deadlines
from feedback.cases.rules.desks import hand_of, moves
from feedback.models import (
    Account,
    Case,
    CaseJoin,
    CaseStep,
    Escalation,
    OutboxMessage,
    Rating,
    ReceiptWord,
    ScopeVerdict,
    Whistle,
    Worker,
)

HOUR = timedelta(hours=1)
HAVE_DESKS = (roles.WORKER, roles.GRID_LEADER, roles.DEPARTMENT_OFFICER, roles.COORDINATOR)
WORDS = {"confirm": "solved", "unsure": "unsure"}


@dataclass
class Audit:
    """Looks after every hour; `faults` are sentences, empty where all is well."""

    faults: list[str] = field(default_factory=list)
    looked: dict[int, int] = field(default_factory=dict)
    """How many steps of a case were looked at."""
    without_desk: int = 0
    hours: int = 0

    def hour(self, session: Session, now: datetime, *, census: bool) -> None:
        """Look at everything that may have changed; once a day also at every desk as its account sees it."""
        self.hours += 1
        lost = desks.nowhere(session)
        self.without_desk += len(lost)
        self._fault(now, (f"{case.code} is on no desk" for case in lost))
        self._fault(now, self._held_by_retired(session))
        self._fault(now, self._hours(session, now))
        if census:
            self._fault(now, self._census(session))

    def _fault(self, now: datetime, found: Iterable[str]) -> None:
        self.faults += [f"{now:%m-%d %H:%M} {each}" for each in found]

    def _held_by_retired(self, session: Session) -> Iterator[str]:
        gone = select(Worker.code).where(~Worker.active)
        held = select(Case).where(Case.worker_code.in_(gone), Case.holder != "")
        for case in session.scalars(held):
            yield f"{case.code} is with {case.worker_code}, who retired"

    def _hours(self, session: Session, now: datetime) -> Iterator[str]:
        """Compare hours and blame of the cases that took a step; the steps seen before must be the same."""
        counted = select(CaseStep.case_id, func.count()).group_by(CaseStep.case_id)
        changed = [row for row in session.execute(counted) if self.looked.get(row[0]) != row[1]]
        for case_id, count in changed:
            case = session.get_one(Case, case_id)
            self.looked[case_id] = count
            until = max(now, case.steps[-1].at)
            parts = case_queries.held(case, until=until)
            elapsed = (parts[-1].end - parts[0].start) / HOUR if parts else 0
            total = fsum(case_queries.custody_hours(case, now=until).values())
            if not isclose(total, elapsed, abs_tol=1e-6):
                yield f"{case.code}: {total} h held, {elapsed} h elapsed"
            shares = case_queries.blame_of(session, case, now=until)
            if shares and not isclose(fsum(shares.values()), 1, abs_tol=1e-9):
                yield f"{case.code}: blame {shares}"

    def _census(self, session: Session) -> Iterator[str]:
        """Count every open case at every desk: each is on one, where something can be done with it."""
        seated = select(Account).where(Account.role.in_(HAVE_DESKS), Account.active).order_by(Account.id)
        seen: Counter[int] = Counter()
        for desk in {desk_of(account) for account in session.scalars(seated)}:
            for case in desks.on(session, desk):
                seen[case.id] += 1
                hand = hand_of(desk.actor, holder=case.holder, keeper=case.keeper, lead=case.lead)
                if not moves(case.state, hand=hand):
                    yield f"{case.code} ({case.state}) can't be moved at {desk.actor}"
        running = set(session.scalars(select(Case.id).where(Case.holder != "")))
        for case_id in running | set(seen):
            if seen[case_id] != (case_id in running):
                yield f"case {case_id} is on {seen[case_id]} desks"

    def at_the_end(self, session: Session, now: datetime) -> None:
        """Look whether every case that ended has an answer, a lapse or an exclusion that bears it out."""
        over = select(Case).where(Case.holder == "").options(selectinload(Case.steps))
        for case in session.scalars(over.order_by(Case.id)):
            why = _unfounded(session, case)
            if why:
                self._fault(now, [f"{case.code} ended by {case.steps[-1].event}: {why}"])


def _unfounded(session: Session, case: Case) -> str:
    last = case.steps[-1]
    match last.event:
        case "confirm" | "unsure":
            return "" if _said(session, case, WORDS[last.event]) else "nobody said so"
        case "lapse":
            silent = case.declared_at and last.at - case.declared_at >= deadlines.RATING_OPEN
            return "" if silent and last.actor == "clock" else "the time to answer wasn't over"
        case "withdraw":
            return "" if last.actor.startswith("resident") else f"by {last.actor}"
        case "join":
            joined = select(CaseJoin.id).where(CaseJoin.case_id == case.id, CaseJoin.joined_at.is_not(None))
            return "" if session.scalar(joined) else "nobody agreed"
        case "out_of_scope":
            query = select(ScopeVerdict).where(ScopeVerdict.case_id == case.id)
            verdict = session.scalar(query.where(ScopeVerdict.verdict == "confirmed"))
            two = verdict is not None and verdict.proposed_by != verdict.decided_by
            return "" if two else "without a second person"
        case _:
            return "no end that there is"


def _said(session: Session, case: Case, word: str) -> bool:
    own = [
        select(model.id).where(model.case_id == case.id, model.round == case.round, model.solved == word)
        for model in (Rating, ReceiptWord)
    ]
    return any(session.scalar(query.limit(1)) is not None for query in own)


def figures(session: Session) -> list[tuple[str, str]]:
    """Return what the quarter came to, a line each."""
    whistles = session.scalars(select(Whistle)).all()
    answered = [each for each in whistles if each.answered_at is not None]
    in_time = [each for each in answered if each.answered_at and each.answered_at <= each.accept_due]
    states = Counter(session.scalars(select(Case.state)).all())
    kinds = Counter(session.scalars(select(Escalation.kind)).all())
    events = Counter(session.scalars(select(CaseStep.event)).all())
    sent = Counter(session.scalars(select(OutboxMessage.state)).all())
    share = len(in_time) / len(whistles) if whistles else 0
    ended = ("confirmed", "unconfirmed", "ended")
    return [
        ("cases", f"{sum(states.values()):,}"),
        ("of them over", f"{sum(states[each] for each in ended):,} ({_listed(states, ended)})"),
        ("still open", _listed(Counter({key: n for key, n in states.items() if key not in ended}))),
        ("next rounds (not solved)", f"{events['contest']:,}"),
        ("whistles", f"{len(whistles):,}; answered {len(answered):,}, in time {share:.0%} of all"),
        ("refusals and hand-backs (bounces)", f"{events['refuse']:,}; upheld {events['uphold']:,}"),
        ("escalations", _listed(kinds)),
        ("兜底 (the district had to take it)", f"{events['backstop']:,}"),
        ("handed over with duty", f"{events['handover']:,}"),
        ("taken over from who couldn't act", f"{events['take_over']:,}"),
        ("questions, pauses, void pauses", f"{events['ask']:,}, {events['pause']:,}, {events['void']:,}"),
        ("messages", f"{sum(sent.values()):,}: {_listed(sent)}"),
    ]


def _listed(counts: Counter[str], names: Iterable[str] = ()) -> str:
    wanted = names or sorted(counts)
    return ", ".join(f"{name} {counts[name]:,}" for name in wanted)
