"""Whatever people and clocks do in a field: the table of states holds, and so does what must always hold."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from huying.base.errors import Conflict, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import calls, claims, close, dnc, lapses, statements
from survey.fieldwork.queries import appointments, held_cases, histories, interviews
from survey.fieldwork.queries.dispositions import disposition
from survey.fieldwork.queries.statements import REGISTRAR, questions
from survey.fieldwork.questionnaire import path
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.dispositions import group_of
from survey.fieldwork.rules.hours import may_dial, next_hours
from survey.fieldwork.rules.outcome_codes import NOT_REACHED
from survey.fieldwork.rules.queue import PUNCTUAL
from survey.models import (
    LEDGER,
    Account,
    Answer,
    Appointment,
    Attempt,
    Dial,
    EligibilityStatement,
    SampledCase,
    SampleUnit,
    Wave,
)
from survey.models.calls import OPEN_DIALS
from survey.waves.operations import release
from survey.waves.queries import opted_out
from survey.waves.rules import wave_rules
from survey.waves.rules.final_codes import FINAL
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.support.examples import by_night
from tests.support.seeds import Seed
from tests.survey import stories
from tests.survey.stories import Interviewer, brief

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ENDS = NOW + timedelta(days=12)
RULES = WaveRules(attempts=6, plan=0, most=0, unworked=1000, armcap=1000)
KNOWN = frozenset({"I", "P", "R", "NC", "O", "NE"})
"""Classes in which it is known whether the household is eligible."""
NUMBERS = ("+99910000001;+99910000002", "", "", "")
WAITING = ("released", "queued", "resting")
TALK = ("talking", "interviewing", "coding")


def _moves(sources: tuple[str, ...], targets: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((source, target) for source in sources for target in targets)


REST = ("resting", "queued", "closed")
TABLE = {
    "time": _moves(WAITING, ("resting", "queued")) | _moves(("held", "dialling", *TALK), REST),
    "claim": _moves(WAITING, ("resting", "queued", "held"))
    | _moves(("held", "dialling", *TALK), (*REST, "held")),
    # A wish in a talk that was taken back stops the case at the next press, though the line still rings.
    "dial": _moves(("held",), ("dialling", "closed")) | _moves(("dialling",), ("closed",)),
    "answered": _moves(("dialling",), ("talking",)),
    "not reached": _moves(("dialling",), ("held", *REST)),
    "taken back": _moves(("talking", "interviewing"), ("dialling",)),
    "answer": _moves(TALK, TALK),
    "coded": _moves(TALK, ("held", *REST)),
    "handed back": _moves(("held", "dialling"), REST),
    "registrar": _moves(WAITING, ("closed",)),
    "wish": _moves(WAITING, ("closed",)),
    "nothing": frozenset(),
}
"""From where to where an event leads a case; what stands nowhere here never happens."""


def lead(database: Database, vault: Vault) -> None:
    """Four households are out, one of them with three numbers and one without any; one is in reserve."""
    rows = [
        stories.household(f"h{at}", "G1", f"+9991000001{at}" if at < 4 else "", adults=more)
        for at, more in enumerate((*NUMBERS, ""))
    ]
    with database.transaction() as session:
        stories.register(session, rows, vault=vault)
        stories.frozen(session, {"G1": (4, 1)}, vault=vault, rules=RULES, field_ends_at=ENDS)
        stories.drawn(session)
        release.open_field(session, "w1", now=NOW)
    stories.enrol(database, interviewers=3)
    stories.supervisor(database)


FIELD = Seed("survey", "machine", lead=lead)
FEW = settings(max_examples=6, stateful_step_count=20, phases=[Phase.generate])
"""Histories so short that they can be read as they are."""
MANY = settings(max_examples=150, stateful_step_count=50)
who = st.integers(0, 2)
which = st.integers(0, 40)


class CallCentre(RuleBasedStateMachine):
    """Everybody acts within one transaction, which is given up in the end."""

    database = None
    vault = None

    @initialize()
    def begin(self):
        self.now, self.known, self.ended, self.fences = NOW, {}, {}, {}
        self.transaction = self.database.transaction()
        self.session = self.transaction.__enter__()
        accounts = self.session.scalars(select(Account).order_by(Account.id)).all()
        self.seats = [Interviewer(self.database, each, vault=self.vault) for each in accounts if each.code]
        for seat in self.seats:
            seat.session = self.session
        self.boss = next(each for each in accounts if not each.code)
        self.effort = wave_rules.read(self.session.get_one(Wave, "w1").rules).effort

    def teardown(self):
        if hasattr(self, "session"):
            try:
                self._field_ends()
            finally:
                self.session.rollback()
                with suppress(Exception):
                    self.transaction.__exit__(None, None, None)

    def states(self):
        ringing = set(self.session.scalars(select(Dial.unit).where(Dial.state.in_(OPEN_DIALS))))
        rows = self.session.execute(select(SampledCase.unit, SampledCase.state))
        return {unit: "dialling" if state == "held" and unit in ringing else state for unit, state in rows}

    def does(self, event, act):
        """Do something that may be refused, which leaves everything as it was; return whether it was done."""
        before = self.states()
        try:
            with self.session.begin_nested():
                act()
        except Refused:
            self.session.expire_all()
            assert self.states() == before
            return False
        after = self.states()
        for unit, state in after.items():
            if state != before[unit]:
                assert (before[unit], state) in TABLE[event], (event, before[unit], state)
                self._knowledge_grows(unit)
        return True

    def in_hand(self, who):
        seat = self.seats[who]
        case = held_cases.held(self.session, interviewer=seat.account)
        if case is not None:
            seat.unit, seat.fence = case.unit, case.fence
        return seat, case

    def held(self, who):
        """The case in hand; where there is none, somebody calls when the next one opens."""
        seat, case = self.in_hand(who)
        if case is None:
            waiting = select(func.min(SampledCase.opens_at)).where(SampledCase.state.in_(WAITING))
            opens = max(self.now, self.session.scalar(waiting) or self.now)
            self.now = min(next_hours(opens), ENDS)
            self.claims(who=who)
            seat, case = self.in_hand(who)
        return seat, case

    def dialling(self, who):
        _seat, case = self.held(who)
        if case is not None and case.state == "held":
            self.dials(who=who)
        return self.in_hand(who)

    def talking(self, who):
        _seat, case = self.dialling(who)
        if case is not None and case.state == "held":
            self.is_answered(who=who)
        return self.in_hand(who)

    def talk_of(self, seat):
        return interviews.so_far(self.session, seat.unit)

    @rule(who=who)
    def claims(self, who):
        seat, mine = self.in_hand(who)
        self.does("claim", lambda: seat.takes_next(self.now))
        case = held_cases.held(self.session, interviewer=seat.account)
        if case is not None and mine is None:
            self._may_be_called(case, seat)

    @rule(who=who)
    def dials(self, who):
        seat, case = self.in_hand(who)
        if case is None or not self.does("dial", lambda: seat.dials(self.now)):
            return
        if case.state != "closed":
            self._may_be_called(case, None)

    def _may_be_called(self, case, seat):
        """Nobody is called outside the hours, before the time, beyond the limits, or after a wish."""
        assert may_dial(self.now)
        assert self.now < ENDS
        early = PUNCTUAL if appointments.open_of(self.session, case.unit) else timedelta(0)
        assert case.next_due <= self.now + early
        history = self._history(case.unit)
        done = [each for each in history if each.code is not None]
        assert len(policy.counted(done)) < self.effort.attempts + self.effort.asked_extra
        if seat is not None:
            assert not opted_out.has(self.session, case.unit)
            mine = select(Attempt.code).where(
                Attempt.unit == case.unit, Attempt.interviewer_id == seat.account.id
            )
            assert not {"soft_refusal", "to_confirm"} & set(self.session.scalars(mine))

    @rule(who=who, code=st.sampled_from(NOT_REACHED))
    def reaches_nobody(self, who, code):
        seat, case = self.dialling(who)
        if case is not None:
            self.does("not reached", lambda: seat.reaches_nobody(code, self.now))

    @rule(who=who)
    def is_answered(self, who):
        seat, case = self.in_hand(who)
        if case is not None:
            self.does("answered", lambda: seat.is_answered(self.now))

    @rule(who=who)
    def takes_back(self, who):
        seat, case = self.talking(who)
        if case is not None:
            hand = {"interviewer": seat.account, "fence": seat.fence, "now": self.now}
            self.does("taken back", lambda: calls.nobody_after_all(self.session, seat.unit, **hand))

    @rule(who=who, at=which, value=which, again=st.booleans())
    def answers(self, who, at, value, again):
        """Any item on the path gets any of its values, once or twice: twice is once."""
        seat, case = self.talking(who)
        if case is None or case.state not in TALK:
            return
        talk = self.talk_of(seat)
        code = talk.next_item if again or not talk.items else talk.items[at % len(talk.items)]
        item = talk.form.item(code or "")
        if item is None:
            return
        values = [str(each.value) for each in item.options] or ["就是这样"]
        raw = values[value % len(values)]
        if self.does("answer", lambda: seat.enters(code, raw, self.now)):
            given = self._given(seat.unit)
            seat.enters(code, raw, self.now)
            assert self._given(seat.unit) == given
        self._record_is_the_path(seat.unit)

    @rule(who=who, upto=st.integers(3, 22), headline=st.integers(1, 5))
    def tells(self, who, upto, headline):
        """A respondent who goes along, as far as `upto` items."""
        seat, case = self.talking(who)
        if case is None or case.state not in TALK:
            return
        said = brief(headline)
        for _step in range(upto):
            code = self.talk_of(seat).next_item
            if code is None or not self.does(
                "answer", lambda code=code: seat.enters(code, said.get(code, "1"), self.now)
            ):
                break
        self._record_is_the_path(seat.unit)

    @rule(who=who, at=which, hours=st.integers(1, 90))
    def codes(self, who, at, hours):
        seat, case = self.talking(who)
        if case is None or case.state not in TALK:
            return
        possible = held_cases.codes_of(case.state, self.talk_of(seat))
        code = possible[at % len(possible)]
        when = self.now + hours * HOUR if code in policy.APPOINTED else None
        self.does("coded", lambda: seat.ends(code, self.now, appointment=when))

    @rule(who=who, undone=st.booleans())
    def never_again(self, who, undone):
        seat, _case = self.talking(who)
        if not seat.unit:
            return
        hand = {"interviewer": seat.account, "now": self.now}
        if not self.does("wish", lambda: dnc.say(self.session, seat.unit, **hand)):
            return
        assert opted_out.has(self.session, seat.unit)
        if undone:
            self.does("nothing", lambda: dnc.undo(self.session, seat.unit, **hand))

    @rule(who=who)
    def takes_over(self, who):
        """The former tab can write no more."""
        seat, case = self.held(who)
        if case is None:
            return
        stale = seat.fence
        hand = {"interviewer": seat.account, "now": self.now}
        self.does("nothing", lambda: claims.take_over(self.session, seat.unit, **hand))
        for late in (
            lambda: claims.renew(self.session, seat.unit, fence=stale, **hand),
            lambda: calls.dial(self.session, seat.unit, fence=stale, vault=self.vault, **hand),
        ):
            with pytest.raises(Conflict), self.session.begin_nested():
                late()
        self.session.expire_all()

    @rule(who=who, other=who)
    def anothers_case_is_not_theirs(self, who, other):
        seat, case = self.in_hand(who)
        if case is not None and who != other:
            hand = {"interviewer": self.seats[other].account, "fence": seat.fence, "now": self.now}
            with pytest.raises(Conflict), self.session.begin_nested():
                calls.reached(self.session, seat.unit, **hand)
            self.session.expire_all()

    @rule(who=who)
    def is_handed_back(self, who):
        _seat, case = self.held(who)
        if case is not None:
            told = {"by": self.boss, "reason": "午饭", "now": self.now}
            self.does("handed back", lambda: lapses.hand_back(self.session, case.unit, **told))

    @rule(eligible=st.booleans())
    def registrar_answers(self, eligible):
        told = {"code": None if eligible else "duplicate", "by": self.boss, "now": self.now}
        for household in questions(self.session):
            self.does("registrar", partial(statements.answer, self.session, household, **told))

    @rule(by=st.sampled_from([MINUTE, 3 * MINUTE, 11 * MINUTE, 5 * HOUR, 22 * HOUR, DAY, 5 * DAY]))
    def time_passes(self, by):
        self.now = min(self.now + by, ENDS + HOUR)
        self.does("time", lambda: lapses.sweep(self.session, now=self.now))

    @invariant()
    def one_holder_a_case_and_one_case_a_holder(self):
        if not hasattr(self, "session"):
            return
        cases = self.session.scalars(select(SampledCase)).all()
        out = select(SampleUnit.unit).where(SampleUnit.replicate == 0)
        assert {case.unit for case in cases} <= set(self.session.scalars(select(SampleUnit.unit)))
        assert len(cases) == len(set(self.session.scalars(out))) == 4
        holders = [case.holder_id for case in cases if case.holder_id is not None]
        assert len(holders) == len(set(holders))
        for case in cases:
            assert (
                (case.holder_id is None) == (case.lease_until is None) == (case.state in {*WAITING, "closed"})
            )
            assert (case.state == "closed") == (case.final_code is not None)
            assert case.fence >= self.fences.get(case.unit, 0)
            self.fences[case.unit] = case.fence

    @invariant()
    def every_attempt_is_kept(self):
        if not hasattr(self, "session"):
            return
        numbers = {}
        for row in self.session.scalars(select(Attempt).order_by(Attempt.id)):
            numbers.setdefault(row.unit, []).append(row.n)
            if row.ended_at is not None:
                told = (row.code, row.ended_at, row.ended_by, row.set_by, row.dialled_at, row.note)
                assert self.ended.setdefault(row.id, told) == told
        assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
        for table, ended in (
            (Dial.unit, Dial.state.in_(OPEN_DIALS)),
            (Appointment.unit, Appointment.ended_at.is_(None)),
        ):
            open_ = select(table, func.count()).where(ended).group_by(table).having(func.count() > 1)
            assert self.session.execute(open_).all() == []

    def _history(self, unit):
        return histories.of_units(self.session, [unit]).get(unit, [])

    def _given(self, unit):
        return self.session.scalar(select(func.count()).select_from(Answer).where(Answer.unit == unit))

    def _record_is_the_path(self, unit):
        talk = interviews.so_far(self.session, unit)
        assert set(talk.answers) <= set(path.path(talk.answers, form=talk.form))
        assert set(talk.call) <= set(path.walk(talk.form.call_items(), talk.call).asked)

    def _knowledge_grows(self, unit):
        """What is known of eligibility grows, but for a doubt; a final code is what the log gives."""
        case = self.session.get_one(SampledCase, unit)
        found = disposition(self.session, unit, history=self._history(unit), numbers=len(self._history(unit)))
        before = self.known.get(unit)
        if before in KNOWN:
            assert group_of(found) in KNOWN or found == "other_unknown", (before, found)
        self.known[unit] = group_of(found)
        if case.final_code is not None:
            assert case.final_code in {found, f"{found}_other"}, (case.final_code, found)
        if group_of(found) == "NE":
            told = select(EligibilityStatement.by).where(EligibilityStatement.unit == unit)
            people = set(self.session.scalars(told))
            assert len(people) > 1 or any(each.startswith(REGISTRAR) for each in people)

    def _field_ends(self):
        """No temporary code is left; every dialled attempt stands in the ledger."""
        over = ENDS + HOUR
        lapses.sweep(self.session, now=over)
        close.close(self.session, "w1", now=over)
        for case in self.session.scalars(select(SampledCase)):
            assert (case.state, case.holder_id) == ("closed", None)
            assert case.final_code in FINAL
        dialled = select(func.count()).select_from(Attempt).where(Attempt.dialled_at.is_not(None))
        logged = sum(b'"t":"attempt"' in line for line in LEDGER.lines(self.session))
        assert logged == self.session.scalar(dialled)


@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow])]
)
def test_no_history_breaks_the_table_or_what_must_always_hold(seeds, tmp_path, engine):
    keys = Keyring(tmp_path / "keys")
    with seeds.copy(engine, FIELD, folder=tmp_path, keys=keys) as database:
        centre = type("CentreHere", (CallCentre,), {"database": database, "vault": Vault(keys)})
        run_state_machine_as_test(centre, settings=settings(MANY if by_night() else FEW, deadline=None))
