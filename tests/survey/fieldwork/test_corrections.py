"""A wrong outcome is put right by name, a complete by two roles; a dropped answer counts no more."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey import ledger_key, roles
from survey.drawing import answers as sealed_answers
from survey.drawing import fields
from survey.fieldwork.operations import close, corrections, erasing
from survey.fieldwork.queries import bound_answers, outcome_counts
from survey.fieldwork.queries import corrections as queries
from survey.fieldwork.rules import corrections as rules
from survey.letters.queries import receipts
from survey.models import Answer, AnswerCommitment, Correction, SampledCase
from survey.roles import AUDITOR, SUPERVISOR
from survey.scores.operations import releasing
from survey.waves.operations import bundle
from survey.waves.queries import field_progress, opted_out, waves
from survey.waves.rules.early_ending import Signer
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey import world
from tests.survey.browsing import Visitor
from tests.survey.conftest import Led
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, answers, files_of, lines
from tests.survey.stories import END, brief, ended, in_field, works_through
from tests.survey.verify import bundles
from tests.survey.web.test_commands import file, run, surroundings
from tests.survey.world import PASSWORD

__all__ = ["file", "run"]

BOSS, CHECKER = Signer("boss", SUPERVISOR), Signer("checker", AUDITOR)
TO = "refusal_person"


@pytest.fixture
def field(led: Led) -> Database:
    """A grid with six completes and a refusal."""
    return led("six completes and a refusal", _called)


def _called(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (20, 7, 0)}, vault=vault)
    person = an_interviewer(database, vault)
    told = answers(database, G1=[4, 2, 4, 5, 3, 4])
    refuses = next(unit for unit, answer in told.items() if answer is None and is_drawn(database, unit))
    told[refuses] = 1
    works_through(person, told)


@pytest.fixture
def environment(field: Database, tmp_path: Path) -> dict[str, str]:
    """Settings of a command over that field."""
    return surroundings(field, tmp_path)


def is_drawn(database: Database, unit: str) -> bool:
    with database.reading() as session:
        return session.get(SampledCase, unit) is not None


def some_unit(database: Database, *, answer: int) -> str:
    with database.reading() as session:
        return session.scalars(select(AnswerCommitment.unit).where(AnswerCommitment.answer == answer)).one()


def undone(database: Database, unit: str, *, now=NOW) -> Correction:
    with database.transaction() as session:
        row = corrections.ask(session, "w1", unit=unit, to=TO, why="撤回", by=CHECKER, now=now)
        return corrections.confirm(session, row.id, by=BOSS, now=now)


def test_a_complete_is_undone_by_two_names_of_two_roles_and_its_answer_dropped(field):
    unit = some_unit(field, answer=2)
    with field.transaction() as session:
        row = corrections.ask(session, "w1", unit=unit, to=TO, why="撤回", by=CHECKER, now=NOW)
        assert row.entry is None
    for second in (CHECKER, Signer("other", AUDITOR)):
        with pytest.raises(Conflict, match="另一种职责"), field.transaction() as session:
            corrections.confirm(session, row.id, by=second, now=NOW)
    with field.transaction() as session:
        corrections.confirm(session, row.id, by=BOSS, now=NOW)
    entry = lines(field)[-1]
    assert (entry["t"], entry["from"], entry["to"]) == ("correction", "complete", TO)
    assert entry["by"] == ["auditor:checker", "supervisor:boss"]
    assert len(entry["drop"]) == 1
    assert re.fullmatch("[0-9a-f]{64}", entry["why"])
    with field.reading() as session:
        assert waves.tally_of(session, "w1") == {"G1": (1, 0, 1, 3, 1)}
        assert outcome_counts.finals(session, "w1")[TO] == 1
        assert field_progress.progress_of(session, "w1")["G1"].completes == 6


def test_a_correction_to_never_again_records_the_wish_and_one_from_it_lifts_it(field):
    unit = some_unit(field, answer=2)
    undone(field, unit)
    with field.reading() as session:
        assert opted_out.has(session, unit)
        assert opted_out.barred(session, unit) == {1}
    with field.transaction() as session:
        corrections.ask(session, "w1", unit=unit, to="refusal_household", why="记错", by=CHECKER, now=NOW)
        assert not opted_out.has(session, unit)
        assert not opted_out.barred(session, unit)


def test_what_was_corrected_is_verified_with_openings_and_the_answer_isn_t_among_them(field, vault, tmp_path):
    unit = some_unit(field, answer=2)
    undone(field, unit)
    with field.transaction() as session:
        ended(session, keys=vault.keys)
        assert unit not in bound_answers.read(session, waves.find(session, "w1"))
        opened = waves.openings_tsv(session, "w1")
        (tmp_path / "w1.zip").write_bytes(bundle.write(session, "w1", keys=vault.keys, now=END))
    (tmp_path / "openings").write_bytes(opened)
    assert opened.count(b"\n") == 6
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w1"]
    status, said = bundles.run([*words, "--openings", str(tmp_path / "openings")])
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    assert "note corrected from complete to refusal_person: 1" in said


def test_an_answer_is_taken_back_after_the_close_too_until_it_is_counted(field, vault):
    with field.transaction() as session:
        close.close(session, "w1", now=END)
    undone(field, some_unit(field, answer=5), now=END)
    with field.transaction() as session:
        releasing.estimate(session, "w1", now=END)
    with pytest.raises(Conflict, match="已经计完"):
        undone(field, some_unit(field, answer=2), now=END)
    with field.transaction() as session:
        releasing.publish(session, "w1", keys=vault.keys, now=END)


def test_more_than_three_undone_need_an_auditor_who_saw_them(field, vault):
    with field.reading() as session:
        units = list(session.scalars(select(AnswerCommitment.unit)))[:4]
    for unit in units:
        undone(field, unit)
    with field.reading() as session:
        found = queries.of(session, "w1")
        assert (found.logged, found.undone, found.needs_auditor) == (4, 4, True)
    with pytest.raises(Refused, match="4 completes undone"), field.transaction() as session:
        ended(session, keys=vault.keys)


@given(st.integers(0, 50), st.integers(0, 1000))
def test_so_many_undone_stand_without_an_auditor(undone_completes, completes):
    allowed = not rules.needs_auditor(undone_completes, completes=completes)
    assert allowed == (undone_completes <= 3 or undone_completes * 50 <= completes)


def test_another_outcome_is_put_right_by_one_person_and_the_rule(survey_db, vault):
    in_field(survey_db, {"G1": (9, 2, 0)}, vault=vault)
    person = an_interviewer(survey_db, vault)
    works_through(person, answers(survey_db, G1=[4]))
    with survey_db.transaction() as session:
        gone = select(SampledCase.unit).where(SampledCase.final_code == "no_answer")
        unit = session.scalars(gone).one()
        corrections.ask(session, "w1", unit=unit, to="not_resident", why="moved", by=BOSS, now=NOW)
    entry = lines(survey_db)[-1]
    assert (entry["from"], entry["to"], entry["why"]) == ("no_answer", "not_resident", "moved")
    assert (entry["by"], "drop" in entry) == (["rule", "supervisor:boss"], False)


def test_an_interview_without_a_rating_that_is_undone_is_no_longer_among_the_answers(survey_db, vault):
    in_field(survey_db, {"G1": (9, 1, 0)}, vault=vault)
    person = an_interviewer(survey_db, vault)
    unit = person.takes_next().unit
    person.reaches_somebody()
    for item, raw in {**brief(4), "G1": "98"}.items():
        person.enters(item, raw)
    person.ends("complete")
    with survey_db.transaction() as session:
        assert [*bound_answers.read(session, waves.find(session, "w1"))] == [unit]
        corrections.ask(session, "w1", unit=unit, to=TO, why="撤回", by=BOSS, now=NOW)
        assert bound_answers.read(session, waves.find(session, "w1")) == {}


@pytest.mark.parametrize(
    ("to", "why", "by", "fault"),
    [
        (TO, " ", CHECKER, Invalid),
        ("complete_other", "x", CHECKER, Invalid),
        ("complete", "x", CHECKER, Invalid),
        ("vanished", "x", CHECKER, Refused),
        (TO, "x", Signer("a", roles.ASSESSOR), Forbidden),
        (TO, "x", Signer("d", roles.DRAW_OFFICER), Forbidden),
    ],
)
def test_what_makes_no_sense_is_refused(field, to, why, by, fault):
    unit = some_unit(field, answer=2)
    with pytest.raises(fault), field.transaction() as session:
        corrections.ask(session, "w1", unit=unit, to=to, why=why, by=by, now=NOW)
    assert not any(line["t"] == "correction" for line in lines(field))


def test_nobody_is_corrected_who_was_not_called_or_waits_already(field):
    unit = some_unit(field, answer=2)
    with field.transaction() as session:
        corrections.ask(session, "w1", unit=unit, to=TO, why="x", by=CHECKER, now=NOW)
    with pytest.raises(Conflict, match="等着确认"), field.transaction() as session:
        corrections.ask(session, "w1", unit=unit, to=TO, why="x", by=CHECKER, now=NOW)
    with pytest.raises(NotFound), field.transaction() as session:
        corrections.ask(session, "w1", unit="H" + "0" * 13, to=TO, why="x", by=CHECKER, now=NOW)
    with pytest.raises(NotFound), field.transaction() as session:
        corrections.confirm(session, 999, by=BOSS, now=NOW)


def test_what_was_signed_stays(field):
    undone(field, some_unit(field, answer=2))
    for changed in ({"why": "x"}, {"confirmed_by": "x"}, {"to_code": "x"}, {"entry": 1}):
        with pytest.raises(DBAPIError, match="insert-only"), as_owner(field) as session:
            session.execute(update(Correction).values(**changed))
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(field) as session:
        session.execute(text("DELETE FROM dropped_answer"))


def test_a_receipt_of_a_dropped_answer_says_that_it_doesn_t_count(field):
    unit = some_unit(field, answer=2)
    with field.reading() as session:
        receipt = receipts.of_case(session, unit)
        assert receipt is not None
        assert queries.unit_of(session, "w1", receipt) == unit == queries.unit_of(session, "w1", unit)
    undone(field, unit)
    with pytest.raises(Refused, match="没有计入"), field.reading() as session:
        receipts.find(session, receipt)


@given(st.text(min_size=1))
def test_the_ledger_holds_a_code_or_a_digest_and_never_free_text(why):
    found = rules.reason_entry(why, salt="00" * 16)
    assert fields.REASON.check(found) == found
    hashed = sha256(f"huying-correction/v1\n{'00' * 16}\n{why}\n".encode()).hexdigest()
    assert found in {why, hashed}


def test_by_page_an_auditor_asks_and_a_supervisor_confirms(visit):
    auditor = visit("open", "auditor")
    side = auditor.app.extensions["huying"]
    with side.database.transaction() as session:
        world.call_everybody(session, side.vault)
        commitment = session.scalars(select(AnswerCommitment.commitment)).first()
    receipt = sealed_answers.receipt(commitment)
    page = auditor.open("/corrections/")
    wrong = auditor.send(page, "/corrections/", unit="RS2N-FNX8-121R-D0F7", to=TO, why="要求撤回")
    assert (wrong.status, "没有这个编码" in wrong.text) == (404, True)
    shown = auditor.send(page, "/corrections/", unit=receipt, to=TO, why="要求撤回")
    assert "已记下" in shown.text
    number = re.search(r'action="(/corrections/\d+)"', shown.html)
    assert number
    assert auditor.send(shown, number[1]).status == 409
    supervisor = Visitor(auditor.app, "supervisor")
    asked = supervisor.open("/corrections/")
    assert "要求撤回" in asked.text
    assert "其中撤掉完成的访问 1 份" in supervisor.send(asked, number[1]).text
    assert Visitor(auditor.app, "assessor").open("/corrections/").status == 403


def test_by_command_both_type_their_passwords(run, file, field):
    for login, role in (("checker", AUDITOR), ("boss", SUPERVISOR)):
        run("account", login, "--role", role, "--name", login, "--password-file", file("p", PASSWORD))
    unit = some_unit(field, answer=2)
    words = ("wave", "correct", "w1", unit, "--to", TO, "--why", "wrong_person")
    with pytest.raises(Refused, match="登录名或密码不对"):
        run(*words, typed=f"checker\n{PASSWORD}\nboss\nwrong\n")
    run(*words, typed=f"checker\n{PASSWORD}\nboss\n{PASSWORD}\n")
    assert lines(field)[-1]["why"] == "wrong_person"


def test_the_owner_erases_the_answers_when_nobody_can_appeal_any_more(field, vault, tmp_path):
    undone(field, some_unit(field, answer=2))
    with as_owner(field) as session:
        assert (erasing.erase_dropped(session, "w1"), erasing.erase_dropped(session, "w1")) == (1, 0)
    with field.transaction() as session:
        ended(session, keys=vault.keys)
        before = files_of(bundle.write(session, "w1", keys=vault.keys, now=END))
    for early in (END, END + timedelta(days=89)):
        with pytest.raises(Refused, match="申诉期"), as_owner(field) as session:
            erasing.erase(session, "w1", now=early)
    with as_owner(field) as session:
        assert erasing.erase(session, "w1", now=END + timedelta(days=91)) == 6
    with pytest.raises(Conflict, match="没有还没销毁"), as_owner(field) as session:
        erasing.erase(session, "w1", now=END + timedelta(days=91))
    assert lines(field)[-1] == {"t": "erase", "wave": "w1", "n": 6}
    with field.reading() as session:
        assert set(session.scalars(select(AnswerCommitment.nonce))) == {""}
        assert set(session.scalars(select(Answer.value))) == {""}
        assert files_of(bundle.write(session, "w1", keys=vault.keys, now=END)) == before
        with pytest.raises(Gone, match="已经销毁"):
            waves.openings_tsv(session, "w1")
        with pytest.raises(Gone, match="已经销毁"):
            bound_answers.read(session, waves.find(session, "w1"))
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(field) as session:
        session.execute(text("UPDATE answer_commitment SET answer = 5"))


def test_the_program_s_own_role_can_t_erase(field, vault):
    with field.transaction() as session:
        ended(session, keys=vault.keys)
    if field.engine.dialect.name == "sqlite":
        return
    with pytest.raises(DBAPIError), field.transaction() as session:
        erasing.erase(session, "w1", now=END + timedelta(days=91))


def test_by_command_it_takes_the_owner_s_address_and_the_end_of_appeals(run, field, vault):
    with field.transaction() as session:
        ended(session, keys=vault.keys)
    said = "申诉期" if field.engine.dialect.name == "sqlite" else "HUYING_SURVEY_OWNER_DATABASE_URL"
    with pytest.raises(Refused, match=said):
        run("erase", "w1")
