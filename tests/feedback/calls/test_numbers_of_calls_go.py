"""Who called, and whom it rang, goes 90 days later; that there was a call stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from feedback.calls.operations import calls, retention
from feedback.calls.operations.legs import CallLine
from feedback.calls.rules import KEPT
from feedback.models import Call, CallLeg, CallRecord
from huying.telephony.voice import CallEvent
from tests.feedback.town import RESIDENT

LINE = CallLine("12345", lambda _number: True)
SECOND = timedelta(seconds=1)


@pytest.fixture
def called(town):
    """A call that rang somebody, and that nobody took."""
    told = [("start", "", {}), ("digits", "d0", {"digits": "572005"}), ("digits", "d1", {"digits": "1"})]
    for kind, key, more in told:
        event = CallEvent("fake", "c1", kind, key or kind, caller=RESIDENT, raw="told", **more)
        with town.database.transaction() as session:
            calls.handle(session, event, line=LINE, vault=town.vault, now=town.now)


def forget(town, *, at):
    with town.database.transaction() as session:
        return retention.forget(session, now=at)


def numbers(town):
    with town.database.reading() as session:
        callers = [call.sealed_caller is not None for call in session.scalars(select(Call))]
        legs = [leg.sealed_number != b"" for leg in session.scalars(select(CallLeg))]
        return callers, legs, [record.raw for record in session.scalars(select(CallRecord))]


@pytest.mark.usefixtures("called")
def test_a_callers_number_and_whom_it_rang_go_after_ninety_days(town):
    before = numbers(town)
    assert before[0] == [True]
    assert before[1]
    assert all(before[1])
    assert forget(town, at=town.now + KEPT - SECOND) == 0
    assert numbers(town) == before
    assert forget(town, at=town.now + KEPT) == 1
    callers, legs, told = numbers(town)
    assert (set(callers), set(legs), set(told)) == ({False}, {False}, {""})
    assert forget(town, at=town.now + KEPT) == 0
