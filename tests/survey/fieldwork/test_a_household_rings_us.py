"""A household rings us: its own case comes to hand by the full number alone, and a wish is honoured."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from huying.base.errors import Conflict, NotFound
from survey.fieldwork.operations import dnc, lapses, return_calls
from survey.fieldwork.rules.return_calls import Answered, ReturnCaller, may_take, same_home
from survey.models import (
    AccessRecord,
    Attempt,
    DoNotCall,
    FrameUnit,
    InterviewerTrait,
    Offer,
    SampledCase,
    Wave,
)
from survey.registry.rules.sealing import PURPOSE
from survey.waves.operations import release
from survey.waves.queries import opted_out
from tests.conftest import NOW
from tests.survey.browsing import Visitor
from tests.survey.fieldwork.test_field_close_and_bundle import lines
from tests.survey.stories import (
    END,
    QUICK,
    Interviewer,
    brief,
    case_of,
    drawn,
    ended,
    enrol,
    frozen,
    household,
    in_field,
    register,
)

NIGHT = NOW + timedelta(hours=13)
"""Nobody may be called at this hour; who rings then is heard all the same."""
ADDRESSES = {"h1": "春一小区3号楼501室", "h2": "春一小区3号楼502室", "h3": "秋二小区1号楼101室"}


def rings(person: Interviewer, number: str, now=NOW, *, said: str = "", tab: str = ""):
    with person.step() as session:
        found = return_calls.take(
            session,
            ReturnCaller(number, said),
            interviewer=person.account,
            now=now,
            vault=person.vault,
            tab=tab,
        )
        if found.case is not None:
            person.unit, person.fence = found.case.unit, found.case.fence
        return found.answered


def number_of(database, unit: str) -> str:
    """The number that `stories.grids` gives to a household."""
    with database.reading() as session:
        place = session.get_one(FrameUnit, unit).household_code.rpartition("-")[2]
    return f"+999100{int(place):05d}"


@pytest.fixture
def people(survey_db, vault) -> tuple[Interviewer, Interviewer]:
    """Two interviewers before a field of three households, of which two are drawn."""
    in_field(survey_db, {"G1": (3, 2, 0)}, vault=vault)
    first, second = (Interviewer(survey_db, each, vault=vault) for each in enrol(survey_db, interviewers=2))
    return first, second


def drawn_units(database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(SampledCase.unit).order_by(SampledCase.unit)))


@pytest.mark.parametrize(
    "state", ["released", "queued", "resting", "held", "talking", "interviewing", "coding"]
)
def test_what_waits_is_taken_and_what_is_in_a_hand_is_not(state):
    assert may_take(state, outcome=None) is (state in {"released", "queued", "resting"})


@pytest.mark.parametrize(
    ("outcome", "may"),
    [
        *(
            ("no_answer", True),
            ("never_available", True),
            ("frame_bad_contact", True),
            ("other_unknown", True),
        ),
        *(("complete", False), ("refusal_household", False), ("unable", False), ("not_resident", False)),
    ],
)
def test_of_closed_cases_only_those_that_nobody_had_reached_are_opened(outcome, may):
    assert may_take("closed", outcome=outcome) is may


@pytest.mark.parametrize(
    ("said", "home"),
    [
        *(("3号楼 501", "h1"), ("春一小区 3 号楼", None), ("秋二小区", "h3"), ("３号楼502室", "h2")),
        *(("01", None), ("", None), ("冬三小区", None)),
    ],
)
def test_what_the_caller_says_of_the_home_names_one_or_none(said, home):
    assert same_home(said, addresses=ADDRESSES) == home


def test_the_case_comes_to_hand_in_the_talk_at_any_hour_and_is_no_attempt_of_ours(people):
    person, _other = people
    unit, before = drawn_units(person.database)[0], case_of(person.database, drawn_units(person.database)[0])
    assert rings(person, number_of(person.database, unit), NIGHT) is Answered.TAKEN
    assert person.unit == unit
    held = case_of(person.database, unit)
    assert (held.state, held.fence, held.holder_id) == ("talking", before.fence + 1, person.account.id)
    assert lines(person.database)[-1].items() >= {"t": "attempt", "u": unit, "in": 1, "w": "X"}.items()
    for item, raw in brief(4).items():
        person.enters(item, raw, NIGHT)
    person.ends("complete", NIGHT)
    closed = case_of(person.database, unit)
    assert (closed.state, closed.final_code, closed.counted) == ("closed", "complete", 0)
    with person.database.reading() as session:
        offers = session.execute(select(Offer.unit, Offer.offered_as)).all()
        seen = session.execute(select(AccessRecord.unit, AccessRecord.what)).all()
    assert offers == [(unit, None)]
    assert seen == [(unit, "return call")]


def test_a_number_of_nobody_and_of_a_household_that_is_not_drawn_look_alike(people):
    person, _other = people
    taken = {number_of(person.database, unit) for unit in drawn_units(person.database)}
    spare = next(number for at in range(3) if (number := f"+999100{at:05d}") not in taken)
    assert rings(person, spare) is rings(person, "+99919999999") is Answered.UNKNOWN
    with person.database.reading() as session:
        assert [row.unit for row in session.scalars(select(AccessRecord))] == ["", ""]


def test_who_has_a_case_in_hand_takes_no_other_and_a_colleagues_stays_there(people):
    person, other = people
    person.takes_next()
    free = next(unit for unit in drawn_units(person.database) if unit != person.unit)
    with pytest.raises(Conflict):
        rings(person, number_of(person.database, free))
    assert rings(other, number_of(person.database, person.unit)) is Answered.BUSY
    assert case_of(person.database, person.unit).holder_id == person.account.id


def test_a_neighbours_case_is_for_a_colleague(people):
    person, _other = people
    unit = drawn_units(person.database)[0]
    trait = {"kind": "street", "value": "G1", "set_by": "s", "set_at": NOW}
    with person.database.transaction() as session:
        session.add(InterviewerTrait(account_id=person.account.id, **trait))
    assert rings(person, number_of(person.database, unit)) is Answered.COLLEAGUE


def test_a_case_closed_as_never_reached_opens_and_its_new_outcome_is_a_correction(people):
    person, _other = people
    at = NOW
    while person.takes_next(at) is not None:
        person.dials(at)
        person.reaches_nobody(now=at)
        at += timedelta(hours=30)
    unit = drawn_units(person.database)[0]
    assert case_of(person.database, unit).final_code == "no_answer"
    assert rings(person, number_of(person.database, unit), at) is Answered.TAKEN
    person.enters("C1", "1", at)
    person.enters("S1", "1", at)
    person.ends("refusal_household", at)
    last = lines(person.database)[-1]
    assert last.items() >= {"t": "correction", "from": "no_answer", "to": "refusal_household"}.items()
    assert case_of(person.database, unit).state == "closed"
    assert rings(person, number_of(person.database, unit), at) is Answered.DONE


def test_a_lapse_of_a_return_call_leaves_the_case_to_be_called(people):
    person, _other = people
    unit = drawn_units(person.database)[0]
    rings(person, number_of(person.database, unit))
    with person.database.transaction() as session:
        assert lapses.sweep(session, now=NOW + timedelta(hours=1)) == 1
    left = case_of(person.database, unit)
    assert (left.state, left.holder_id, left.counted) == ("resting", None, 0)
    with person.database.reading() as session:
        assert session.scalars(select(Attempt.code)).all() == ["cut_off"]


def test_a_wrong_number_on_a_return_call_dials_nobody(people):
    person, _other = people
    rings(person, number_of(person.database, drawn_units(person.database)[0]))
    person.enters("C1", "1")
    person.enters("S1", "2")
    person.ends("number_suspect")
    assert case_of(person.database, person.unit).state == "resting"


def test_of_several_with_one_number_the_caller_names_the_home(survey_db, vault):
    with survey_db.transaction() as session:
        rows = [household(code, "G1", "+99910000007", address=where) for code, where in ADDRESSES.items()]
        register(session, rows, vault=vault)
        frozen(session, {"G1": (3, 0)}, vault=vault)
        drawn(session)
        release.open_field(session, "w1", now=NOW)
    person = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    assert rings(person, "+99910000007") is Answered.SEVERAL
    assert rings(person, "+99910000007", said="春一小区") is Answered.SEVERAL
    assert rings(person, "+99910000007", said="3号楼502") is Answered.TAKEN
    with survey_db.reading() as session:
        assert session.get_one(FrameUnit, person.unit).household_code == "h2"


def test_a_wish_is_kept_with_a_field_or_without_and_lifted_only_for_a_reason(people):
    person, _other = people
    database, vault = person.database, person.vault
    unit = drawn_units(database)[0]
    told = {"by": person.account, "vault": vault}
    caller = ReturnCaller(number_of(database, unit))
    with database.transaction() as session:
        assert dnc.say_by_number(session, caller, how="return call", now=NOW, **told)
    assert case_of(database, unit).final_code == "refusal_person"
    assert rings(person, caller.number) is Answered.SILENT
    with database.transaction() as session:
        assert not dnc.say_by_number(
            session, ReturnCaller("+99919999999"), how="return call", now=NOW, **told
        )
        ended(session, keys=vault.keys)
    with pytest.raises(Conflict), database.transaction() as session:
        dnc.lift_by_number(session, caller, why=" ", now=END, **told)
    with database.transaction() as session:
        dnc.lift_by_number(session, caller, why="本人 12 月来电要求", now=END, **told)
        assert not opted_out.has(session, unit)
        rows = session.scalars(select(DoNotCall).where(DoNotCall.lifted_at.is_not(None))).all()
        assert {row.lifted_why for row in rows} == {"本人 12 月来电要求"}
        seen = [row.what for row in session.scalars(select(AccessRecord).order_by(AccessRecord.id))]
        assert seen[0] == seen[2] == "never call again: by number"
        assert seen[-1] == "never call again: lifted"
    with pytest.raises(NotFound), database.transaction() as session:
        dnc.lift_by_number(session, caller, why="本人", now=END, **told)


def test_the_wish_of_an_unknown_number_is_lifted_alone(people):
    person, _other = people
    told = {"by": person.account, "vault": person.vault, "now": NOW}
    with person.database.transaction() as session:
        for number in ("+99919999998", "+99919999999"):
            dnc.say_by_number(session, ReturnCaller(number), how="return call", **told)
        dnc.lift_by_number(session, ReturnCaller("+99919999999"), why="本人来电要求", **told)
        standing = session.scalars(select(DoNotCall.number_index).where(DoNotCall.lifted_at.is_(None)))
        assert standing.all() == [person.vault.index("+99919999998", purpose=PURPOSE)]


def test_a_case_opened_again_that_rests_closes_with_the_wish(people):
    person, _other = people
    unit, at = drawn_units(person.database)[0], NOW
    while person.takes_next(at) is not None:
        person.dials(at)
        person.reaches_nobody(now=at)
        at += timedelta(hours=30)
    rings(person, number_of(person.database, unit), at)
    with person.database.transaction() as session:
        case = session.get_one(SampledCase, unit)
        case.state, case.holder_id, case.lease_until = "resting", None, None
        caller = ReturnCaller(number_of(person.database, unit))
        dnc.say_by_number(session, caller, by=person.account, how="supervisor", now=at, vault=person.vault)
    assert case_of(person.database, unit).state == "closed"
    assert lines(person.database)[-1].items() >= {"t": "correction", "to": "refusal_person"}.items()


def test_after_the_end_of_the_field_no_case_is_taken(people):
    person, _other = people
    number = number_of(person.database, drawn_units(person.database)[0])
    with person.database.reading() as session:
        over = session.get_one(Wave, "w1").field_ends_at
    assert rings(person, number, over) is Answered.UNKNOWN
    assert QUICK.hours == "any"


def test_by_page_the_number_is_posted_never_in_an_address_and_leads_to_the_talk(visit):
    interviewer = visit("open", "interviewer")
    seat = interviewer.open("/interview/")
    assert "/interview/return-call/" in seat.html
    page = interviewer.open("/interview/return-call/")
    assert interviewer.send(page, "/return-call/", number="12").status == 422
    page = interviewer.send(page, "/return-call/", number="+99919990000")
    assert "没有这个号码" in page.text
    with interviewer.app.extensions["huying"].database.reading() as session:
        unit = session.scalars(select(SampledCase.unit).limit(1)).one()
        code = session.get_one(FrameUnit, unit).household_code
    number = f"+9991{int(code[2]) - 1}000{int(code[3:]):04}"
    page = interviewer.send(interviewer.open("/interview/return-call/"), "/return-call/", number=number)
    assert page.status == 200
    assert unit in page.path
    assert number not in page.path
    assert interviewer.open("/interview/return-call/").path == "/interview/"


def test_the_supervisor_records_and_lifts_by_page(visit):
    boss: Visitor = visit("open", "supervisor")
    assert "/supervisor/never-again/" in boss.open("/supervisor/").html
    page = boss.open("/supervisor/never-again/")
    page = boss.send(page, "/never-again/", number="+999100000001", step="record")
    assert "以后不会再打" in page.text
    page = boss.send(page, "/never-again/", number="+999100000001", step="lift")
    assert (page.status, "只有住户本人要求" in page.text) == (409, True)
    page = boss.send(page, "/never-again/", number="+999100000001", step="lift", why="本人 11 月 27 日来电")
    assert "已恢复" in page.text
