"""Too much from one telephone, poster or address is held back with a sentence, and a reviewer sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from time_machine import Traveller

from feedback import roles
from feedback.cases.operations import limits as marks
from feedback.cases.rules.limits import KEPT, LIMITS, EarlierRequest, Limit, exceeded
from feedback.models import LimitedRequest, OutboxMessage, RequestMark
from tests.conftest import NOW
from tests.feedback.browsing import Page, Visitor
from tests.feedback.neighbourhood import HELP, POSTER, Backstage

ADDRESS = f"/help/{POSTER}"


def ask(resident: Visitor, number: int, **fields: str) -> Page:
    words = {"text": f"第{number}件事", "place": f"{number}号", "contact": ""}
    page = resident.press(resident.open(ADDRESS), ADDRESS, **HELP | words | fields)
    if "是同一件事吗？" in page.text:
        page = resident.press(page, ADDRESS, **HELP | words | fields, same="no")
    return page


def test_what_a_clock_ahead_has_counted_holds_nobody_once_it_is_right() -> None:
    ahead = [EarlierRequest("contact", "life", NOW + timedelta(days=30)) for _ in range(50)]
    assert exceeded(ahead, urgency="life", now=NOW) is None


def test_thirty_cases_of_danger_from_one_session_are_limited_and_a_reviewer_sees_it(
    resident: Visitor, backstage: Backstage, sign_in: Callable[[str], Visitor]
) -> None:
    pages = [ask(resident, number, urgency="life") for number in range(30)]
    taken = [page for page in pages if page.path.startswith("/receipt/")]
    held = [page for page in pages if page.status == 429]
    assert (len(taken), len(held)) == (8, 22)
    assert len(backstage.cases()) == 8
    assert "没有登记上" in held[0].text
    assert "12345" in held[0].text
    assert "第29件事" in held[-1].html, "nothing typed is lost"
    text = sign_in(roles.REVIEWER).open("/review/limited").text
    assert text.count("同一个网络地址") == 22
    assert "第29件事" not in text


def test_one_telephone_is_limited_and_another_is_not(resident: Visitor, backstage: Backstage) -> None:
    statuses = [ask(resident, number, contact="+99913900009").status for number in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert ask(resident, 13, contact="+99913900010").status == 200


def test_sixty_call_backs_to_one_number_are_limited_and_flood_no_telephone(
    resident: Visitor, backstage: Backstage, moment: Traveller
) -> None:
    statuses = []
    for _ in range(60):
        page = resident.open(f"/unreached/{POSTER}")
        statuses.append(resident.press(page, POSTER, contact="+99913811111", wish="call_back").status)
        moment.shift(timedelta(minutes=61))
    assert set(statuses) <= {200, 429}
    with backstage.ground.database.reading() as session:
        sent = session.scalars(select(OutboxMessage).where(OutboxMessage.purpose == "receipt")).all()
    days = {message.created_at.date() for message in sent}
    assert max(sum(each.created_at.date() == day for each in sent) for day in days) <= 6


def test_a_repeated_form_is_known_before_any_limit(resident: Visitor) -> None:
    form = resident.open(ADDRESS)
    first = resident.press(form, ADDRESS, **HELP)
    for number in range(10):
        ask(resident, number, contact="+99913900009")
    assert resident.press(form, ADDRESS, **HELP).path == first.path


def test_marks_hold_no_address_and_go_after_thirty_days(
    resident: Visitor, backstage: Backstage, moment: Traveller
) -> None:
    ask(resident, 1)
    here = backstage.ground
    with here.database.reading() as session:
        keys = {mark.kind: mark.key for mark in session.scalars(select(RequestMark))}
    assert b"203.0.113.7" not in keys["address"]
    assert keys["address"] == marks.address_digest("203.0.113.7", vault=here.vault, now=NOW)
    tomorrow = marks.address_digest("203.0.113.7", vault=here.vault, now=NOW + timedelta(days=1))
    assert keys["address"] != tomorrow, "every day has a key of its own"
    with here.database.transaction() as session:
        later = NOW + KEPT + timedelta(days=1)
        assert marks.forget(session, vault=here.vault, now=later) == len(keys)
    assert here.vault.keys.find(f"address-{NOW:%Y%m%d}") is None


def test_what_is_held_back_is_never_changed(resident: Visitor, backstage: Backstage) -> None:
    for number in range(9):
        ask(resident, number, urgency="life")
    with backstage.ground.database.reading() as session:
        row = session.scalars(select(LimitedRequest)).one()
        assert (row.kind, row.urgency, row.grid_code, row.category) == ("address", "life", "g3", "水电气热")


MARKS = st.builds(
    EarlierRequest,
    st.sampled_from([limit.kind for limit in LIMITS]),
    st.sampled_from(["life", "ordinary"]),
    st.integers(0, 1500).map(lambda minutes: NOW - timedelta(minutes=minutes)),
)


@given(st.lists(MARKS, max_size=80), st.sampled_from(["life", "ordinary"]))
def test_a_limit_is_passed_exactly_where_as_many_came_within_its_time(given_marks, urgency):
    def full(limit: Limit) -> bool:
        counted = [
            mark
            for mark in given_marks
            if mark.kind == limit.kind
            and mark.at > NOW - limit.within
            and (not limit.urgency or mark.urgency == limit.urgency)
        ]
        return limit.urgency in {"", urgency} and len(counted) >= limit.most

    found = exceeded(given_marks, urgency=urgency, now=NOW)
    assert (found is not None) == any(map(full, LIMITS))
    assert found is None or full(found)
