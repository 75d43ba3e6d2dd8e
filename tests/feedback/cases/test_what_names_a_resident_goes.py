"""What names a resident goes in its time, or at once if wished; counts, custody and ledger stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from feedback.cases.operations import handling, receipt_words, retention
from feedback.cases.operations.steps import load
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.retention import KEPT
from feedback.models import LEDGER, Case, CaseStep, Whistle
from huying.base.errors import Conflict
from huying.store.insert_only import lifted
from tests.support.owner import as_owner

DAY = timedelta(days=1)
SAID = ("三楼水管漏水", "2单元", "请派人修", "下午去看", "修好了", "还在滴")


@pytest.fixture
def over(town):
    """A case that was whistled for, contested, worked on again, and withdrawn."""
    case = town.open().case
    town.answer(case)
    town.whistle(case)
    with town.database.transaction() as session:
        handling.withdraw(session, case.id, now=town.now + DAY)
    return case


def forget(town, *, at, notes=False):
    with town.database.transaction() as session:
        return retention.forget(session, now=at, notes=notes)


def stored(town, case):
    with town.database.reading() as session:
        found = session.get_one(Case, case.id)
        hours = case_queries.custody_hours(found, now=town.now + 9 * DAY)
        return found, hours


def everything(town):
    """All that the database holds of cases, as one text."""
    tables = ("help_case", "case_step", "whistle", "rating", "rating_version", "receipt_word")
    with town.database.reading() as session:
        return repr([session.execute(text(f"SELECT * FROM {table}")).all() for table in tables])


def test_number_index_and_words_go_each_in_its_time(town, over):
    end = town.now + DAY
    before = stored(town, over)[1]
    assert forget(town, at=end + KEPT["contact"] - timedelta(seconds=1)) == 0
    forget(town, at=end + KEPT["contact"])
    case, _hours = stored(town, over)
    assert (case.contact_sealed, case.contact_index is None, case.text) == (None, False, "三楼水管漏水")
    forget(town, at=end + KEPT["index"])
    assert stored(town, over)[0].contact_index is None
    assert forget(town, at=end + KEPT["text"]) == 1
    case, hours = stored(town, over)
    assert (case.text, case.place, hours) == ("", "", before)
    assert forget(town, at=end + KEPT["text"]) == 0, "a second round drops nothing"


def test_what_is_still_open_keeps_everything(town):
    case = town.open().case
    town.answer(case)
    assert forget(town, at=town.now + timedelta(days=3000)) == 0
    with town.database.transaction() as session, pytest.raises(Conflict):
        retention.erase(session, case.id, now=town.now)


def test_a_resident_has_a_case_erased_and_nothing_that_was_written_is_left(town, over):
    with town.database.reading() as session:
        lines = list(LEDGER.lines(session))
    with town.database.transaction() as session:
        retention.erase(session, over.id, now=town.now + 2 * DAY)
        assert retention.notes_left(session, now=town.now + 2 * DAY) == 1
    with as_owner(town.database) as session, lifted(session, "case_step"):
        retention.forget(session, now=town.now + 2 * DAY, notes=True)
    left = everything(town)
    assert not any(said in left for said in SAID)
    with town.database.reading() as session:
        assert retention.notes_left(session, now=town.now + 2 * DAY) == 0
        assert list(LEDGER.lines(session))[: len(lines)] == lines
        assert b"case.erased" in list(LEDGER.lines(session))[-1]
        events = session.scalars(select(CaseStep.event).order_by(CaseStep.id)).all()
        assert events == ["open", "answer", "whistle", "withdraw"]
        assert session.scalars(select(Whistle.state)).all() == ["ended"]


def test_a_late_word_after_the_number_is_gone_still_opens_the_next_round(town):
    case = town.declared(contact=None)
    with town.database.transaction() as session:
        receipt_words.say(session, case.id, solved="solved", words="还在滴", now=town.now)
    town.settle()
    forget(town, at=town.now + 3 * DAY + KEPT["text"])
    with town.database.transaction() as session:
        later = town.now + 4 * DAY + KEPT["text"]
        receipt_words.say(session, case.id, solved="not_solved", now=later)
        receipt_words.settle(session, now=later + DAY)
        assert load(session, case.id).round == 2
