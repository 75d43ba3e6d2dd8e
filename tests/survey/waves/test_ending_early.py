"""A field ends early by two people of different roles, with a reason that is kept."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from huying.base.errors import Conflict, Forbidden, Invalid, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey import roles
from survey.drawing import fields
from survey.fieldwork.operations import ending
from survey.models import EarlyEnding, Wave
from survey.waves.operations import early_ending
from survey.waves.queries import sealed
from survey.waves.rules.early_ending import CONFIRM, Signer, check_second, reason_entry
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.browsing import Visitor
from tests.survey.stories import Interviewer, enrol, in_field, units_by_grid, works_through
from tests.survey.web.test_commands import environment, file, run
from tests.survey.world import PASSWORD, WAVE

__all__ = ["environment", "file", "run"]

SIGNED = sealed.EndedEarly("draw_officer:drawer、supervisor:super", "flood")
OFFICER, SUPERVISOR = Signer("drawer", roles.DRAW_OFFICER), Signer("super", roles.SUPERVISOR)


def agree_to_end_early(officer: Visitor) -> None:
    """The officer asks by page, a supervisor confirms."""
    officer.send(officer.open(f"/waves/{WAVE}"), "/early", why="洪水，电话不通")
    supervisor = Visitor(officer.app, "supervisor")
    assert supervisor.send(supervisor.open(f"/early/{WAVE}"), f"/early/{WAVE}").status == 200


@pytest.fixture
def database(survey_db: Database, vault: Vault) -> Database:
    in_field(survey_db, {"G1": (6, 3, 0)}, vault=vault)
    return survey_db


def test_with_households_waiting_a_field_ends_by_two_names(database):
    with pytest.raises(Refused, match="提前结束要两个人"), database.transaction() as session:
        ending.end(session, "w1", now=NOW)
    with database.transaction() as session:
        early_ending.ask(session, "w1", why=" flood ", by=OFFICER, now=NOW)
    with pytest.raises(Refused, match="提前结束要两个人"), database.transaction() as session:
        ending.end(session, "w1", now=NOW)
    with database.transaction() as session:
        early_ending.confirm(session, "w1", by=SUPERVISOR, now=NOW)
        ending.end(session, "w1", now=NOW)
    with database.reading() as session:
        row = session.scalars(select(EarlyEnding)).one()
        assert (row.why, row.asked_by, row.confirmed_by) == ("flood", "drawer", "super")
        assert sealed.ended_early(session, session.get_one(Wave, "w1")) == SIGNED


def test_past_the_sealed_end_nobody_has_to_confirm(survey_db, vault):
    ends = NOW + timedelta(hours=1)
    in_field(survey_db, {"G1": (6, 3, 0)}, vault=vault, field_ends_at=ends)
    with pytest.raises(Refused), survey_db.transaction() as session:
        ending.end(session, "w1", now=NOW)
    with survey_db.transaction() as session:
        ending.end(session, "w1", now=ends)


def test_what_was_signed_stays(database):
    with database.transaction() as session:
        early_ending.ask(session, "w1", why="flood", by=OFFICER, now=NOW)
        early_ending.confirm(session, "w1", by=SUPERVISOR, now=NOW)
    for changed in ({"why": "x"}, {"confirmed_by": "x"}, {"asked_by": "x"}):
        with pytest.raises(DatabaseError, match="insert-only"), as_owner(database) as session:
            session.execute(update(EarlyEnding).values(**changed))
    for step in (
        lambda session: early_ending.ask(session, "w1", why="again", by=OFFICER, now=NOW),
        lambda session: early_ending.confirm(session, "w1", by=SUPERVISOR, now=NOW),
    ):
        with pytest.raises(Conflict), database.transaction() as session:
            step(session)


def test_a_reason_is_needed(database):
    with pytest.raises(Invalid, match="写明理由"), database.transaction() as session:
        early_ending.ask(session, "w1", why=" \n", by=OFFICER, now=NOW)


@pytest.mark.parametrize("role", roles.NAMES)
def test_the_second_is_another_person_of_another_role_that_sees_no_score(role):
    second = Signer("somebody", role)
    if role in CONFIRM:
        check_second(OFFICER, second)
        with pytest.raises(Conflict):
            check_second(Signer("somebody", "x"), second)
        return
    with pytest.raises((Conflict, Forbidden)):
        check_second(OFFICER, second)


def test_by_page_the_officer_asks_and_another_role_confirms(visit):
    officer = visit("open", "draw_officer")
    supervisor = Visitor(officer.app, "supervisor")
    assert supervisor.open(f"/early/{WAVE}").status == 404
    page = officer.open(f"/waves/{WAVE}")
    assert "/close" not in "".join(page.actions)
    assert officer.send(page, "/early", why="").status == 422
    page = officer.send(page, "/early", why="洪水，电话不通")
    assert "等督导、名册管理员或审计员确认" in page.text
    asked = supervisor.open(f"/early/{WAVE}")
    assert "洪水，电话不通" in asked.text
    assert "已确认" in supervisor.send(asked, f"/early/{WAVE}").text
    page = officer.open(f"/waves/{WAVE}")
    assert "supervisor 确认" in page.text
    officer.send(page, "/close")
    with officer.app.extensions["huying"].database.reading() as session:
        found = sealed.ended_early(session, session.get_one(Wave, WAVE))
    assert found is not None
    assert found.by == "draw_officer:draw_officer、supervisor:supervisor"
    assert re.fullmatch("[0-9a-f]{64}", found.why)
    assert "提前结束" in Visitor(officer.app).open(f"/rounds/{WAVE}").text


def test_by_command_both_type_their_passwords(run, file, database):
    for login, role in (("drawer", roles.DRAW_OFFICER), ("super", roles.SUPERVISOR)):
        run("account", login, "--role", role, "--name", login, "--password-file", file("p", PASSWORD))
    with pytest.raises(Refused, match="提前结束要两个人"):
        run("wave", "close", "w1")
    for typed, sentence in (
        (f"drawer\n{PASSWORD}\nsuper\nwrong\n", "登录名或密码不对"),
        (f"super\n{PASSWORD}\ndrawer\n{PASSWORD}\n", "由抽样官提出"),
        (f"drawer\n{PASSWORD}\ndrawer\n{PASSWORD}\n", "另一个人"),
    ):
        with pytest.raises(Refused, match=sentence):
            run("wave", "close", "w1", "--early", "flood", typed=typed)
    run("wave", "close", "w1", "--early", "flood", typed=f"drawer\n{PASSWORD}\nsuper\n{PASSWORD}\n")
    with database.reading() as session:
        row = session.scalars(select(EarlyEnding)).one()
        assert (row.why, row.asked_by, row.confirmed_by) == ("flood", "drawer", "super")
        assert sealed.ended_early(session, session.get_one(Wave, "w1")) == SIGNED


@pytest.mark.parametrize(
    ("signer", "entry"),
    [(OFFICER, "draw_officer:drawer"), (Signer("王老师", "supervisor"), "supervisor:d575feb32c208613")],
)
def test_a_login_that_the_ledger_can_t_hold_stands_there_by_its_digest(signer, entry):
    assert signer.entry() == entry


@given(st.text(min_size=1))
def test_the_ledger_holds_a_code_or_a_digest_and_never_free_text(why):
    found = reason_entry(why, salt="00" * 16)
    assert fields.REASON.check(found) == found
    assert found == why or re.fullmatch("[0-9a-f]{64}", found)


def test_a_digest_as_a_reason_is_hashed_again_so_that_nobody_states_one():
    assert reason_entry("ab" * 32, salt="") != "ab" * 32


def test_where_everybody_was_worked_in_the_meantime_the_field_doesn_t_end_early(survey_db, vault):
    in_field(survey_db, {"G1": (6, 3, 0)}, vault=vault)
    caller = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    with survey_db.transaction() as session:
        early_ending.ask(session, "w1", why="flood", by=OFFICER, now=NOW)
        early_ending.confirm(session, "w1", by=SUPERVISOR, now=NOW)
    works_through(caller, dict.fromkeys(units_by_grid(survey_db)["G1"], 4))
    with survey_db.transaction() as session:
        ending.end(session, "w1", now=NOW)
        assert sealed.ended_early(session, session.get_one(Wave, "w1")) is None
