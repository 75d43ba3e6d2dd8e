"""What the staff do in an hour at work: each account sees its own desk, and makes a move that is offered."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.quarter.habits import DistrictHabits
from bench.quarter.layout import SLOW, Layout
from feedback import roles
from feedback.cases.operations import coordination, handling, pauses, proofs, whistles
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks, overview
from feedback.cases.queries.desks import Desk
from feedback.cases.rules.desks import hand_of
from feedback.cases.rules.lifecycle import COORDINATION, allowed, department
from feedback.cases.rules.pauses import PauseRequest
from feedback.cases.rules.requests import Refusal
from feedback.contacts.queries import checks
from feedback.models import Account, Area, Case
from feedback.notices.operations import asking
from feedback.notices.queries import unasked
from feedback.reach.operations import reports
from feedback.remit import queries as remit
from huying.base import clock, working_days
from huying.base.errors import Refused
from huying.store.installation import Installation

COORDINATES = Desk(COORDINATION)
HASTE = {"life": 6, "utility": 2}
"""How much likelier a move is where it presses."""


@dataclass
class Staff:
    """Everybody who works in the district; `refused` counts moves that the product didn't let through."""

    here: Installation
    layout: Layout
    habits: DistrictHabits
    chance: random.Random
    refused: dict[str, int] = field(default_factory=dict)

    def hour(self, now: datetime) -> None:
        """Let everybody who is at work look at their desk."""
        local = clock.local(now)
        day = 8 <= local.hour < 20
        office = 9 <= local.hour < 17 and working_days.official().works(local.date())
        self._at_desks(roles.WORKER, now=now, danger_alone=not day)
        self._at_desks(roles.GRID_LEADER, now=now, danger_alone=not day)
        self._at_desks(roles.DEPARTMENT_OFFICER, now=now, danger_alone=not office)
        if day:
            self._operate(now, first=local.hour == 10)
        if office:
            self._coordinate(now)
            self._review(now)

    def attempt(self, what: str, act: Callable[[Session], object]) -> bool:
        """Do something in a transaction of its own; a refusal is counted and changes nothing."""
        try:
            with self.here.database.transaction() as session:
                act(session)
        except Refused as why:
            key = f"{what}: {why}"
            self.refused[key] = self.refused.get(key, 0) + 1
            return False
        return True

    def _at_desks(self, role: str, *, now: datetime, danger_alone: bool) -> None:
        with self.here.database.reading() as session:
            danger = select(Case.id).where(Case.urgency == "life", Case.holder != "").limit(1)
            if danger_alone and session.scalar(danger) is None:
                return
            seated = select(Account).where(Account.role == role, Account.active).order_by(Account.id)
            often = self.habits.looks if role == roles.WORKER else 1
            looking = [account for account in session.scalars(seated) if self.chance.random() < often]
            found = [(desk, desks.on(session, desk)) for desk in map(desk_of, looking)]
            waiting = [
                (desk, case, self._move(session, desk, case)) for desk, cases in found for case in cases
            ]
        for desk, case, event in waiting:
            if event and (case.urgency == "life" or not danger_alone):
                self.attempt(event, self._does(event, desk, case, now=now))

    def _move(self, session: Session, desk: Desk, case: Case) -> str:
        """Choose one of the moves that the page offers, or none in this hour."""
        hand = hand_of(desk.actor, holder=case.holder, keeper=case.keeper, lead=case.lead)
        offered = set(allowed(case.state, hand))
        rolled = self.chance.random() / HASTE.get(case.urgency, 1)
        if "take_over" in offered and case.state not in {"waiting", "paused"}:
            return "take_over" if rolled < self.habits.takes else ""
        if "answer" in offered:
            return "answer" if rolled < self.habits.takes else ""
        if "accept" in offered:
            return self._department_s(session, desk, case, offered, rolled)
        return self._works_on(desk, case, offered, rolled)

    def _works_on(self, desk: Desk, case: Case, offered: set[str], rolled: float) -> str:
        habits, found = self.habits, ""
        if rolled < habits.asks and "ask" in offered:
            found = "ask"
        elif rolled > 1 - habits.pauses and "pause" in offered:
            found = "pause"
        elif "whistle" in offered and not self._was_done(case):
            found = "whistle" if rolled < habits.whistles else ""
        elif offered & {"declare", "done"}:
            pace = habits.department_finishes if desk.actor.startswith("dept") else habits.finishes
            finish = "done" if "done" in offered and self.chance.random() < 0.2 else "declare"
            found = finish if rolled < pace else ""
        elif offered & {"recall", "resume"} and rolled < 0.004:
            found = min(offered & {"recall", "resume"})
        return found

    def _department_s(
        self, session: Session, desk: Desk, case: Case, offered: set[str], rolled: float
    ) -> str:
        own = desk.actor.partition(":")[2]
        pace = self.habits.slow_department_takes if own in SLOW else self.habits.department_takes
        if rolled >= pace:
            return ""
        mine = self._owner(session, case) == own
        refuses = not mine or self.chance.random() < self.habits.refuses_anyway
        return "refuse" if refuses and "refuse" in offered else "accept"

    def _owner(self, session: Session, case: Case) -> str:
        """Return whose the matter really is."""
        grid = str(case.grid_code)
        row = remit.responsible(session, category=case.category, area_code=grid, at=case.opened_at)
        return self.layout.owners.get((case.category, grid), row.lead if row else "urban")

    def _was_done(self, case: Case) -> bool:
        own = [step.event for step in case.steps if step.round == case.round]
        grown = case.category in {"邻里纠纷", "其他"} or case.source == "staff"
        return "done" in own or "whistle" in own or "return" in own or grown

    def _does(self, event: str, desk: Desk, case: Case, *, now: datetime) -> Callable[[Session], object]:
        own = desk.actor.partition(":")[2]
        made: dict[str, Callable[[Session], object]] = {
            "whistle": lambda session: self._whistle(session, desk, case.id, now=now),
            "refuse": lambda session: self._refuse(session, desk, case.id, own, now=now),
            "declare": lambda session: handling.declare(
                session, case.id, actor=desk.actor, note="办好了", now=now, vault=self.here.vault
            ),
            "ask": lambda session: handling.ask(session, case.id, desk=desk, question="几号楼？", now=now),
            "pause": lambda session: pauses.pause(
                session, case.id, PauseRequest("weather", now + timedelta(days=5), "下雨"), desk=desk, now=now
            ),
            "resume": lambda session: pauses.resume(session, case.id, desk=desk, now=now),
        }
        plain = lambda session: handling.plainly(session, case.id, event, desk=desk, note="在办", now=now)  # noqa: E731
        return made.get(event, plain)

    def _whistle(
        self, session: Session, desk: Desk, case_id: int, *, now: datetime, lead: bool = False
    ) -> None:
        case = desks.one_on(session, case_id, desk)
        file = case_queries.file_of(session, case, now=now)
        aim = file.named[0] if file.named else "urban"
        if desk.actor == COORDINATION:
            called = [whistle for whistle in case.whistles if whistle.round == case.round]
            aim = (called[-1].instead if called else None) or self._owner(session, case)
            if not _is_manned(session, aim):
                coordination.send_back(session, case.id, desk=desk, note="部门没有人，请网格接着办", now=now)
                return
        elif self.chance.random() < self.habits.misrouted:
            aim = self.chance.choice(sorted(file.callable))
        if department(aim) == desk.actor:
            aim = next(code for code in sorted(file.callable) if code != aim)
        why = "" if file.named and file.leads and aim == file.named[0] else "居民要求"
        worker = {"worker_code": desk.worker_code} if desk.worker_code else {"by": desk.actor}
        whistles.sound(
            session, case.id, department_code=aim, request="请来人", why=why, lead=lead, now=now, **worker
        )

    def _refuse(self, session: Session, desk: Desk, case_id: int, own: str, *, now: datetime) -> None:
        case = handling.on_desk(session, case_id, desk=desk)
        owner = self._owner(session, case)
        if owner == own:
            refusal = Refusal(self.chance.choice(("missing_fact", "law_forbids", "done")), text="说明见此")
        else:
            refusal = Refusal("not_ours", instead=owner, text="不归我们")
        whistles.refuse_case(session, case, refusal, department_code=own, now=now)

    def _coordinate(self, now: datetime) -> None:
        with self.here.database.reading() as session:
            cases = [case.id for case in desks.on(session, COORDINATES)]
            unsigned = [each.case_id for each in overview.unsigned_pauses(session, COORDINATES)]
        for case_id in cases:
            if self.chance.random() < self.habits.coordinates:
                self.attempt("coordinate", lambda session, which=case_id: self._lead(session, which, now=now))  # type: ignore[misc]
        for case_id in unsigned:
            if self.chance.random() < self.habits.coordinates / 2:
                self.attempt(
                    "countersign",
                    lambda session, which=case_id: pauses.countersign(  # type: ignore[misc]
                        session, which, login="coordinator1", now=now
                    ),
                )

    def _lead(self, session: Session, case_id: int, *, now: datetime) -> None:
        case = desks.one_on(session, case_id, COORDINATES)
        hand = hand_of(COORDINATION, holder=case.holder, keeper=case.keeper, lead=case.lead)
        offered = allowed(case.state, hand)
        if "take_over" in offered:
            handling.take_over(session, case_id, desk=COORDINATES, now=now)
            return
        rolled = self.chance.random()
        if coordination.refused_as_not_ours(case) and rolled < 0.6:
            coordination.uphold(session, case_id, desk=COORDINATES, now=now)
        if "whistle" in offered and rolled < 0.75:
            self._whistle(session, COORDINATES, case_id, lead=self.chance.random() < 0.3, now=now)
        elif "return" in offered and rolled < 0.9:
            coordination.send_back(session, case_id, desk=COORDINATES, note="请网格接着办", now=now)
        elif case.state == "refused":
            coordination.propose_end(
                session, case_id, desk=COORDINATES, reason="法院已受理", login="coordinator1", now=now
            )

    def _review(self, now: datetime) -> None:
        with self.here.database.reading() as session:
            open_ones = [each.id for each in overview.proposals(session)]
        for which in open_ones:
            if self.chance.random() < 0.05:
                verdict = self.chance.choice(("confirmed", "declined"))
                self.attempt(
                    "decide",
                    lambda session, which=which, verdict=verdict: coordination.decide(  # type: ignore[misc]
                        session, which, verdict=verdict, login="reviewer", now=now
                    ),
                )

    def _operate(self, now: datetime, *, first: bool) -> None:
        """Let an operator call: numbers to be proven, residents to be asked; at ten, checks by hand."""
        with self.here.database.reading() as session:
            unproven = [case.id for case in case_queries.unproven(session)]
            to_ask = [each.rating.id for each in unasked.listed(session, sends=True, now=now)]
            areas = set(session.scalars(select(Area.code)))
            by_hand = checks.due(session, areas, asks=True, now=now) if first else []
        for which in unproven:
            if self.chance.random() < 0.05:
                self.attempt("prove", self._proves(which, now=now))
        for which in to_ask:
            if self.chance.random() < 0.05:
                solved = self.chance.choice(("solved", "solved", "not_solved", "unreached", "unreached"))
                self.attempt("ask resident", self._asks(which, solved, now=now))
        for check in by_hand:
            if self.chance.random() < 0.8:
                self.attempt("check", self._checks(check.contact.id, now=now))

    def _proves(self, case_id: int, *, now: datetime) -> Callable[[Session], object]:
        vault = self.here.vault
        return lambda session: proofs.prove_by_call(session, case_id, by="operator", vault=vault, now=now)

    def _asks(self, rating_id: int, solved: str, *, now: datetime) -> Callable[[Session], object]:
        return lambda session: asking.note(
            session, rating_id, solved=solved, by="operator", sends=True, now=now
        )

    def _checks(self, contact_id: int, *, now: datetime) -> Callable[[Session], object]:
        return lambda session: reports.prove(session, contact_id, now=now)


def desk_of(account: Account) -> Desk:
    """Return the desk at which an account sits."""
    if account.role == roles.WORKER:
        return Desk("worker", worker_code=account.worker_code)
    if account.role == roles.GRID_LEADER:
        return Desk(roles.OFFICE, area_code=account.area_code)
    if account.role == roles.COORDINATOR:
        return COORDINATES
    return Desk(department(str(account.department_code)))


def _is_manned(session: Session, code: str) -> bool:
    """Tell whether a department has an account in use, as the coordinator's page says of it."""
    seated = select(Account.id).where(Account.department_code == code, Account.active)
    return session.scalar(seated.limit(1)) is not None
