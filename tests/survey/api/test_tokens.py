"""A token reads what its scope says, is kept as a digest, counted, limited, revoked, seen by auditors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from huying.base import clock
from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from huying.base.keys import Keyring
from huying.store.db import Database
from survey import roles
from survey.api import operations
from survey.api.operations import NoToken
from survey.api.queries import tokens
from survey.api.rules.tokens import FINEST, LEVELS, READS, TokenRequest, TokenScope, check_giver, seconds_left
from survey.commands import register
from survey.models import ApiToken, ApiTokenHour, Wave
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.api.programs import FIRST, Program
from tests.survey.browsing import Visitor
from tests.survey.world import WAVE

REQUEST = TokenRequest("看板", "季度报告", TokenScope("published", "street"), days=30, per_hour=3)
FIELDS = {"name": "看板", "purpose": "季度报告", "reads": "published", "finest": "street", "days": "30"}
FIELDS |= {"per_hour": "600"}


def issued(database: Database, keys: Keyring, request: TokenRequest = REQUEST) -> str:
    with database.transaction() as session:
        return operations.issue(session, request, keys=keys, by="assessor", role="assessor", now=NOW)


def admit(database: Database, token: str, keys: Keyring, *, at: timedelta = timedelta()) -> int:
    """Show a token; return for how many seconds it has to wait."""
    with database.transaction() as session:
        return operations.admit(session, token, keys=keys, now=NOW + at).wait


def test_a_token_stands_nowhere_in_clear(survey_db: Database, keys: Keyring) -> None:
    token = issued(survey_db, keys)
    assert token.startswith("huying_")
    assert len(token) > 40
    with survey_db.reading() as session:
        row = session.scalars(select(ApiToken)).one()
        assert token.encode() not in row.digest
        told = " ".join(map(str, session.execute(text("SELECT * FROM api_token")).one()))
    assert token not in told
    assert token.removeprefix("huying_") not in told
    # Of another key the digest is another: a stolen table tells no token.
    assert operations._digest(token, keys) != operations._digest(token, Keyring(keys.folder / "other"))


def test_uses_are_counted_and_the_hour_is_the_limit(survey_db: Database, keys: Keyring) -> None:
    token = issued(survey_db, keys)
    waits = [admit(survey_db, token, keys) for _ in range(5)]
    assert waits[:3] == [0, 0, 0]
    assert min(waits[3:]) > 0
    assert admit(survey_db, token, keys, at=timedelta(hours=1)) == 0
    with survey_db.reading() as session:
        (each,) = tokens.listed(session, now=NOW)
    assert (each.used, each.refused, each.last_at) == (4, 2, NOW + timedelta(hours=1))


@pytest.mark.parametrize("gone", ["unknown", "revoked", "expired"])
def test_one_that_cannot_be_used_is_refused_and_counts_for_nothing(
    survey_db: Database, keys: Keyring, gone: str
) -> None:
    token = issued(survey_db, keys)
    if gone == "revoked":
        with survey_db.transaction() as session:
            operations.revoke(session, session.scalars(select(ApiToken.id)).one(), by="assessor", now=NOW)
    shown = "huying_" + "x" * 43 if gone == "unknown" else token
    with pytest.raises(NoToken):
        admit(survey_db, shown, keys, at=timedelta(days=31 if gone == "expired" else 0))
    with survey_db.reading() as session:
        assert session.scalars(select(ApiTokenHour)).all() == []


@pytest.mark.parametrize("odd", ["", "\ud800", "长" * 100, "x" * 10_000, "' OR 1=1 --"])
def test_an_odd_token_is_nobodys(survey_db: Database, keys: Keyring, odd: str) -> None:
    with pytest.raises(NoToken):
        admit(survey_db, odd, keys)


def test_a_token_is_revoked_once(survey_db: Database, keys: Keyring) -> None:
    issued(survey_db, keys)
    with survey_db.transaction() as session:
        number = session.scalars(select(ApiToken.id)).one()
        operations.revoke(session, number, by="assessor", now=NOW)
        with pytest.raises(Conflict):
            operations.revoke(session, number, by="administrator", now=NOW)
        with pytest.raises(NotFound):
            operations.revoke(session, 2**31 - 1, by="assessor", now=NOW)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE api_token SET finest = 'grid'",
        "UPDATE api_token SET expires_at = made_at",
        "UPDATE api_token SET revoked_at = NULL, revoked_by = NULL",
        "DELETE FROM api_token",
        "UPDATE api_token_hour SET used = 0",
        "DELETE FROM api_token_hour",
    ],
)
def test_the_database_keeps_scope_end_and_counts(survey_db: Database, keys: Keyring, statement: str) -> None:
    token = issued(survey_db, keys)
    admit(survey_db, token, keys)
    with survey_db.transaction() as session:
        operations.revoke(session, session.scalars(select(ApiToken.id)).one(), by="assessor", now=NOW)
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(survey_db) as session:
        session.execute(text(statement))


def test_an_administrator_hands_out_what_everybody_sees_by_rule_and_by_table(
    survey_db: Database, keys: Keyring
) -> None:
    may = []
    for reads, finest in product(READS, FINEST):
        scope = TokenScope(reads, finest)
        check_giver(roles.ASSESSOR, scope)
        try:
            check_giver(roles.ADMINISTRATOR, scope)
        except Forbidden:
            continue
        may.append(scope)
    assert may == [TokenScope("published", "city"), TokenScope("published", "street")]
    beyond = replace(REQUEST, scope=TokenScope("published", "grid"))
    issued(survey_db, keys, beyond)
    with pytest.raises(DBAPIError), survey_db.transaction() as session:
        session.execute(update(ApiToken).values(made_role=roles.ADMINISTRATOR))


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "x" * 65}, {"purpose": ""}, {"days": 0}, {"days": 367}, {"per_hour": 10_001}],
)
def test_a_request_with_a_fault_makes_no_token(survey_db: Database, keys: Keyring, wrong: dict) -> None:
    with pytest.raises(Invalid):
        issued(survey_db, keys, replace(REQUEST, **wrong))


def test_an_hour_is_over_when_the_clock_says_so() -> None:
    assert seconds_left(NOW.replace(minute=59, second=59)) == 1
    assert seconds_left(NOW.replace(minute=0, second=0)) == 3600


@pytest.mark.parametrize("finest", LEVELS)
def test_a_token_reads_down_to_its_level(app: Flask, finest: str) -> None:
    program = Program.of(app, finest=finest)
    allowed = LEVELS[: LEVELS.index(finest) + 1]
    told = program.rows(f"/releases/{FIRST}/scores", "scores")
    assert {row["level"] for row in told} == set(allowed)
    assert {row["level"] for row in program.rows(f"/releases/{FIRST}/areas", "areas")} == set(allowed)
    for level in LEVELS:
        status = program.ask(f"/releases/{FIRST}/scores", {"level": level}).status_code
        assert status == (200 if level in allowed else 403)
        named = program.ask(f"/releases/{FIRST}/scores", {"unit": {"grid": "G1"}.get(level, "C")}).status_code
        assert named == (200 if level != "grid" or level in allowed else 404)
    assert program.ask("/qr-ratings", {"level": "street"}).status_code == (403 if finest == "city" else 200)
    assert {row["level"] for row in program.rows("/qr-ratings", "ratings")} == (
        {"city"} if finest == "city" else {"city", "street", "type"}
    )


def test_what_is_not_published_exists_for_none_but_those_who_may(app: Flask) -> None:
    everybody, assessors = Program.of(app, reads="published"), Program.of(app)
    database = app.extensions["huying"].database
    assert everybody.ask(f"/releases/{FIRST}").status_code == 200
    with database.transaction() as session:
        session.execute(update(Wave).where(Wave.label == WAVE).values(state="drawn"))
    try:
        assert everybody.rows("/releases", "releases") == []
        for path in (
            f"/releases/{FIRST}",
            f"/releases/{FIRST}/scores",
            f"/releases/{FIRST}/areas",
            "/qr-ratings",
        ):
            assert everybody.ask(path).status_code == 404
            assert assessors.ask(path).status_code == 200
        assert assessors.ask(f"/releases/{FIRST}").get_json()["published"] is False
    finally:
        with database.transaction() as session:
            session.execute(update(Wave).where(Wave.label == WAVE).values(state="closed"))


def test_a_program_that_asks_too_often_is_told_how_long_to_wait(app: Flask) -> None:
    program = Program.of(app, per_hour=2)
    with time_machine.travel(NOW, tick=False):
        answers = [program.ask("/releases") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].mimetype == "application/problem+json"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


def test_a_token_is_shown_once_used_revoked_and_seen_by_auditors(app: Flask) -> None:
    assessor = Visitor(app, "assessor")
    page = assessor.send(assessor.open("/tokens/"), "/tokens/", **FIELDS | {"finest": "grid"})
    token = next(word for word in page.text.split() if word.startswith("huying_"))
    assert token not in assessor.open("/tokens/").text
    program = Program(app, token)
    assert program.ask("/releases").status_code == 200
    auditor = Visitor(app, "auditor").open("/tokens/")
    assert "季度报告" in auditor.text
    assert auditor.actions.count("/tokens/") == 0
    number = max(int(each.split("/")[2]) for each in assessor.open("/tokens/").actions if "revoke" in each)
    done = assessor.send(assessor.open("/tokens/"), f"/tokens/{number}/revoke")
    assert "已作废" in done.text
    assert program.ask("/releases").status_code == 401


def test_an_administrator_is_told_what_they_may_hand_out(app: Flask) -> None:
    administrator = Visitor(app, "administrator")
    form = administrator.open("/tokens/")
    refused = administrator.send(form, "/tokens/", **FIELDS | {"finest": "grid"})
    assert refused.status == 403
    assert "管理员只能发" in refused.text
    assert "huying_" in administrator.send(form, "/tokens/", **FIELDS).text
    for wrong in ({"days": "0"}, {"days": "9" * 400}, {"per_hour": "٣x"}, {"finest": "house"}, {"name": ""}):
        assert administrator.send(form, "/tokens/", **FIELDS | wrong).status == 422, wrong


def test_commands_make_list_and_revoke_a_token(survey_db: Database, tmp_path: Path) -> None:
    url = survey_db.engine.url.render_as_string(hide_password=False)
    surroundings = {"HUYING_DATA": str(tmp_path), "HUYING_SURVEY_DATABASE_URL": url, "HUYING_DEMO": "1"}

    def run(*words: str) -> Result:
        return CliRunner().invoke(register, ["token", *words], env=surroundings)

    token = run("add", "--name", "看板", "--purpose", "季度报告").output.strip()
    assert admit(survey_db, token, Keyring(tmp_path / "keys" / "survey"), at=clock.now() - NOW) == 0
    assert "看板" in run("list").output
    assert token not in run("list").output
    with survey_db.reading() as session:
        number = session.scalars(select(ApiToken.id)).one()
    assert run("revoke", str(number)).exit_code == 0
    assert run("revoke", str(number)).exit_code == 1
    assert "revoked" in run("list").output
