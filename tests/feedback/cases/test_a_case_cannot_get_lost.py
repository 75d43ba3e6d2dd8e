"""Whatever people, clocks and carriers do: a case is on one desk of somebody who can act on it, told once."""

from __future__ import annotations

from datetime import timedelta
from math import fsum

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from feedback.cases.operations import clock, opening, pauses, ratings, steps
from feedback.cases.queries import cases as case_queries
from feedback.cases.queries import desks
from feedback.cases.rules import codes
from feedback.cases.rules.desks import desk
from feedback.cases.rules.requests import HelpRequest, RatingAnswer
from feedback.duty.rules import Assignment
from feedback.models import Account, Case, Duty, Escalation, Worker
from feedback.roster.operations import posts, retirement
from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from tests.conftest import NOW
from tests.feedback.cases import staffed
from tests.feedback.cases.letters import NUMBERS, Letters
from tests.support.seeds import Seed

STAFFED = Seed("public", "staffed", lambda session, vault: staffed.build(session, vault=vault, now=NOW))
HOUR = timedelta(hours=1)
FINAL = {"confirmed", "ended"}
number = st.integers(0, 9)


class Town(RuleBasedStateMachine):
    """Everybody acts within one transaction, which is given up in the end."""

    database = None
    vault = None

    @initialize(stopped=st.sampled_from([None, *NUMBERS]))
    def begin(self, stopped):
        self.now, self.opened, self.final = NOW, 0, {}
        self.transaction = self.database.transaction()
        self.session = self.transaction.__enter__()
        self.letters = Letters(self.session, self.vault)
        if stopped:
            self.letters.hear(stopped, "退订", key="before", now=NOW)

    def teardown(self):
        if hasattr(self, "session"):
            self.session.rollback()
            self.transaction.__exit__(None, None, None)

    def cases(self, *states):
        query = (
            select(Case).where(Case.holder != "")
            if not states
            else select(Case).where(Case.state.in_(states))
        )
        return self.session.scalars(query.order_by(Case.id)).all()

    def attempt(self, act):
        """Do something that may be refused; a refusal leaves everything as it was."""
        try:
            with self.session.begin_nested():
                act()
        except Refused:
            self.session.expire_all()

    @rule(
        grid=st.sampled_from(["G1", "G2"]),
        urgency=st.sampled_from(["life", "ordinary"]),
        contact=st.sampled_from([None, *NUMBERS]),
    )
    def opens(self, grid, urgency, contact):
        self.opened += 1
        opening.open_case(
            self.session,
            HelpRequest("其他", "请来看看", urgency=urgency, contact=contact),
            grid_code=grid,
            once=f"form-{self.opened:0>16}",
            source="voice" if contact else "operator",
            vault=self.vault,
            now=self.now,
        )

    @rule(which=number, what=number, to=st.sampled_from(["water", "urban"]))
    def moves(self, which, what, to):
        if found := self.cases():
            case = found[which % len(found)]
            events = staffed.offered(case, staffed.desk_of(self.session, case))
            event = events[what % len(events)]
            self.attempt(
                lambda: staffed.make(self.session, case, event, vault=self.vault, now=self.now, to=to)
            )

    @rule(which=number, event=st.sampled_from(["confirm", "contest", "unsure", "reply", "withdraw"]))
    def resident_says(self, which, event):
        if found := self.cases("declared", "waiting", "unconfirmed", "whistled"):
            case = found[which % len(found)]
            self.attempt(lambda: steps.take(self.session, case, event, actor="resident", now=self.now))

    @rule(which=number, solved=st.sampled_from(["solved", "not_solved", "unsure"]))
    def rates_by_link(self, which, solved):
        if found := self.cases("declared"):
            case = found[which % len(found)]
            token = codes.token_of(self.vault, case=case.code, round=case.round)
            self.attempt(lambda: ratings.rate(self.session, token, RatingAnswer(solved), now=self.now))

    @rule(moods=st.lists(st.sampled_from(["", "429", "500", "reset_before", "reset_after"]), max_size=6))
    def messages_leave(self, moods):
        self.letters.work(moods, now=self.now)

    @rule(which=number, word=st.sampled_from(["sent", "delivered", "30003", "30004"]))
    def a_carrier_tells_late(self, which, word):
        self.letters.tell(which, word, now=self.now)

    @rule(which=number, number=st.sampled_from(NUMBERS), text=st.sampled_from(["退 订", "ＴＤ", "恢复", "1"]))
    def somebody_writes_back(self, which, number, text):
        self.letters.hear(number, text, key=str(which), now=self.now)

    @rule(which=number)
    def countersigns(self, which):
        if found := self.cases("paused"):
            case = found[which % len(found)]
            self.attempt(lambda: pauses.countersign(self.session, case.id, login="c", now=self.now))

    @rule(
        worker=st.sampled_from(["W1", "W2", "W3"]),
        grid=st.sampled_from(["G1", "G2"]),
        hours=st.integers(1, 60),
    )
    def goes_on_duty(self, worker, grid, hours):
        cover = Assignment(grid, worker, 3, self.now, self.now + hours * HOUR)
        self.attempt(lambda: posts.assign(self.session, cover, by="office", now=self.now))

    @rule(which=number)
    def goes_off_duty(self, which):
        live = self.session.scalars(select(Duty).where(Duty.retracted_at.is_(None)).order_by(Duty.id)).all()
        row = live[which % len(live)] if live else None
        if row is not None:
            self.attempt(lambda: posts.close(self.session, row, by="office", now=self.now))

    @rule(worker=st.sampled_from(["W1", "W2", "W3"]))
    def retires(self, worker):
        self.attempt(lambda: retirement.retire(self.session, worker, by="office", now=self.now))

    @rule(login=st.sampled_from(["w1", "w2", "leader", "water", "urban", "district"]), active=st.booleans())
    def account(self, login, active):
        found = self.session.scalars(select(Account).where(Account.login == login)).one()
        found.active = active and (
            found.worker_code is None or self.session.get_one(Worker, found.worker_code).active
        )
        self.session.flush()

    @rule(hours=st.sampled_from([-30, -1, 0, 1, 3, 25, 80, 400]))
    def time_passes(self, hours):
        self.now += hours * HOUR
        ratings.settle(self.session, now=self.now)
        clock.tick(self.session, now=self.now)
        assert clock.tick(self.session, now=self.now) == 0, "nothing is due twice"

    @invariant()
    def every_case_is_on_one_desk_with_a_move(self):
        if not hasattr(self, "session"):
            return
        assert desks.nowhere(self.session) == []
        for case in self.cases():
            where = staffed.desk_of(self.session, case)
            assert where.actor == desk(case.keeper, desks.staffing(self.session, case))
            assert staffed.offered(case, where)

    @invariant()
    def hours_are_whole_and_blame_is_one(self):
        for case in self.session.scalars(select(Case)) if hasattr(self, "session") else ():
            until = max(self.now, case.steps[-1].at)
            parts = case_queries.held(case, until=until)
            elapsed = (parts[-1].end - parts[0].start) / HOUR if parts else 0
            assert fsum(case_queries.custody_hours(case, now=until).values()) == pytest.approx(elapsed)
            blame = case_queries.blame_of(self.session, case, now=until)
            assert not blame or fsum(blame.values()) == pytest.approx(1)

    @invariant()
    def what_is_final_stays(self):
        if not hasattr(self, "session"):
            return
        for case in self.cases(*FINAL):
            found = (case.state, case.round, len(case.steps), case_queries.custody_hours(case, now=self.now))
            assert self.final.setdefault(case.id, found)[:3] == found[:3]

    @invariant()
    def no_deadline_is_told_twice(self):
        if hasattr(self, "session"):
            told = select(Escalation.case_id, Escalation.round, Escalation.whistle_id, Escalation.number)
            found = self.session.execute(told.where(Escalation.kind.in_(("accept", "due", "further")))).all()
            assert len(found) == len(set(found))

    @invariant()
    def nobody_is_told_twice_or_after_saying_stop_or_of_a_lamp_post_by_night(self):
        if hasattr(self, "session"):
            assert self.letters.faults == []

    @invariant()
    def whoever_is_retired_holds_nothing(self):
        if hasattr(self, "session"):
            gone = select(Worker.code).where(~Worker.active)
            held = select(func.count(Case.id)).where(Case.worker_code.in_(gone), Case.holder != "")
            assert self.session.scalar(held) == 0


def test_no_history_loses_a_case(seeds, tmp_path):
    keys = Keyring(tmp_path / "keys")
    with seeds.copy("sqlite", STAFFED, folder=tmp_path, keys=keys) as database:
        town = type("TownHere", (Town,), {"database": database, "vault": Vault(keys)})
        run_state_machine_as_test(
            town,
            settings=settings(
                deadline=None, max_examples=max(2, settings().max_examples // 6), stateful_step_count=25
            ),
        )
