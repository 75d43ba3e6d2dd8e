"""Skipping, picking, looking up and redialling: each is refused, and the auditor reads of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from huying.base import clock
from survey.fieldwork.operations import lapses, refusals
from survey.fieldwork.queries.access_log import RecordKind, access_page
from survey.models import AccessRecord, Account, Attempt, Dial, SampledCase
from tests.survey.browsing import Page, Visitor
from tests.survey.fieldwork.test_interview import Visit, claimed, in_talk, reading

Try = Callable[[Visitor], Page]


@pytest.fixture
def interviewer(visit: Visit) -> Visitor:
    return visit("open", "interviewer")


def refused(visitor: Visitor) -> list[str]:
    with reading(visitor) as session:
        every = session.scalars(select(AccessRecord.what).order_by(AccessRecord.id)).all()
    return [what.removeprefix("refused: ") for what in every if what.startswith("refused: ")]


def waiting(visitor: Visitor) -> str:
    """The address of a household that nobody holds."""
    with reading(visitor) as session:
        free = select(SampledCase.unit).where(SampledCase.holder_id.is_(None)).order_by(SampledCase.unit)
        return f"/interview/{session.scalars(free.limit(1)).one()}"


def token(visitor: Visitor) -> dict[str, str]:
    seat = visitor.open("/interview/")
    fields = seat.hidden(next(action for action in seat.actions if action.startswith("/interview/")))[1]
    return {"csrf_token": fields["csrf_token"], "once": "a-press-of-its-own"}


def skips_a_question(visitor: Visitor) -> Page:
    page = in_talk(visitor)
    return visitor.post_once(page.path.replace("/C1", "/G1"), {**token(visitor), "code": "5"})


def skips_the_talk(visitor: Visitor) -> Page:
    page = claimed(visitor)
    return visitor.post_once(f"{page.path}/coding", {**token(visitor), "code": "complete"})


def says_that_somebody_answered_without_a_dial(visitor: Visitor) -> Page:
    return visitor.post_once(f"{claimed(visitor).path}/reached", token(visitor))


def says_no_answer_without_a_dial(visitor: Visitor) -> Page:
    return visitor.post_once(f"{claimed(visitor).path}/not-reached", {**token(visitor), "code": "1"})


def picks_another(visitor: Visitor) -> Page:
    return visitor.glance(f"{waiting(visitor)}/1")


def takes_another_over(visitor: Visitor) -> Page:
    return visitor.post_once(f"{waiting(visitor)}/take-over", token(visitor))


def looks_at_the_field(visitor: Visitor) -> Page:
    return visitor.glance("/supervisor/")


def looks_a_household_up(visitor: Visitor) -> Page:
    return visitor.glance("/registry/")


def looks_at_the_sights(visitor: Visitor) -> Page:
    return visitor.glance("/auditor/sights")


def redials_after_the_end(visitor: Visitor) -> Page:
    page = visitor.send(claimed(visitor), "/dial")
    action, fields = page.hidden("/dial") if "/dial" in " ".join(page.actions) else (page.path, {})
    visitor.send(page, "/not-reached", code="1")
    return visitor.post_once(action, {**fields, **token(visitor)})


def dials_in_the_talk(visitor: Visitor) -> Page:
    page = in_talk(visitor)
    return visitor.post_once(page.path.replace("/C1", "/dial"), token(visitor))


@pytest.mark.parametrize(
    ("attempt", "status", "step"),
    [
        (skips_a_question, 409, "answer"),
        (skips_the_talk, 409, "finish"),
        (says_that_somebody_answered_without_a_dial, 409, "reached"),
        (says_no_answer_without_a_dial, 409, "not_reached"),
        (picks_another, 404, "call"),
        (takes_another_over, 409, "take_over"),
        (looks_at_the_field, 403, "supervisor.field"),
        (looks_a_household_up, 403, "registry.households"),
        (looks_at_the_sights, 403, "sights.index"),
        (redials_after_the_end, 409, "dial"),
        (dials_in_the_talk, 409, "dial"),
    ],
)
def test_what_isnt_theirs_to_do_is_refused_and_kept(interviewer, attempt: Try, status: int, step: str):
    assert attempt(interviewer).status == status
    assert refused(interviewer) == [step]


def test_the_way_back_to_a_call_that_is_over_leads_to_the_seat_and_accuses_nobody(interviewer):
    page = interviewer.send(claimed(interviewer), "/dial")
    place = page.path.removesuffix("/dial")
    interviewer.send(page, "/not-reached", code="1")
    for step in ("", "/coding", "/C1", "/line"):
        assert interviewer.open(place + step).path == "/interview/"
    assert refused(interviewer) == []
    stranger = Visitor(interviewer.app, "second")
    assert stranger.open(place).status == 404
    assert refused(interviewer) == ["call"], "who never had it is refused"


def test_a_page_left_open_asks_for_nothing_by_its_beat_and_hides_nothing_else(interviewer):
    place = claimed(interviewer).path
    with interviewer.app.extensions["huying"].database.transaction() as session:
        assert lapses.sweep(session, now=clock.now() + timedelta(minutes=3)) == 1
    quiet = {**token(interviewer), "quiet": "1"}
    assert interviewer.post_once(f"{place}/renew", quiet).status == 409
    assert refused(interviewer) == []
    assert interviewer.post_once(f"{place}/renew", token(interviewer)).status == 409
    assert interviewer.post_once(f"{place}/dial", quiet).status == 409
    assert refused(interviewer) == ["renew", "dial"]


def test_a_second_household_is_not_given_and_the_wish_for_it_is_kept(interviewer):
    seat = interviewer.open("/interview/")
    claimed(interviewer)
    interviewer.send(seat, "/next")
    assert refused(interviewer) == ["next_case"]


def test_a_household_cannot_be_named_when_the_next_one_is_asked_for(interviewer, visit):
    wanted = visit("open", "interviewer")
    unit = claimed(interviewer).path
    seat = wanted.open(f"/interview/?unit={waiting(wanted).rsplit('/', 1)[1]}")
    page = wanted.send(seat, "/next", unit=waiting(wanted).rsplit("/", 1)[1])
    assert page.path == unit, "the queue decides"


def test_a_number_pressed_for_again_is_the_same_dial_and_one_more_sight(interviewer):
    page = interviewer.send(claimed(interviewer), "/dial")
    interviewer.send(interviewer.open(page.path.removesuffix("/dial")), "/dial")
    with reading(interviewer) as session:
        assert len(session.scalars(select(Dial)).all()) == len(session.scalars(select(Attempt)).all()) == 1
        assert session.scalars(select(AccessRecord.what)).all().count("number shown") == 2


def test_the_auditor_reads_who_saw_what_and_why_page_by_page(interviewer, monkeypatch):
    interviewer.send(claimed(interviewer), "/dial")
    looks_at_the_field(interviewer)
    with reading(interviewer) as session:
        unit = session.scalars(select(AccessRecord.unit).where(AccessRecord.what == "number shown")).one()
    auditor = Visitor(interviewer.app, "auditor")
    page = auditor.open("/auditor/sights")
    assert "第 1 次拨打：看了号码" in page.text
    assert unit in page.text
    assert "打开别人的页面：supervisor.field" in page.text
    assert "看了号码" not in auditor.open("/auditor/sights?kind=refused").main.split("</nav>")[1]
    assert "supervisor.field" not in auditor.open("/auditor/sights?kind=sights").main.split("</nav>")[1]
    monkeypatch.setattr("survey.fieldwork.views.sights.PER_PAGE", 1)
    first = auditor.open("/auditor/sights?before=x")
    assert "更早的 1 条" in first.text


def test_pages_of_the_record_hold_every_line_once(interviewer):
    database, now = interviewer.app.extensions["huying"].database, clock.now()
    with database.transaction() as session:
        person = session.scalars(select(Account).where(Account.login == "interviewer")).one()
        for number in range(7):
            refusals.keep(session, by=person, unit="x" * 40, step="y" * 80, now=now + timedelta(number))
    found, before = [], None
    with database.reading() as session:
        while True:
            page = access_page(session, before=before, per_page=3, kind=RecordKind.REFUSALS)
            found.extend(line.number for line in page.lines)
            before = page.older
            if before is None:
                break
    assert found == sorted(set(found), reverse=True)
    assert len(found) == 7
