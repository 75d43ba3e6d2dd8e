"""What the database itself refuses: a score before its preview is over, one name twice, a second thought."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import close
from survey.judged.operations import appeals, cards
from survey.judged.rules import appeals as rules
from survey.judged.rules.appeals import LodgedAppeal
from survey.models import Appeal, AppealFinding, CardCode, ScorePreview
from survey.scores.operations import releasing as scores
from survey.waves.rules.early_ending import Signer
from tests.support.owner import as_owner
from tests.survey.conftest import Led
from tests.survey.stories import END, in_field

AUDITOR, BOSS = Signer("checker", "auditor"), Signer("boss", "supervisor")
LATER = END + timedelta(days=1)
GIVEN = LodgedAppeal("arithmetic", "请重新算一遍。")


def _previewed(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (12, 4, 0)}, vault=vault)
    with database.transaction() as session:
        close.close(session, "w1", now=END)
        cards.open_preview(session, "w1", by="assessor", now=END)


@pytest.fixture
def database(led: Led) -> Database:
    """A wave that nobody answered in; the judged look."""
    return led("the judged look", _previewed)


def slip(database: Database, vault: Vault) -> str:
    with database.transaction() as session:
        (made,) = cards.make_codes(session, "w1", [("G1", "G1")], keys=vault.keys, by="assessor", now=LATER)
    return made.code


def lodged(database: Database, vault: Vault) -> int:
    code = slip(database, vault)
    with database.transaction() as session:
        return appeals.lodge(session, code, GIVEN, keys=vault.keys, now=LATER).id


def found(database: Database, vault: Vault) -> int:
    number = lodged(database, vault)
    with database.transaction() as session:
        appeals.take(session, number, by=AUDITOR, now=LATER)
        assert appeals.count_again(session, number, by=AUDITOR, now=LATER).recount is not None
        appeals.find(session, number, outcome="confirmed", said="一样。", by=AUDITOR, now=LATER)
    return number


def refused(database: Database, statement: str, match: str) -> None:
    with pytest.raises(DBAPIError, match=match), as_owner(database) as session:
        session.execute(text(statement))


def test_no_score_is_logged_before_the_preview_is_over(database: Database, vault: Vault) -> None:
    with pytest.raises(scores.Refused, match="才能公布"), database.transaction() as session:
        scores.publish(session, "w1", keys=vault.keys, now=LATER)
    at = "'2027-02-01 00:00:00+00:00'"
    refused(
        database,
        f"UPDATE wave SET state = 'closed', closed_at = {at} WHERE label = 'w1'",
        "waits for its preview",
    )
    with database.transaction() as session:
        ends = session.get_one(ScorePreview, "w1").ends_at
        scores.publish(session, "w1", keys=vault.keys, now=ends)
    refused(database, "UPDATE score_preview SET ends_at = opened_at", "insert-only")
    with pytest.raises(Conflict, match="已经公布"), database.transaction() as session:
        cards.open_preview(session, "w1", by="assessor", now=ends)


def test_of_a_card_one_code_is_live_and_what_opens_it_never_changes(database: Database, vault: Vault) -> None:
    slip(database, vault)
    slip(database, vault)
    with database.reading() as session:
        assert [row.ended_at is None for row in session.scalars(select(CardCode).order_by(CardCode.id))] == [
            False,
            True,
        ]
    refused(database, "UPDATE card_code SET unit = 'G2'", "insert-only")
    refused(database, "UPDATE card_code SET ended_at = NULL WHERE ended_at IS NOT NULL", "insert-only")
    refused(database, "DELETE FROM card_code", "insert-only")


def test_slips_made_by_two_at_once_follow_each_other(database: Database, vault: Vault) -> None:
    with ThreadPoolExecutor(1) as another:
        with database.transaction() as session:
            cards.make_codes(session, "w1", [("G1", "G1")], keys=vault.keys, by="one", now=LATER)
            waits = another.submit(slip, database, vault)
            wait([waits], timeout=0.2)
        assert waits.result()
    with database.reading() as session:
        live = session.scalars(select(CardCode).where(CardCode.ended_at.is_(None))).all()
        assert [row.made_by for row in live] == ["assessor"]


def test_what_was_lodged_and_who_took_it_stay(database: Database, vault: Vault) -> None:
    number = lodged(database, vault)
    with database.transaction() as session:
        appeals.take(session, number, by=AUDITOR, now=LATER)
    with pytest.raises(Conflict, match="有人在重算"), database.transaction() as session:
        appeals.take(session, number, by=BOSS, now=LATER)
    for change in ("said = ''", "due_at = lodged_at", "unit = 'G2'", "taken_by = 'boss'", "taken_by = NULL"):
        refused(database, f"UPDATE appeal SET {change}", "insert-only")
    refused(database, "DELETE FROM appeal", "insert-only")
    with database.reading() as session:
        row = session.get_one(Appeal, number)
        assert (row.number, row.due_at - row.lodged_at) == (1, rules.RECOUNT)


def test_nobody_agrees_with_themselves_or_their_own_role_and_nothing_is_found_twice(
    database: Database, vault: Vault
) -> None:
    number = found(database, vault)
    agree = "UPDATE appeal_finding SET second_at = found_at, agrees = (1 = 1)"
    for by, role in (("checker", "supervisor"), ("boss", "auditor"), ("boss", "assessor")):
        refused(database, f"{agree}, second_by = '{by}', second_role = '{role}'", "(?i)check")
    again = (
        "INSERT INTO appeal_finding (appeal_id, outcome, said, found_by, found_role, found_at) "
        f"SELECT {number}, 'corrected', 'x', 'boss', 'supervisor', found_at FROM appeal_finding"
    )
    refused(database, again, "(?i)unique")
    refused(database, "UPDATE appeal_finding SET outcome = 'corrected'", "insert-only")
    with database.transaction() as session:
        appeals.decide(session, number, agrees=True, by=BOSS, now=LATER)
    refused(database, "UPDATE appeal_finding SET agrees = (1 = 0)", "insert-only")
    refused(database, again, "(?i)unique")
    with pytest.raises(Conflict, match="没有等着决定"), database.transaction() as session:
        appeals.decide(session, number, agrees=False, by=BOSS, now=LATER)


def test_what_was_sent_back_stays_and_another_finding_may_follow(database: Database, vault: Vault) -> None:
    number = found(database, vault)
    with database.transaction() as session:
        appeals.decide(session, number, agrees=False, by=BOSS, now=LATER)
        appeals.find(session, number, outcome="corrected", said="少算一份。", by=AUDITOR, now=LATER)
    with database.transaction() as session:
        appeals.decide(session, number, agrees=True, by=BOSS, now=LATER)
    with database.reading() as session:
        rows = session.scalars(select(AppealFinding).order_by(AppealFinding.id)).all()
        assert [(row.outcome, row.agrees, row.entry is None) for row in rows] == [
            ("confirmed", False, True),
            ("corrected", True, False),
        ]


def test_an_appeal_waits_for_the_one_before_and_ends_with_the_preview(
    database: Database, vault: Vault
) -> None:
    lodged(database, vault)
    code = slip(database, vault)
    with pytest.raises(Conflict, match="已经有一件"), database.transaction() as session:
        appeals.lodge(session, code, GIVEN, keys=vault.keys, now=LATER)
    with pytest.raises(Conflict, match="日子已经过了"), database.transaction() as session:
        appeals.lodge(session, code, GIVEN, keys=vault.keys, now=END + timedelta(days=10))
