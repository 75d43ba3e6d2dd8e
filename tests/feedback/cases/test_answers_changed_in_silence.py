"""For a day an answer can be changed by link or telephone; the last counts, each is kept, nothing shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from time_machine import Traveller

from feedback import roles
from feedback.cases.operations import handling, ratings
from feedback.cases.rules.requests import RatingAnswer
from feedback.models import Case, CaseStep, Rating, RatingVersion
from huying.base.errors import Gone, NotFound
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import HELP, POSTER, Backstage
from tests.support.owner import as_owner

DAY = timedelta(days=1)
RATED = {"solved": "solved", "conduct": "5", "result": "4"}
SignIn = Callable[[str], Visitor]


def rate(town, case, solved="solved", *, conduct=5, result=5, words="", at=None):
    with town.database.transaction() as session:
        answer = RatingAnswer(solved, conduct, result, words)
        return ratings.rate(session, town.token(case), answer, now=at or town.now)


def by_telephone(town, case, solved="solved", *, at=None):
    with town.database.transaction() as session:
        answer = RatingAnswer(solved, 1, 1, "听不清")
        return ratings.rate_by_telephone(session, case.id, answer, by="operator", now=at or town.now)


def stored(town) -> Rating:
    with town.database.reading() as session:
        return session.scalars(select(Rating)).one()


def test_the_last_answer_counts_and_each_version_is_kept(town):
    case = town.declared()
    rate(town, case, "not_solved", conduct=1)
    rate(town, case, "solved", conduct=4, at=town.now + timedelta(hours=23))
    rating = stored(town)
    assert (rating.solved, rating.conduct, rating.answered_at) == ("solved", 4, town.now)
    with town.database.reading() as session:
        versions = session.scalars(select(RatingVersion).order_by(RatingVersion.id)).all()
        assert [(each.solved, each.channel) for each in versions] == [
            ("not_solved", "link"),
            ("solved", "link"),
        ]
    town.settle()
    with town.database.reading() as session:
        assert session.get_one(Case, case.id).state == "confirmed"


def test_a_version_can_be_neither_changed_nor_deleted_but_its_words_can_be_blanked(public_db, now):
    with public_db.transaction() as session:
        times = {"opened_at": now, "due_at": now}
        case = Case(code="C", source="poster", category="c", state="declared", holder="resident", **times)
        session.add(case)
        session.flush()
        rating = Rating(case_id=case.id, token_hash=b"t", result_of="worker", issued_at=now, expires_at=now)
        session.add(rating)
        session.flush()
        session.add(RatingVersion(rating_id=rating.id, at=now, channel="link", solved="solved", words="快"))
    for statement in ("UPDATE rating_version SET solved = 'unsure'", "DELETE FROM rating_version"):
        with pytest.raises(DBAPIError, match="insert-only"), as_owner(public_db) as session:
            session.execute(text(statement))
    with as_owner(public_db) as session:
        session.execute(text("UPDATE rating_version SET words = ''"))


def test_by_telephone_the_last_word_counts_and_is_labelled(town):
    case = town.declared()
    rate(town, case, "solved")
    by_telephone(town, case, "not_solved", at=town.now + timedelta(hours=2))
    assert (stored(town).solved, stored(town).channel) == ("not_solved", "telephone")
    town.settle()
    with town.database.reading() as session:
        again = session.get_one(Case, case.id)
        assert (again.state, again.round) == ("contested", 2)
        assert again.steps[-1].actor == "resident:telephone"


def test_after_the_day_neither_link_nor_telephone_changes_anything(town):
    case = town.declared()
    rate(town, case)
    town.settle()
    with pytest.raises(NotFound):
        rate(town, case, "not_solved", at=town.now + DAY)
    with pytest.raises(Gone):
        by_telephone(town, case, at=town.now + DAY)


def test_who_was_not_invited_is_not_rated_by_telephone(town):
    with pytest.raises(Gone):
        by_telephone(town, town.declared(contact=None))


def test_an_answer_on_the_last_day_is_no_silence(town):
    case = town.declared()
    last = town.now + timedelta(days=14) - timedelta(minutes=1)
    rate(town, case, "not_solved", at=last)
    with town.database.transaction() as session:
        assert handling.lapse(session, now=last + timedelta(hours=12)) == 0
    rate(town, case, "not_solved", words="还漏", at=last + timedelta(hours=12))
    town.settle(at=last + DAY)
    with town.database.reading() as session:
        assert session.get_one(Case, case.id).state == "contested"


def test_danger_unsolved_is_work_at_once_and_its_marks_can_still_be_changed(town):
    case = town.declared(urgency="life")
    rate(town, case, "not_solved", conduct=5)
    with town.database.reading() as session:
        assert session.get_one(Case, case.id).round == 2
    rate(town, case, "not_solved", conduct=1, at=town.now + timedelta(hours=1))
    assert stored(town).conduct == 1
    with town.database.reading() as session:
        assert session.get_one(Case, case.id).round == 2


def test_a_case_withdrawn_meanwhile_keeps_the_opinion_and_goes_nowhere(town):
    case = town.declared()
    rate(town, case, "not_solved")
    with town.database.transaction() as session:
        handling.withdraw(session, case.id, now=town.now)
    town.settle()
    with town.database.reading() as session:
        assert session.get_one(Case, case.id).state == "ended"


@pytest.fixture
def declared(sign_in: SignIn, asked: str, backstage: Backstage) -> str:
    """The worker has declared the case solved; the path of the rating link."""
    worker = sign_in(roles.WORKER)
    worker.press(worker.open("/worker/cases/1"), "/answer", message="下午上门")
    worker.press(worker.open("/worker/cases/1"), "/declare", note="换了阀门")
    return backstage.link(backstage.cases()[0])


def test_within_the_day_no_page_tells_one_answer_from_another(
    resident: Visitor, declared: str, asked: str, sign_in: SignIn
) -> None:
    worker, leader = sign_in(roles.WORKER), sign_in(roles.GRID_LEADER)
    seen = []
    for solved, words in (("solved", "很快"), ("unsure", ""), ("not_solved", "还在漏")):
        thanks = resident.press(resident.open(declared), declared, **RATED | {"solved": solved}, words=words)
        pages = (thanks, resident.open(asked), resident.open(declared))
        desks = (worker.open("/worker/"), worker.open("/worker/cases/1"), leader.open("/escalated/"))
        seen.append([page.text for page in (*pages, *desks)])
    assert seen[0] == seen[1] == seen[2]
    assert "已答复，谢谢您。" in seen[0][1]


def test_after_the_day_solved_and_unsure_look_alike_to_resident_and_worker(
    resident: Visitor, declared: str, asked: str, sign_in: SignIn, backstage: Backstage
) -> None:
    worker, seen = sign_in(roles.WORKER), []
    resident.press(resident.open(declared), declared, **RATED)
    for state, event in (("confirmed", "confirm"), ("unconfirmed", "unsure")):
        with backstage.ground.database.transaction() as session:
            case = session.get_one(Case, 1)
            case.state, case.holder = state, ""
            if state == "confirmed":
                step = {"at": case.opened_at, "event": event, "actor": "resident"}
                case.steps.append(CaseStep(**step, state="x", holder=""))
        with as_owner(backstage.ground.database) as session:
            session.execute(text("DROP TRIGGER IF EXISTS case_step_no_update"))
            session.execute(text(f"UPDATE case_step SET event = '{event}' WHERE state = 'x'"))
        seen.append((resident.open(asked).text, worker.open("/worker/cases/1").text))
    assert seen[0] == seen[1]
    assert "已答复" in seen[0][0]


def test_words_of_a_contested_round_are_seen_by_who_handles_the_next_and_nobody_else(
    resident: Visitor, declared: str, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    resident.press(resident.open(declared), declared, **RATED | {"solved": "not_solved"}, words="阀门还在滴")
    moment.shift(DAY)
    backstage.settle()
    leader, worker = sign_in(roles.GRID_LEADER), sign_in(roles.WORKER)
    assert "阀门还在滴" in leader.open("/escalated/cases/1").text
    assert "阀门还在滴" not in worker.open("/worker/cases/1").text


def test_an_operator_writes_down_what_is_said_and_sees_nothing_of_it(
    asked: str, declared: str, sign_in: SignIn, backstage: Backstage
) -> None:
    operator = sign_in(roles.OPERATOR)
    receipt = asked.rpartition("/")[2]
    form = operator.press(operator.open("/calling/"), "/receipt", receipt=receipt)
    page = operator.press(form, f"/receipt/{receipt}", **RATED, words="很快")
    assert "记下了" in page.text
    assert "很快" not in page.html
    assert "checked" not in page.html
    with backstage.ground.database.reading() as session:
        version = session.scalars(select(RatingVersion)).one()
        assert (version.channel, version.by) == ("telephone", "operator")


@pytest.mark.parametrize("role", sorted(roles.ROLES))
def test_no_account_speaks_for_a_resident(
    role: str, declared: str, asked: str, sign_in: SignIn, backstage: Backstage
) -> None:
    staff = sign_in(role)
    assert staff.open(declared).status == 409
    assert Visitor(staff.client).post(declared, **RATED).status_code == 409
    assert staff.post(f"{asked}/word", solved="solved").status_code == 409
    with backstage.ground.database.reading() as session:
        assert session.scalars(select(RatingVersion)).all() == []


def test_an_expired_link_has_a_door_to_the_next_round(
    resident: Visitor, declared: str, backstage: Backstage, moment: Traveller
) -> None:
    moment.shift(timedelta(days=15))
    page = resident.open(declared)
    assert page.status == 410
    assert "已过期" in page.text
    assert page.form("/late").names >= {"solved", "words"}
    thanks = resident.press(page, "/late", solved="not_solved", words="还在滴")
    assert thanks.path == "/thanks"
    moment.shift(DAY)
    backstage.settle()
    assert backstage.cases()[0].round == 2


def test_who_left_no_number_says_it_on_the_receipt_page(
    resident: Visitor, sign_in: SignIn, backstage: Backstage, moment: Traveller
) -> None:
    address = f"/help/{POSTER}"
    receipt = resident.press(resident.open(address), address, **HELP | {"contact": ""}).path
    worker = sign_in(roles.WORKER)
    worker.press(worker.open("/worker/cases/1"), "/answer")
    worker.press(worker.open("/worker/cases/1"), "/declare", note="换了阀门")
    page = resident.open(receipt)
    assert "短信" not in page.text, "no message is claimed that wasn't sent"
    again = resident.press(page, "/word", solved="not_solved", words="还在滴")
    assert "已答复。" in again.text
    assert "还在滴" not in again.html
    moment.shift(DAY)
    backstage.settle()
    assert backstage.cases()[0].round == 2
    assert "居民反映没有解决" in resident.open(receipt).text
