"""Years later the background work has dropped what names residents, and every law still holds."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import select

from feedback.cases.operations import handling, retention
from feedback.models import Case, OutboxMessage
from feedback.side import SIDE
from huying.base import clock
from huying.side.worker import BackgroundWorker
from huying.store.insert_only import lifted
from tests.conftest import NOW
from tests.support import kept
from tests.support.clear_text import holding
from tests.support.owner import as_owner

SAID = ["三楼水管漏水", "2单元", "请派人修", "还在滴"]
NOTED = ["下午去看", "修好了"]


def withdraw_all(here, *, at):
    with here.database.transaction() as session:
        for case in session.scalars(select(Case).where(Case.holder != "")).all():
            handling.withdraw(session, case.id, now=at)


def work_at(here, at):
    with time_machine.travel(at, tick=True):
        assert BackgroundWorker(here, SIDE.tasks, tell=lambda _said: None).round()
        return kept.broken(SIDE, here)


def test_work_drops_what_is_over_and_every_law_holds(here):
    withdraw_all(here, at=NOW + timedelta(hours=2))
    assert holding(here.database, SAID) != set()
    assert work_at(here, NOW + timedelta(days=91)) == {}
    with here.database.reading() as session:
        assert all(case.contact_sealed is None for case in session.scalars(select(Case)))
        old = select(OutboxMessage).where(OutboxMessage.created_at < NOW + timedelta(days=1))
        assert all(not each.sealed_number for each in session.scalars(old))
    assert work_at(here, NOW + timedelta(days=731)) == {}
    only_the_owner_may_touch = {"case_step.note"}
    assert holding(here.database, [*SAID, *NOTED]) == only_the_owner_may_touch
    late = NOW + timedelta(days=731)
    with as_owner(here.database) as session, lifted(session, "case_step"):
        retention.forget(session, now=late, notes=True)
    assert holding(here.database, [*SAID, *NOTED]) == set()
    with time_machine.travel(late):
        assert clock.now() == late
        assert kept.broken(SIDE, here) == {}
