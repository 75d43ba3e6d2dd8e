"""A case on its way: worker, department, resident, and back one level up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from time_machine import Traveller

from feedback import roles
from tests.feedback.browsing import Visitor
from tests.feedback.neighbourhood import HELP, POSTER, VACANT, Backstage

RATED = {"solved": "solved", "conduct": "5", "result": "4"}
SignIn = Callable[[str], Visitor]


@pytest.fixture
def worker(sign_in: SignIn, asked: str) -> Visitor:
    """The worker, with the resident's case in hand."""
    return sign_in(roles.WORKER)


@pytest.fixture
def answered(worker: Visitor) -> Visitor:
    """The worker, having taken the case up."""
    worker.press(worker.open("/worker/cases/1"), "/answer", message="下午上门")
    return worker


@pytest.fixture
def officer(answered: Visitor, sign_in: SignIn) -> Visitor:
    """The water department's officer, whistled for."""
    answered.press(answered.open("/worker/cases/1"), "/whistle", department="water", request="请修主管")
    return sign_in(roles.DEPARTMENT_OFFICER)


@pytest.fixture
def declared(answered: Visitor, backstage: Backstage) -> str:
    """The worker has declared the case solved; the path of the rating link."""
    answered.press(answered.open("/worker/cases/1"), "/declare", note="换了阀门")
    return backstage.link(backstage.cases()[0])


@pytest.fixture
def over(backstage: Backstage, moment: Traveller) -> Callable[[], None]:
    """Lets the day be over in which an answer may be changed."""

    def pass_by() -> None:
        moment.shift(timedelta(days=1))
        backstage.settle()

    return pass_by


def test_the_desk_shows_where_the_worker_is_on_duty_and_what_waits(worker: Visitor) -> None:
    text = worker.open("/worker/").text
    assert "王秀兰，1 件要办" in text
    assert "和平里社区 第3网格" in text
    assert "现在值班" in text
    assert "水电气热 · 2单元" in text


def test_taking_a_case_up_is_seen_by_the_resident(answered: Visitor, resident: Visitor, asked: str) -> None:
    text = resident.open(asked).text
    assert "已接单" in text
    assert "下午上门" in text


def test_taking_it_up_twice_is_refused_with_a_sentence(worker: Visitor) -> None:
    form = worker.open("/worker/cases/1")
    worker.press(form, "/answer")
    again = worker.press(form, "/answer")
    assert again.status == 409
    assert "不能接单" in again.text


def test_the_worker_sees_how_to_reach_the_resident(worker: Visitor) -> None:
    assert 'href="tel:+99913900009"' in worker.open("/worker/cases/1").html


def test_another_workers_case_is_not_there(worker: Visitor, resident: Visitor) -> None:
    resident.press(resident.open(f"/help/{VACANT}"), f"/help/{VACANT}", **HELP)
    assert worker.open("/worker/cases/2").status == 404


@pytest.mark.parametrize(
    ("ending", "sentence"), [("/whistle", "请选择部门。"), ("/declare", "请写明做了什么。")]
)
def test_what_is_missing_is_said_first(answered: Visitor, ending: str, sentence: str) -> None:
    page = answered.press(answered.open("/worker/cases/1"), ending)
    assert page.status == 422
    assert page.title.startswith("错误：")
    assert page.html.index(sentence) < page.html.index("<h1>")


def test_from_the_whistle_on_the_hours_are_the_departments(
    answered: Visitor, moment: Traveller, sign_in: SignIn
) -> None:
    moment.shift(timedelta(hours=3))
    answered.press(answered.open("/worker/cases/1"), "/whistle", department="water", request="请修主管")
    moment.shift(timedelta(hours=5))
    text = sign_in(roles.WORKER).open("/worker/cases/1").text
    assert "网格员 3 小时" in text
    assert "水务局 5 小时" in text
    assert "现在在水务局手里" in text


def test_the_departments_queue_shows_what_is_asked_and_by_when(officer: Visitor) -> None:
    text = officer.open("/department/").text
    assert "水务局：1 件等着办" in text
    assert "请修主管" in text
    assert "还有 2 小时" in text


def test_the_department_sees_the_residents_number_only_after_accepting(officer: Visitor) -> None:
    page = officer.open("/department/whistles/1")
    assert "13900009" not in page.html
    page = officer.press(page, "/accept")
    assert 'href="tel:+99913900009"' in page.html


def test_when_it_was_accepted_is_the_servers_word(officer: Visitor, backstage: Backstage) -> None:
    form = officer.open("/department/whistles/1").form("/accept")
    early = {"at": "2020-01-01T00:00", "answered_at": "2020-01-01T00:00"}
    officer.post(form.action, **{**form.hidden, **early})
    opened, *_, accepted = backstage.cases()[0].steps
    assert (accepted.event, opened.at <= accepted.at) == ("accept", True)


def test_the_department_accepts_and_declares(officer: Visitor, resident: Visitor, asked: str) -> None:
    page = officer.press(officer.open("/department/whistles/1"), "/accept")
    page = officer.press(page, "/declare", note="换了主管")
    assert page.status == 200
    text = resident.open(asked).text
    assert "已报办结" in text
    assert "换了主管" in text


def test_a_refusal_names_who_and_why_and_goes_up(
    officer: Visitor, resident: Visitor, asked: str, sign_in: SignIn
) -> None:
    officer.press(
        officer.open("/department/whistles/1"),
        "/refuse",
        reason="not_ours",
        instead="urban",
        text="管网归城管",
    )
    assert "水务局退回了这件事：应由城管局办理。管网归城管" in resident.open(asked).text
    coordinator = sign_in(roles.COORDINATOR)
    page = coordinator.open("/escalated/cases/1")
    assert page.offers("/whistle")
    assert not page.offers("/declare")
    coordinator.press(page, "/whistle", department="urban", request="请城管局首接")
    assert "城管局" in resident.open(asked).text
    page = coordinator.open("/escalated/cases/1")
    assert "城管局没有在用的账号，这件事由您代管" in page.text
    assert page.offers("/take_over")
    assert not page.offers("/whistle")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "请选择退回的理由。"),
        ({"reason": "law_forbids"}, "请写明"),
        ({"reason": "not_ours", "text": "不归我们"}, "请在下面选应由哪个部门办理"),
    ],
)
def test_a_refusal_without_its_reason_comes_back(
    officer: Visitor, fields: dict[str, str], sentence: str
) -> None:
    page = officer.press(officer.open("/department/whistles/1"), "/refuse", **fields)
    assert page.status == 422
    assert sentence in page.text
    assert officer.open("/department/").text.count("请修主管") == 1


def test_another_departments_whistle_is_not_there(officer: Visitor, backstage: Backstage) -> None:
    from feedback.models import Whistle

    with backstage.ground.database.transaction() as session:
        session.get_one(Whistle, 1).department_code = "urban"
    assert officer.open("/department/whistles/1").status == 404


def test_the_link_asks_three_questions_and_nothing_is_chosen(resident: Visitor, declared: str) -> None:
    page = resident.open(declared)
    assert page.status == 200
    for question in ("这件事解决了吗？", "网格员的态度和联系", "办理结果"):
        assert question in page.text
    assert "checked" not in page.html
    assert "水电气热" in page.text


def test_a_rating_is_thanked_for_and_never_shown(
    resident: Visitor, declared: str, answered: Visitor, asked: str
) -> None:
    answer = resident.send(resident.open(declared), declared, **RATED, words="很快")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/thanks")
    page = resident.open("/thanks")
    assert "谢谢您，收到了。" in page.text
    for html in (page.html, answered.open("/worker/cases/1").html, resident.open(asked).html):
        assert "很快" not in html
        assert "非常满意" not in html


def test_the_reply_is_alike_for_every_answer(resident: Visitor, declared: str) -> None:
    rated = RATED | {"solved": "not_solved", "conduct": "0", "result": "0"}
    answer = resident.send(resident.open(declared), declared, **rated)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/thanks")


def test_looking_at_the_link_changes_nothing(resident: Visitor, declared: str, backstage: Backstage) -> None:
    for _ in range(3):
        resident.open(declared)
    assert backstage.cases()[0].state == "declared"


@pytest.mark.parametrize("missing", sorted(RATED))
def test_a_question_left_open_is_pointed_out(resident: Visitor, declared: str, missing: str) -> None:
    given = {name: value for name, value in RATED.items() if name != missing}
    page = resident.press(resident.open(declared), declared, **given)
    assert page.status == 422
    assert page.title.startswith("错误：")


def test_within_a_day_the_link_takes_another_answer_and_shows_nothing_of_the_first(
    resident: Visitor, declared: str, backstage: Backstage
) -> None:
    resident.press(resident.open(declared), declared, **RATED, words="很快")
    page = resident.open(declared)
    assert "您已经答复过" in page.text
    assert "checked" not in page.html
    assert "很快" not in page.html
    answer = resident.send(page, declared, **RATED | {"solved": "not_solved"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/thanks")
    assert backstage.cases()[0].state == "declared"


def test_a_link_used_a_day_ago_and_a_wrong_one_get_the_same_reply(
    resident: Visitor, declared: str, backstage: Backstage, moment: Traveller
) -> None:
    form = resident.open(declared)
    resident.press(form, declared, **RATED)
    moment.shift(timedelta(days=1))
    backstage.settle()
    used, again = resident.open(declared), resident.press(form, declared, **RATED)
    wrong = resident.open("/r/ABCDEFGH23456789")
    assert {page.status for page in (used, again, wrong)} == {404}
    assert used.text == wrong.text == again.text


def test_an_expired_link_says_so_and_gives_the_number(
    resident: Visitor, declared: str, moment: Traveller
) -> None:
    moment.shift(timedelta(days=14))
    page = resident.open(declared)
    assert page.status == 410
    assert "已过期" in page.text
    assert "12345" in page.text


def test_what_is_not_solved_comes_back_one_level_up(
    resident: Visitor, declared: str, sign_in: SignIn, asked: str, over: Callable[[], None]
) -> None:
    resident.press(resident.open(declared), declared, **RATED | {"solved": "not_solved"})
    assert "居民反映没有解决" not in resident.open(asked).text
    over()
    assert "居民反映没有解决" in resident.open(asked).text
    leader = sign_in(roles.GRID_LEADER)
    assert "1 件要您办" in leader.open("/escalated/").text
    page = leader.press(leader.open("/escalated/cases/1"), "/answer", message="网格长来办")
    page = leader.press(page, "/declare", note="重新换了管")
    assert page.path == "/escalated/"
    assert "重新换了管" in resident.open(asked).text


def test_a_request_from_a_vacant_grid_waits_with_the_unit(resident: Visitor, sign_in: SignIn) -> None:
    resident.press(resident.open(f"/help/{VACANT}"), f"/help/{VACANT}", **HELP)
    assert "第4网格" in sign_in(roles.GRID_LEADER).open("/escalated/").text


def test_a_leader_sees_no_case_of_another_street(sign_in: SignIn, backstage: Backstage, asked: str) -> None:
    from feedback.models import Case

    with backstage.ground.database.transaction() as session:
        case = session.get_one(Case, 1)
        case.holder, case.grid_code = "unit", "g9"
    leader = sign_in(roles.GRID_LEADER)
    assert "0 件要您办" in leader.open("/escalated/").text
    assert leader.open("/escalated/cases/1").status == 404


def test_a_list_is_taken_and_shown_to_nobody(worker: Visitor) -> None:
    rows = "+999 13800077，和平里1号楼\n\n+99913800078,和平里2号楼\n"
    page = worker.press(worker.open("/worker/list"), "/worker/list", rows=rows)
    assert page.status == 200
    assert "13800077" not in page.html
    assert "11月23日 10:00" in page.text


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("", "请粘贴名单"),
        ("+99913800077 和平里", "第 1 行"),
        ("+99913800077，甲\n12，乙", "第 2 行"),
        ("+99913800077，甲\n+99913800077，乙", "相同"),
    ],
)
def test_a_faulty_list_names_its_lines(worker: Visitor, rows: str, sentence: str) -> None:
    page = worker.press(worker.open("/worker/list"), "/worker/list", rows=rows)
    assert page.status == 422
    assert sentence in page.text


VISIT = {"grid": "g3", "visited": "2026-11-23T09:00", "phone": "+999 13800077", "address": ""}


def test_a_visit_is_taken_and_its_number_shown_to_nobody(worker: Visitor) -> None:
    page = worker.press(worker.open("/worker/visits"), "/worker/visits", **VISIT)
    assert page.status == 200
    assert "13800077" not in page.html
    assert "11月23日 09:00" in page.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"visited": "2026-11-23T23:00"}, "在将来"),
        ({"phone": ""}, "至少一样"),
        ({"phone": "12"}, "电话"),
        ({"grid": ""}, "请选择网格"),
    ],
)
def test_a_faulty_visit_comes_back(worker: Visitor, wrong: dict[str, str], sentence: str) -> None:
    page = worker.press(worker.open("/worker/visits"), "/worker/visits", **(VISIT | wrong))
    assert page.status == 422
    assert sentence in page.text


def test_the_operator_finds_the_place_by_either_code_and_writes_it_down(
    sign_in: SignIn, backstage: Backstage
) -> None:
    from tests.feedback.neighbourhood import DIAL

    operator = sign_in(roles.OPERATOR)
    page = operator.open(f"/switchboard/?number={DIAL}")
    assert page.path == f"/switchboard/{POSTER}"
    assert "和平里社区 第3网格，对吗？" in page.text
    assert "tel:+99913800001" in page.html
    page = operator.press(page, f"/switchboard/{POSTER}", **HELP)
    assert page.path.startswith("/receipt/")
    assert backstage.cases()[0].source == "operator"


@pytest.mark.parametrize("typed", ["123456", "abc", ""])
def test_a_wrong_dial_code_is_a_fault_of_its_field(sign_in: SignIn, typed: str) -> None:
    page = sign_in(roles.OPERATOR).open(f"/switchboard/?number={typed}")
    assert page.status == 422
    assert page.title.startswith("错误：")
