"""Scores of a large wave are made by a process of the background: once, seen, stopped; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Invalid, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.installation import Installation
from survey.fieldwork.operations import close, corrections, taken_out
from survey.models import (
    Answer,
    AnswerCommitment,
    CorrectedRelease,
    ScoreMaking,
    ScoreRelease,
)
from survey.roles import AUDITOR, SUPERVISOR
from survey.scores.operations import carrying, making, releasing
from survey.scores.operations.computing import compute
from survey.scores.operations.making import MakingRequest
from survey.scores.queries import export, releases
from survey.scores.queries import making as queries
from survey.scores.queries.making import MakingProgress
from survey.scores.rules import making as rules
from survey.scores.rules import steps
from survey.waves.queries import waves
from survey.waves.rules.early_ending import Signer
from tests.survey import world
from tests.survey.conftest import Led
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, answers, lines
from tests.survey.stories import END, in_field, works_through

BOSS, CHECKER, TO = Signer("b", SUPERVISOR), Signer("c", AUDITOR), "refusal_person"
FIRST, WHY = MakingRequest("w1", "ana"), "一位访问员没有念完题目。"
NOW = END + timedelta(hours=1)
GONE = NOW + rules.LEASE + timedelta(seconds=1)


def _closed(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (40, 11, 0)}, vault=vault)
    works_through(an_interviewer(database, vault), answers(database, G1=[5] * 6 + [2] * 5))
    with database.transaction() as session:
        close.close(session, "w1", now=END)


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def here(led: Led, keys: Keyring, tmp_path: Path) -> Installation:
    """The independent side of which a field is closed and nothing is scored."""
    database = led("a field closed", _closed)

    class Here(Installation):
        @property
        def keys(self) -> Keyring:
            return keys

    return Here(world.settings_in(tmp_path), database)


def asked(here: Installation, wanted: MakingRequest = FIRST) -> int:
    with here.database.transaction() as session:
        return making.start(session, wanted, now=NOW).id


def last(here: Installation, *, now=NOW) -> MakingProgress:
    with here.database.reading() as session:
        found = queries.last(session, "w1", now=now)
    assert found is not None
    return found


def due(here: Installation, *, now=NOW) -> list[int]:
    with here.database.reading() as session:
        return queries.due(session, now=now)


def stored(here: Installation) -> int:
    with here.database.reading() as session:
        return sum(
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (ScoreRelease, CorrectedRelease)
        )


def some_unit(session: Session) -> str:
    """A household that wasn't satisfied, and not the one that was asked to the last question."""
    rows = select(AnswerCommitment.unit).join(Answer, Answer.unit == AnswerCommitment.unit)
    shortest = rows.where(AnswerCommitment.answer == 2).group_by(AnswerCommitment.unit)
    return str(session.scalar(shortest.order_by(func.count(), AnswerCommitment.unit).limit(1)))


def stop(here: Installation) -> None:
    with here.database.transaction() as session:
        making.stop(session, "w1", by="bob", now=NOW)


def claimed(here: Installation, number: int, *, holder: str, now=NOW) -> bool:
    with here.database.transaction() as session:
        return making.claim(session, number, holder=holder, now=now)


def at(step: str, do: Callable[[], object]) -> steps.Told:
    """Do something once, when the making comes to a step."""
    left = [do]

    def hears(now: str, _done: int, _of: int) -> None:
        if now == step and left:
            left.pop()()

    return hears


def test_what_the_background_makes_is_what_a_command_makes(here: Installation) -> None:
    with here.database.reading() as session:
        wanted = compute(session, waves.find(session, "w1"), told=steps.silent)
    carrying.carry_out(here, asked(here))
    with here.database.reading() as session:
        made = releases.get(session, "w1")
    assert (made.body, made.detail, made.inputs_sha256) == (wanted.body, wanted.detail, wanted.inputs_sha256)
    assert (last(here).state, last(here).ended_at, due(here)) == ("done", NOW, [])
    assert lines(here.database)[-1]["t"] == "score"


def test_the_same_is_not_started_twice_and_what_is_made_not_again(here: Installation) -> None:
    number = asked(here)
    with here.database.transaction() as session:
        with pytest.raises(Conflict, match="正在计算"):
            making.start(session, MakingRequest("w1", "bob"), now=NOW)
        # The refusal undid nothing else of the transaction.
        assert queries.live(session) == {"w1"}
    carrying.carry_out(here, number)
    with here.database.transaction() as session, pytest.raises(Conflict, match="已经算出来了"):
        making.start(session, FIRST, now=NOW)
    carrying.carry_out(here, number)
    assert stored(here) == 1


def test_one_alone_computes_until_it_gives_no_sign_of_life_for_a_minute(here: Installation) -> None:
    number = asked(here)
    assert (claimed(here, number, holder="a"), claimed(here, number, holder="b")) == (True, False)
    assert due(here) == []
    with here.database.transaction() as session:
        assert making.beat(session, number, holder="a", at=("figures", 3, 19), now=NOW)
    assert (last(here).step, last(here).percent, last(here).lost) == (2, 28, False)
    assert (last(here, now=GONE).lost, due(here, now=GONE)) == (True, [number])
    assert claimed(here, number, holder="b", now=GONE)
    with here.database.transaction() as session:
        assert not making.beat(session, number, holder="a", at=("rows", 1, 1), now=GONE)
        assert making.held(session, number, holder="a") is None
    assert (last(here).step, due(here, now=GONE)) == (0, [])


def test_what_dies_three_times_is_given_up_and_may_be_asked_for_again(here: Installation) -> None:
    number, now = asked(here), NOW
    for holder in "abc":
        assert claimed(here, number, holder=holder, now=now)
        now += rules.LEASE + timedelta(seconds=1)
    assert not claimed(here, number, holder="d", now=now)
    assert (last(here).state, last(here).failure) == ("failed", "开始了三次，都没有算完。")
    assert asked(here) != number


@pytest.mark.parametrize("step", [steps.READING, steps.ROWS])
def test_what_is_stopped_stores_nothing_however_far_it_was(here: Installation, step: str) -> None:
    carrying.carry_out(here, asked(here), told=at(step, lambda: stop(here)))
    assert (stored(here), last(here).state, last(here).ended_by) == (0, "stopped", "bob")
    with here.database.transaction() as session, pytest.raises(Conflict, match="没有在计算"):
        making.stop(session, "w1", by="bob", now=NOW)
    carrying.carry_out(here, asked(here))
    assert stored(here) == 1


def test_whoever_was_replaced_stores_nothing(here: Installation) -> None:
    number = asked(here)
    carrying.carry_out(here, number, told=at(steps.ROWS, lambda: claimed(here, number, holder="b", now=GONE)))
    assert (stored(here), last(here).state) == (0, "running")


def test_what_changed_while_it_was_computed_is_computed_anew(here: Installation) -> None:
    number = asked(here)

    def comes_late() -> None:
        with here.database.transaction() as session:
            unit = some_unit(session)
            row = corrections.ask(session, "w1", unit=unit, to=TO, why="撤回", by=CHECKER, now=NOW)
            corrections.confirm(session, row.id, by=BOSS, now=NOW)

    carrying.carry_out(here, number, told=at(steps.ROWS, comes_late))
    assert (stored(here), last(here).state, due(here)) == (0, "waiting", [number])
    carrying.carry_out(here, number)
    with here.database.reading() as session:
        made, (row,) = releases.get(session, "w1"), session.scalars(select(ScoreMaking))
        assert row.inputs_sha256 == made.inputs_sha256


def test_what_a_command_made_meanwhile_stands(here: Installation) -> None:
    made = []

    def by_command() -> None:
        with here.database.transaction() as session:
            made.append(export.digest_of(releasing.estimate(session, "w1", now=NOW)))

    carrying.carry_out(here, asked(here), told=at(steps.ROWS, by_command))
    with here.database.reading() as session:
        assert [export.digest_of(releases.get(session, "w1"))] == made
    assert last(here).state == "done"


def failing(fault: Exception) -> steps.Told:
    def fail() -> None:
        raise fault

    return at(steps.ROWS, fail)


def test_what_fails_says_why_and_stores_nothing(here: Installation) -> None:
    carrying.carry_out(here, asked(here), told=failing(Refused("账本写不进去。")))
    assert (stored(here), last(here).state, last(here).failure) == (0, "failed", "账本写不进去。")
    carrying.carry_out(here, asked(here), told=failing(ZeroDivisionError()))
    assert (stored(here), last(here).failure) == (0, "程序出错，请看它的日志。")


def test_scores_are_made_again_in_the_background_too(here: Installation) -> None:
    carrying.carry_out(here, asked(here))
    again = MakingRequest("w1", "ana", WHY)
    with here.database.transaction() as session:
        with pytest.raises(Conflict, match="没有新撤掉的访问"):
            making.start(session, again, now=NOW)
        row = taken_out.ask(session, some_unit(session), to=TO, why="撤回", by=CHECKER, now=NOW)
        taken_out.confirm(session, row.id, by=BOSS, now=NOW)
        with pytest.raises(Invalid, match="写明理由"):
            making.start(session, MakingRequest("w1", "ana", " "), now=NOW)
    number = asked(here, again)
    assert last(here).again
    carrying.carry_out(here, number)
    with here.database.reading() as session:
        _first, second = releases.every(session, "w1")
        assert (second.why, second.made_by, releases.change(second).undone) == (WHY, "ana", 1)
    assert lines(here.database)[-1]["n"] == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE score_making SET ended_at = NULL, state = 'waiting'",
        "UPDATE score_making SET state = 'running', holder = 'x'",
        "UPDATE score_making SET asked_by = 'eve'",
        "DELETE FROM score_making",
    ],
)
def test_the_database_opens_nothing_again_that_is_over(here: Installation, change: str) -> None:
    asked(here)
    stop(here)
    with pytest.raises(DBAPIError), here.database.transaction() as session:
        session.execute(text(change))
