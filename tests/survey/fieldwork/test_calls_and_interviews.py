"""A call: the attempt stands in the ledger before the number is shown, and every answer is stored at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Invalid, NotFound, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.drawing import answers
from survey.drawing.sample import person
from survey.fieldwork.operations import outcomes
from survey.fieldwork.queries import frozen_records, held_cases, interviews
from survey.fieldwork.queries import held_cases as claims
from survey.fieldwork.queries.interviews import InterviewSoFar
from survey.fieldwork.questionnaire.instrument import Situation
from survey.fieldwork.questionnaire.items import Ending, Item
from survey.fieldwork.questionnaire.versions import V0, V1
from survey.fieldwork.rules.outcome_codes import AFTER, AFTERWARDS
from survey.fieldwork.rules.queue import ORDINARY
from survey.models.base import LEDGER
from survey.models.fieldwork import (
    AccessRecord,
    Answer,
    AnswerBatch,
    AnswerCommitment,
    Attempt,
    AttemptAnswer,
    Interview,
    Outcome,
    SampledCase,
)
from survey.models.waves import Wave
from survey.waves.operations import release
from survey.waves.queries import opted_out
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.support.statements import statements
from tests.survey.stories import (
    CLOSING,
    NOT_AWARE,
    QUICK,
    WILLING,
    Interviewer,
    brief,
    case_of,
    content,
    drawn,
    enrol,
    frozen,
    household,
    in_field,
    register,
)

MINUTE = timedelta(minutes=1)
SAVING, BEGINNING = 7, 9
"""Statements, of which SQLite needs one more to begin a transaction."""


@pytest.fixture
def caller(survey_db: Database, vault: Vault) -> Interviewer:
    """An interviewer with the only case of a small field in hand."""
    in_field(survey_db, {"G1": (3, 1, 1)}, vault=vault)
    (account,) = enrol(survey_db)
    someone = Interviewer(survey_db, account, vault=vault)
    someone.takes_next()
    return someone


def entries(database: Database, kind: str) -> list[dict[str, object]]:
    with database.reading() as session:
        found = [json.loads(line) for line in LEDGER.lines(session)]
    return [entry for entry in found if entry["t"] == kind]


def test_the_attempt_is_logged_and_the_sight_recorded(caller: Interviewer) -> None:
    (number,) = caller.dials()
    assert number.startswith("+99910")
    (entry,) = entries(caller.database, "attempt")
    assert entry.pop("s")
    minute = entry.pop("m")
    assert entry == {"t": "attempt", "u": caller.unit, "day": "2026-11-23", "w": "W1", "by": "800"}
    with caller.database.reading() as session:
        nonce = session.scalars(select(Attempt.minute_nonce)).one()
        assert answers.minute(nonce, "10:00") == minute
        seen = session.scalars(select(AccessRecord).where(AccessRecord.unit == caller.unit)).one()
    assert (seen.by, seen.what) == ("i0", "number shown")


def test_an_answer_is_saved_by_as_few_statements_however_many_were_before(caller: Interviewer) -> None:
    caller.reaches_somebody()
    sent_for = []
    for item, raw in brief(1).items():
        with statements(caller.database.engine) as sent:
            caller.enters(item, raw)
        sent_for.append(len(sent))
    # Three reads of what is so far, the case and the answer written; more where the interview begins.
    assert max(sent_for) <= BEGINNING
    assert sent_for[-1] <= SAVING


def test_dialling_again_is_the_same_attempt_and_another_sight(caller: Interviewer) -> None:
    assert caller.dials() == caller.dials()
    assert len(entries(caller.database, "attempt")) == 1
    with caller.database.reading() as session:
        assert len(session.scalars(select(AccessRecord).where(AccessRecord.unit == caller.unit)).all()) == 2


def test_nothing_is_said_of_a_call_that_was_not_made(caller: Interviewer) -> None:
    for step in (caller.is_answered, caller.reaches_nobody, lambda: caller.ends("soft_refusal")):
        with pytest.raises(Conflict):
            step()
    caller.dials()
    for step in (lambda: caller.ends("no_answer"), lambda: caller.enters("C1", "1")):
        with pytest.raises(Conflict):
            step()


def test_no_answer_rests_the_case_until_it_is_due(caller: Interviewer) -> None:
    caller.dials()
    caller.reaches_nobody()
    case = case_of(caller.database, caller.unit)
    assert (case.state, case.counted, case.holder_id) == ("resting", 1, None)
    assert case.next_due >= NOW + timedelta(hours=4)
    with caller.database.reading() as session:
        attempt = session.scalars(select(Attempt)).one()
    assert (attempt.code, attempt.ended_by, attempt.ended_at) == ("no_answer", "interviewer", NOW)


def test_a_case_sent_to_a_supervisor_rests_for_a_day(caller: Interviewer) -> None:
    caller.reaches_somebody()
    with caller.database.transaction() as session:
        case = session.get_one(SampledCase, caller.unit)
        attempt = claims.attempt_in_hand(session, case)
        outcomes.settle(session, case, attempt=attempt, code="to_supervisor", now=NOW)
    case = case_of(caller.database, caller.unit)
    assert (case.state, case.holder_id, case.final_code) == ("resting", None, None)
    assert case.next_due == NOW + timedelta(hours=24)
    assert caller.takes_next(NOW + timedelta(hours=24) - timedelta(seconds=1)) is None
    assert caller.takes_next(NOW + timedelta(hours=24))


def test_after_the_sealed_attempts_an_unreached_case_closes(caller: Interviewer) -> None:
    for day in range(2):
        caller.takes_next(NOW + timedelta(days=day))
        caller.dials(NOW + timedelta(days=day))
        caller.reaches_nobody(now=NOW + timedelta(days=day))
    assert case_of(caller.database, caller.unit).final_code == "no_answer"
    assert len(entries(caller.database, "attempt")) == 2
    assert [entry["code"] for entry in entries(caller.database, "final")] == ["no_answer"]


def test_dead_numbers_are_a_defect_of_the_registry_not_of_the_household(caller: Interviewer) -> None:
    for day in range(2):
        caller.takes_next(NOW + timedelta(days=day))
        caller.dials(NOW + timedelta(days=day))
        caller.reaches_nobody("number_suspect", now=NOW + timedelta(days=day))
    assert case_of(caller.database, caller.unit).final_code == "frame_bad_contact"


def test_only_reasons_for_not_reaching_anybody_are_taken_there(caller: Interviewer) -> None:
    caller.dials()
    with pytest.raises(Refused, match="没有接通的原因"):
        caller.reaches_nobody("complete")


def _given(caller: Interviewer) -> tuple[list[tuple[str, int, str]], list[tuple[str, int, str]]]:
    """What was stored of the call, and of the interview."""
    found = []
    with caller.database.reading() as session:
        for table in (AttemptAnswer, Answer):
            rows = session.execute(select(table.item, table.rev, table.value).order_by(table.id))
            found.append([(item, rev, value) for item, rev, value in rows])
    return found[0], found[1]


def _talk(caller: Interviewer) -> InterviewSoFar:
    with caller.database.reading() as session:
        return interviews.so_far(session, caller.unit)


def _enter_all(caller: Interviewer, said: Mapping[str, str], now: datetime = NOW) -> list[str | None]:
    return [caller.enters(item, raw, now) for item, raw in said.items()]


def test_items_of_the_call_belong_to_the_attempt_and_the_interview_begins_with_its_respondent(
    caller: Interviewer,
) -> None:
    caller.reaches_somebody()
    assert _enter_all(caller, {"C1": " １ ", "S1": "1"}) == ["S1", "S3"]
    assert not _talk(caller).exists
    assert _enter_all(caller, {"S3": "1", "S2A": "1"}) == ["S2A", "S2B"]
    with caller.database.reading() as session:
        interview = session.get_one(Interview, caller.unit)
    assert _given(caller) == ([("C1", 1, "1"), ("S1", 1, "1"), ("S3", 1, "1")], [("S2A", 1, "1")])
    assert interview.wording_hash == V1.wording_hash
    assert set(json.loads(interview.orders)) == {"E5", "G1", "S", "scale"}


def test_whoever_is_fetched_is_greeted_anew_before_there_is_an_interview(caller: Interviewer) -> None:
    """A child answers: the drawn person is asked for, and screened."""
    caller.reaches_somebody()
    assert _enter_all(caller, {"C1": "1", "S1": "1", "S3": "2"}) == ["S1", "S3", "C1R"]
    assert not _talk(caller).exists
    assert caller.enters("C1R", "1") == "S2A"
    assert _talk(caller).exists
    assert _given(caller)[1] == []
    _enter_all(caller, {"S2A": "1", "S2B": "1", "A1": "1"})
    assert _talk(caller).form.situation is Situation.FIRST
    assert _talk(caller).items[:5] == ("C1", "S1", "S3", "C1R", "S2A")


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ({"C1": "1", "S1": "2"}, Ending.NUMBER_WRONG),
        ({"C1": "1", "S1": "1", "S3": "3"}, Ending.NOT_IN),
        ({"C1": "1", "S1": "1", "S3": "2", "C1R": "3"}, Ending.REFUSED),
        ({"C1": "2"}, Ending.APPOINTMENT),
    ],
)
def test_who_was_out_or_a_wrong_number_leaves_no_interview(
    caller: Interviewer, said: dict[str, str], ending: Ending
) -> None:
    caller.reaches_somebody()
    assert _enter_all(caller, said)[-1] is None
    assert not _talk(caller).exists
    with caller.database.reading() as session:
        # Whoever was fetched and refuses is the respondent.
        late = AFTERWARDS if ending is Ending.REFUSED else set()
        assert set(_codes(session, caller)) == set(AFTER[ending]) - late
    assert not {"partial", "break_off", "suspended_partial"}.intersection(AFTER[ending])


def test_the_next_call_asks_the_items_of_the_call_anew(caller: Interviewer) -> None:
    caller.reaches_somebody()
    _enter_all(caller, {"C1": "1", "S1": "1", "S3": "3"})
    caller.ends("callback_other")
    later = NOW + timedelta(days=1)
    caller.takes_next(later)
    caller.reaches_somebody(later)
    talk = _talk(caller)
    assert (talk.items, talk.next_item, dict(talk.said)) == (("C1",), "C1", {})


def test_a_line_that_drops_before_the_first_answer_is_no_break_off(caller: Interviewer) -> None:
    caller.reaches_somebody()
    _enter_all(caller, {**WILLING, "A1": "99"})
    with caller.database.reading() as session:
        assert not {"partial", "break_off", "suspended_partial"}.intersection(_codes(session, caller))
    caller.enters("A1", "98")
    with caller.database.reading() as session:
        assert {"break_off", "suspended_partial"} <= set(_codes(session, caller))


def test_a_partial_interview_asks_whether_it_is_the_same_person_and_goes_on(caller: Interviewer) -> None:
    caller.reaches_somebody()
    _enter_all(caller, {**WILLING, "A1": "1", "A2": "1"})
    caller.ends("suspended_partial")
    later = NOW + timedelta(days=1)
    caller.takes_next(later)
    caller.reaches_somebody(later)
    talk = _talk(caller)
    assert (talk.form.situation, talk.next_item) == (Situation.RESUMED, "C1")
    assert "上次" in (talk.form.item("C1") or Item("", "", "text")).text
    assert _enter_all(caller, {"C1": "1", "S3": "1"}, later) == ["S3", "A3"]


def test_answers_that_return_to_the_path_are_confirmed_anew(caller: Interviewer) -> None:
    caller.reaches_somebody()
    _enter_all(caller, {**WILLING, "A1": "1", "A2": "1 3", "A3": "1"})
    caller.enters("A1", "3")
    assert caller.enters("A1", "1") == "A2"
    assert dict(_talk(caller).former) == {"A2": (1, 3), "A3": 1}
    for _twice in range(2):
        assert caller.enters("A2", "1 3") == "A3"
    assert [rev for item, rev, _value in _given(caller)[1] if item == "A2"] == [1, 2]


def test_the_same_answer_twice_is_one_revision_and_another_is_a_new_one(caller: Interviewer) -> None:
    caller.reaches_somebody()
    caller.enters("C1", "1")
    for raw in ("1", "1", "98"):
        caller.enters("S1", raw)
    assert _given(caller)[0][1:] == [("S1", 1, "1"), ("S1", 2, "98")]


def test_what_is_no_option_or_not_asked_is_refused_and_not_stored(caller: Interviewer) -> None:
    caller.reaches_somebody()
    with pytest.raises(Conflict, match="征得同意"):
        caller.enters("S1", "1")
    caller.enters("C1", "1")
    with pytest.raises(Invalid):
        caller.enters("S1", "7")
    with pytest.raises(Conflict, match="征得同意"):
        caller.enters("G1", "5")
    with pytest.raises(NotFound):
        caller.enters("Z9", "1")
    _enter_all(caller, {"S1": "1", "S3": "1"})
    with pytest.raises(Conflict, match="不问这一题"):
        caller.enters("G1", "5")
    stored = _given(caller)
    assert ([item for item, _rev, _value in stored[0]], stored[1]) == (["C1", "S1", "S3"], [])


def test_without_consent_there_is_no_interview(caller: Interviewer) -> None:
    caller.reaches_somebody()
    assert caller.enters("C1", "3") is None
    caller.ends("refusal_household")
    assert not _talk(caller).exists
    assert case_of(caller.database, caller.unit).final_code == "refusal_household"


def test_a_wave_frozen_with_the_first_questionnaire_asks_its_questions(
    survey_db: Database, vault: Vault
) -> None:
    old = replace(QUICK, wording=V0.wording_hash)
    in_field(survey_db, {"G1": (3, 1, 0)}, vault=vault, rules=old)
    someone = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    someone.takes_next()
    someone.reaches_somebody()
    first = {"C1": "1", "S1": "1", "S2A": "1", "S2B": "1", "S3": "1", "A1": "1", "A2": "1", "A3": "3"}
    assert _enter_all(someone, first) == ["S1", "S2A", "S2B", "S3", "A1", "A2", "A3", "V1"]
    _enter_all(someone, {"V1": "0", "E1": "2", "G1": "4"})
    with survey_db.reading() as session:
        assert session.get_one(Interview, someone.unit).wording_hash == V0.wording_hash
    someone.ends("complete")
    assert case_of(survey_db, someone.unit).final_code == "complete"


def test_a_complete_interview_closes_the_case_with_a_commitment(caller: Interviewer) -> None:
    caller.completes(content(4))
    with caller.database.reading() as session:
        sealed = session.scalars(select(AnswerCommitment)).one()
        outcome = session.scalars(select(Outcome)).one()
        attempt = session.scalars(select(Attempt)).one()
        interview = session.get_one(Interview, caller.unit)
        assert session.scalars(select(AnswerBatch)).all() == []
        given = interviews.texts(session, caller.unit)
    assert (sealed.unit, sealed.answer) == (caller.unit, 4)
    assert (outcome.code, attempt.code, interview.finished_at) == ("complete", "complete", NOW)
    (entry,) = entries(caller.database, "final")
    assert (entry["u"], entry["code"]) == (caller.unit, "complete")
    assert entry["a"] == answers.bind(given, nonce=sealed.binding_nonce)
    assert entry["a"] != answers.bind(given | {"G1": "5"}, nonce=sealed.binding_nonce)


def test_a_complete_without_a_headline_answer_is_another_outcome(caller: Interviewer) -> None:
    caller.completes(NOT_AWARE)
    assert case_of(caller.database, caller.unit).final_code == "complete_other"
    with caller.database.reading() as session:
        assert session.scalars(select(AnswerCommitment)).all() == []


def _codes(session: Session, caller: Interviewer) -> tuple[str, ...]:
    held = held_cases.held_case(session, interviewer=caller.account)
    assert held
    return held.codes


def test_an_interview_broken_off_late_is_partial_and_early_a_break_off(caller: Interviewer) -> None:
    caller.reaches_somebody()
    caller.interviews({**content(4), "G1": "99"})
    with caller.database.reading() as session:
        assert _codes(session, caller) == ("break_off",)
    for item in ("E3", "E4", "E5"):
        with pytest.raises(Conflict):
            caller.enters(item, "1")
    _enter_all(caller, CLOSING)
    with caller.database.reading() as session:
        assert _codes(session, caller) == ("partial",)
    caller.ends("partial")
    assert case_of(caller.database, caller.unit).final_code == "partial"


def test_an_interview_is_complete_once_its_path_was_walked_to_the_end(caller: Interviewer) -> None:
    caller.reaches_somebody()
    answers = brief(4)
    last = answers.pop("D4")
    _enter_all(caller, answers)
    with caller.database.reading() as session:
        assert "complete" not in _codes(session, caller)
    caller.enters("D4", last)
    with caller.database.reading() as session:
        assert _codes(session, caller) == ("complete",)


def test_codes_are_only_those_that_fit_the_call(caller: Interviewer) -> None:
    caller.reaches_somebody()
    for code in ("complete", "no_answer", "frame_bad_contact", "noncontact", "suspended_partial"):
        with pytest.raises(Refused, match="现在不能用"):
            caller.ends(code)
    caller.enters("C1", "1")
    caller.enters("S1", "2")
    with caller.database.reading() as session:
        assert _codes(session, caller) == ("number_suspect", "not_resident")


def test_that_a_household_is_not_eligible_needs_a_second_person(caller: Interviewer) -> None:
    caller.reaches_somebody()
    caller.ends("not_resident")
    case = case_of(caller.database, caller.unit)
    assert (case.final_code, case.state) == (None, "resting")
    tomorrow = NOW + timedelta(days=1)
    assert caller.takes_next(tomorrow) is None
    second = enrol(caller.database, first=1)[0]
    other = Interviewer(caller.database, second, vault=caller.vault)
    assert other.takes_next(NOW + timedelta(hours=6)) is None
    other.takes_next(tomorrow)
    other.reaches_somebody(tomorrow)
    other.ends("not_resident", tomorrow)
    assert case_of(caller.database, caller.unit).final_code == "not_resident"


def test_an_appointment_needs_a_time(caller: Interviewer) -> None:
    caller.reaches_somebody()
    with pytest.raises(Refused, match="日期和时间"):
        caller.ends("appointment_respondent")


def test_a_second_soft_refusal_is_final(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (1, 1, 0)}, vault=vault)
    for day, account in enumerate(enrol(survey_db, interviewers=2)):
        someone, now = Interviewer(survey_db, account, vault=vault), NOW + timedelta(days=6 * day)
        someone.takes_next(now)
        someone.reaches_somebody(now)
        someone.ends("soft_refusal", now)
    assert case_of(survey_db, someone.unit).final_code == "refusal"


def test_the_drawn_adult_is_logged_before_the_first_attempt_and_dialled_first(
    survey_db: Database, vault: Vault
) -> None:
    adults = [f"+9991000001{place}" for place in range(3)]
    with survey_db.transaction() as session:
        register(session, [household("h1", "G1", "+99910000009", adults=";".join(adults))], vault=vault)
        frozen(session, {"G1": (1, 0)}, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    (account,) = enrol(survey_db)
    someone = Interviewer(survey_db, account, vault=vault)
    someone.takes_next()
    numbers = someone.dials()
    with survey_db.reading() as session:
        key = session.get_one(Wave, "w1").draw_key
        assert key is not None
        k = person(key, unit=someone.unit, adults=3)
        assert frozen_records.respondent(session, someone.unit, vault=vault) == (k, 3)
        kinds = [json.loads(line)["t"] for line in LEDGER.lines(session)]
    assert numbers == (adults[k - 1],)
    (entry,) = entries(survey_db, "person")
    assert (entry["u"], entry["m"], entry["k"]) == (someone.unit, 3, k)
    assert kinds[-2:] == ["person", "attempt"]
    someone.reaches_nobody()
    assert someone.dials() == ("+99910000009",)
    someone.reaches_nobody()
    someone.takes_next(NOW + timedelta(days=1))
    someone.dials(NOW + timedelta(days=1))
    assert len(entries(survey_db, "person")) == 1


def test_a_household_without_any_number_is_closed_as_such(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        register(session, [household("h1", "G1", "")], vault=vault)
        frozen(session, {"G1": (1, 0)}, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    (account,) = enrol(survey_db)
    someone = Interviewer(survey_db, account, vault=vault)
    someone.takes_next()
    assert someone.dials() == ()
    assert case_of(survey_db, someone.unit).final_code == "frame_bad_contact"
    assert entries(survey_db, "attempt") == []
    assert someone.takes_next() is None


def test_nobody_is_dialled_after_hours(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (9, 9, 0)}, vault=vault, rules=replace(QUICK, hours="standard"))
    (account,) = enrol(survey_db)
    someone = Interviewer(survey_db, account, vault=vault)
    # Three days after the release no case waits any more for the windows of its first attempt.
    noon = NOW + timedelta(days=3, hours=2)
    assert someone.takes_next(noon - timedelta(minutes=1))
    with pytest.raises(Conflict, match="现在不是拨打时间"):
        someone.dials(noon + timedelta(minutes=1))
    assert entries(survey_db, "attempt") == []


def test_answers_are_never_changed_or_deleted(caller: Interviewer) -> None:
    caller.completes(content(3))
    for statement in (update(Answer).values(value="5"), delete(Answer), delete(Outcome)):
        with pytest.raises(DatabaseError, match="insert-only"), as_owner(caller.database) as session:
            session.execute(statement)


def test_a_closed_case_is_no_longer_offered(caller: Interviewer) -> None:
    caller.completes(content(3))
    assert caller.takes_next(NOW + timedelta(days=30)) is None
    with caller.database.reading() as session:
        assert session.scalars(select(SampledCase.state)).all() == ["closed"]


def _asks_the_person(caller: Interviewer, said: str = "1") -> None:
    caller.reaches_somebody()
    _enter_all(caller, {"C1": "1", "S1": "1", "S3": said})


def test_a_refusal_of_the_respondent_closes_this_wave_and_no_other(caller: Interviewer) -> None:
    _asks_the_person(caller)
    with caller.database.reading() as session:
        assert not AFTERWARDS.intersection(_codes(session, caller))
    caller.ends("refusal_person")
    assert case_of(caller.database, caller.unit).final_code == "refusal_person"
    with caller.database.reading() as session:
        assert not opted_out.has(session, caller.unit)
        assert not opted_out.barred(session, caller.unit)


def test_a_wish_closes_every_wave(caller: Interviewer) -> None:
    _asks_the_person(caller)
    caller.ends("never_again")
    assert case_of(caller.database, caller.unit).final_code == "refusal_person"
    with caller.database.reading() as session:
        assert opted_out.has(session, caller.unit)


def test_who_proves_not_to_be_the_respondent_leaves_nothing_of_the_interview(caller: Interviewer) -> None:
    _asks_the_person(caller)
    _enter_all(caller, {"S2A": "1", "S2B": "1", "A1": "1", "A3": "1"})
    assert caller.enters("S3", "3", NOW + MINUTE) is None
    with caller.database.reading() as session:
        assert set(_codes(session, caller)) == set(AFTER[Ending.NOT_IN])
    talk = _talk(caller)
    assert (talk.is_begun, talk.completeness, dict(talk.former)) == (False, None, {})
    caller.ends("callback_other", NOW + MINUTE)
    assert case_of(caller.database, caller.unit).priority == ORDINARY


def test_who_is_fetched_after_all_answers_everything_anew(caller: Interviewer) -> None:
    _asks_the_person(caller)
    _enter_all(caller, {"S2A": "1", "S2B": "1", "A1": "1"})
    assert caller.enters("S3", "2", NOW + MINUTE) == "C1R"
    assert caller.enters("C1R", "1", NOW + MINUTE) == "S2A"
    assert not _talk(caller).former


def test_a_slip_that_is_put_right_has_the_answers_confirmed(caller: Interviewer) -> None:
    _asks_the_person(caller)
    _enter_all(caller, {"S2A": "1", "S2B": "1", "A1": "1"})
    caller.enters("S3", "3", NOW + MINUTE)
    assert caller.enters("S3", "1", NOW + 2 * MINUTE) == "S2A"
    assert dict(_talk(caller).former) == {"S2A": 1, "S2B": 1, "A1": 1}
    assert caller.enters("S2A", "1", NOW + 3 * MINUTE) == "S2B"
