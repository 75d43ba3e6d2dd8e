"""Residents: they ask, prove their numbers, answer, contest, withdraw, write 退订, or stay silent."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.quarter.carrier import Later, Post
from bench.quarter.habits import DistrictHabits
from bench.quarter.layout import Layout
from feedback import codes
from feedback.cases.operations import asking, handling, joins, proofs, ratings, receipt_words
from feedback.cases.operations.limits import Origin
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.categories import CATEGORIES
from feedback.cases.rules.requests import HelpRequest, RatingAnswer
from feedback.models import Case, CaseJoin, Poster
from feedback.reach.operations import pings
from huying.store.installation import Installation

HOUR = timedelta(hours=1)
URGENCIES = {"life": 0.03, "utility": 0.15, "ordinary": 0.72, "hard": 0.1}
Attempt = Callable[[str, Callable[[Session], object]], bool]


@dataclass
class Residents:
    """Everybody who lives in the district; what they are going to do is put off until its hour."""

    here: Installation
    layout: Layout
    habits: DistrictHabits
    chance: random.Random
    post: Post
    later: Later
    attempt: Attempt
    receipts: dict[int, str] = field(default_factory=dict)
    foreseen: set[tuple[int, int, str]] = field(default_factory=set)
    limited: int = 0

    def come(self, number: int, at: datetime) -> None:
        """Let somebody scan the poster of a grid and ask."""
        chance, grid = self.chance, self.chance.choice(self.layout.grids)
        contact = f"+99915{number % 1800:07d}" if chance.random() < self.habits.leaves_number else None
        words, where = f"第{number}件，请来看看。", f"{number % 9 + 1}号楼"
        (urgency,) = chance.choices(list(URGENCIES), list(URGENCIES.values()))
        request = HelpRequest(chance.choice(CATEGORIES), words, where, urgency, contact)
        for turn in range(1 + (chance.random() < self.habits.twice)):
            self.attempt("open", self._asks(request, grid, f"form-{number:08d}-{turn:04d}", at))
        if contact and chance.random() < self.habits.stops_messages:
            self.later(at + HOUR * chance.uniform(1, 900), lambda when: self._stop(contact, when))

    def read(self, message: dict[str, Any], now: datetime) -> None:
        """Let whoever got a message do something about it."""
        chance, template = self.chance, message["template"]
        if template == "ping" and chance.random() < self.habits.ping_answered:
            at = now + HOUR * chance.uniform(0, 5)
            if chance.random() < 0.5:
                self.later(at, lambda when: self.post.reply(message["to"], "1", now=when))
            else:
                token = message["params"]["url"].rsplit("/", 1)[1]
                self.later(at, lambda when: self._answer_ping(token, when))
        if template == "proof" and chance.random() < self.habits.proves:
            case = self._case_of(message["to"])
            code = message["params"]["code"]
            self.later(now + HOUR * chance.uniform(0, 6), lambda when: self._prove(case, code, when))
        if template == "SMS_1" and chance.random() < self.habits.answers_link:
            token = message["params"]["url"].rsplit("/", 1)[1]
            at = now + HOUR * min(chance.expovariate(1 / 40), 400)
            self.later(at, lambda when: self._rate(token, when))
            if chance.random() < self.habits.changes_mind:
                self.later(at + HOUR * chance.uniform(0, 23), lambda when: self._rate(token, when))

    def look(self, now: datetime) -> None:
        """Let those whose case waits for them, or is over, decide what they are going to do."""
        with self.here.database.reading() as session:
            states = ("waiting", "declared", "unconfirmed", "confirmed")
            own = Case.receipt_hash.is_not(None)
            found = session.execute(
                select(Case.id, Case.round, Case.state).where(Case.state.in_(states), own)
            )
            rows = [(case_id, turn, state) for case_id, turn, state in found]
            joins_asked = list(session.scalars(_undecided()))
        for row in rows:
            if row not in self.foreseen:
                self.foreseen.add(row)
                self._foresee(*row, now=now)
        for case_id in joins_asked:
            self.attempt("join", self._joins(case_id, now=now))

    def _foresee(self, case_id: int, turn: int, state: str, *, now: datetime) -> None:
        del turn
        rolled, soon = self.chance.random(), now + HOUR * self.chance.uniform(1, 60)
        if state == "waiting":
            if rolled < 0.8:
                self.later(soon, lambda when: self._reply(case_id, when))
            return
        if state == "declared" and rolled < self.habits.answers_receipt:
            self.later(soon, lambda when: self._say(case_id, when))
        late = now + timedelta(days=self.chance.uniform(1, 20))
        if state != "declared" and rolled < self.habits.late_not_solved:
            self.later(late, lambda when: self._say(case_id, when, solved="not_solved"))

    def _joins(self, case_id: int, *, now: datetime) -> Callable[[Session], object]:
        same = self.chance.random() < 0.7
        return lambda session: joins.answer(session, case_id, same=same, now=now)

    def _asks(self, request: HelpRequest, grid: str, once: str, at: datetime) -> Callable[[Session], object]:
        def ask(session: Session) -> None:
            poster = session.scalars(select(Poster).where(Poster.grid_code == grid).limit(1)).one()
            origin = Origin(poster, f"203.0.113.{self.chance.randrange(1, 250)}")
            asked = asking.ask(session, request, origin, once=once, vault=self.here.vault, now=at)
            if asked.opened is None:
                self.limited += 1
            elif asked.fresh:
                self.receipts[asked.opened.case.id] = asked.opened.receipt
                if self.chance.random() < self.habits.withdraws:
                    case_id, when = asked.opened.case.id, at + HOUR * self.chance.uniform(1, 300)
                    self.later(when, lambda then: self._withdraw(case_id, then))

        return ask

    def _case_of(self, number: str) -> int:
        with self.here.database.reading() as session:
            index = self.here.vault.index(number, purpose="case")
            newest = select(Case.id).where(Case.contact_index == index).order_by(Case.id.desc()).limit(1)
            return session.scalars(newest).one()

    def _opinion(self) -> RatingAnswer:
        rolled, habits = self.chance.random(), self.habits
        if rolled < habits.not_solved:
            return RatingAnswer("not_solved", 3, self.chance.choice((1, 2)), "还没办好")
        return RatingAnswer("unsure" if rolled < habits.not_solved + habits.unsure else "solved", 4, 4)

    def _rate(self, token: str, now: datetime) -> None:
        answer = self._opinion()
        self.attempt("rate", lambda session: ratings.rate(session, token, answer, now=now))

    def _say(self, case_id: int, now: datetime, *, solved: str = "") -> None:
        word = solved or self._opinion().solved

        def say(session: Session) -> None:
            case = case_queries.by_receipt(session, self.receipts[case_id], vault=self.here.vault)
            door = case_queries.door(session, case, now=now)
            if door is not None and word in door.words:
                receipt_words.say(session, case.id, solved=word, now=now)

        if case_id in self.receipts:
            self.attempt("say", say)

    def _reply(self, case_id: int, now: datetime) -> None:
        self.attempt("reply", lambda session: handling.reply(session, case_id, text="5号楼", now=now))

    def _withdraw(self, case_id: int, now: datetime) -> None:
        self.attempt("withdraw", lambda session: handling.withdraw(session, case_id, now=now))

    def _prove(self, case_id: int, code: str, now: datetime) -> None:
        typed = codes.normalise_token(code) or code
        vault = self.here.vault
        self.attempt("prove", lambda session: proofs.prove(session, case_id, typed, vault=vault, now=now))

    def _answer_ping(self, token: str, now: datetime) -> None:
        self.attempt("ping", lambda session: pings.answer(session, token, on_duty=True, now=now))

    def _stop(self, number: str, now: datetime) -> None:
        text = self.chance.choice(("退订", " T D ", "ｔｄ", "不要再发了", "STOP"))
        self.post.reply(number, text, now=now)
        self.post.stopped.add(number)


def _undecided() -> Any:
    waiting = select(CaseJoin.case_id).where(CaseJoin.desk_at.is_not(None), CaseJoin.resident_at.is_(None))
    return waiting.where(CaseJoin.refused_at.is_(None), CaseJoin.joined_at.is_(None)).distinct()
