"""Desks as pages: what comes next stands first, three taps do it, a batch is done whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from time_machine import Traveller

from feedback import roles
from feedback.cases.operations import handling, opening, whistles
from feedback.cases.rules.requests import HelpRequest
from feedback.models import Account, CasePrint, Department, Remit
from huying import accounts
from huying.base import clock
from tests.feedback.browsing import Page, Visitor
from tests.feedback.neighbourhood import PASSWORD, Backstage
from tests.support.statements import statements

SignIn = Callable[[str], Visitor]
HOUR = timedelta(hours=1)
LINK = re.compile(r'<a\s[^>]*?href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
RESIDENT = "+99913900009"


def open_case(backstage: Backstage, text: str, **how: str) -> int:
    asked = {"category": "水电气热", "urgency": "ordinary", "contact": RESIDENT, "location": "2单元"} | how
    grid = asked.pop("grid", "g3")
    with backstage.ground.database.transaction() as session:
        return opening.open_case(
            session,
            HelpRequest(text=text, **asked),  # type: ignore[arg-type]
            grid_code=grid,
            once=f"{text:-<24}"[:60],
            source="operator",
            vault=backstage.ground.vault,
            now=clock.now(),
        ).case.id


def whistled(backstage: Backstage, text: str, **how: str) -> int:
    number = open_case(backstage, text, **how)
    with backstage.ground.database.transaction() as session:
        handling.answer_case(session, number, worker_code="w1", note="", now=clock.now())
        to = {"department_code": "water", "request": "请派人", "worker_code": "w1", "why": "急"}
        whistles.sound(session, number, now=clock.now(), **to)  # type: ignore[arg-type]
    return number


def number_of(backstage: Backstage, case_id: int) -> str:
    return next(case.code[-6:] for case in backstage.cases() if case.id == case_id)


@dataclass
class Thumb:
    """A thumb on a phone: it follows links and presses buttons that the page shows, and counts."""

    person: Visitor
    page: Page
    taps: int = 0

    def tap(self, words: str) -> None:
        """Follow the link that says so."""
        for address, inside in LINK.findall(self.page.html):
            if words in re.sub(r"<[^>]+>", "", inside):
                self.page, self.taps = self.person.open(unescape(address)), self.taps + 1
                return
        pytest.fail(f"no link says {words}")

    def press(self, ending: str, **fields: str) -> None:
        """Press a form's button, and first unfold what it is folded into."""
        action = self.page.form(ending).action
        before = self.page.html.partition(f'action="{action}"')[0]
        folded = before.count("<details") > before.count("</details>")
        self.page, self.taps = self.person.press(self.page, ending, **fields), self.taps + 1 + folded
        assert self.page.status == 200, self.page.text


def test_danger_stands_first_then_what_is_due_first_and_duty_below(
    sign_in: SignIn, backstage: Backstage
) -> None:
    for text, urgency in (("路灯不亮", "ordinary"), ("停水了", "utility"), ("煤气味很大", "life")):
        open_case(backstage, text, urgency=urgency)
    html = sign_in(roles.WORKER).open("/worker/").html.partition("<main")[2]
    places = [html.index(words) for words in ("煤气味很大", "停水了", "路灯不亮", 'id="duty"')]
    assert places == sorted(places)
    assert html.index("接下来办这件") < places[0]


def test_the_words_of_the_matter_are_the_first_thing_on_its_page(
    sign_in: SignIn, backstage: Backstage
) -> None:
    long = "三楼水管漏水，" * 20
    short, number = open_case(backstage, "路灯不亮"), open_case(backstage, long)
    worker = sign_in(roles.WORKER)
    assert "<h1>路灯不亮</h1>" in worker.open(f"/worker/cases/{short}").html
    assert long in worker.open(f"/worker/cases/{number}").text


@pytest.mark.parametrize(
    ("move", "fields", "sign"),
    [
        ("answer", {}, "已接单"),
        ("declare", {"note": "换了阀门"}, "已报办结"),
        ("ask", {"question": "几楼？"}, "等居民回复"),
        ("whistle", {"department": "water", "request": "请来人"}, "已吹哨"),
    ],
)
def test_take_whistle_ask_and_declare_in_three_taps(
    sign_in: SignIn, backstage: Backstage, move: str, fields: dict[str, str], sign: str
) -> None:
    open_case(backstage, "三楼水管漏水")
    worker = sign_in(roles.WORKER)
    thumb = Thumb(worker, worker.open("/worker/"))
    thumb.tap("打开办理")
    if move == "whistle":
        thumb.press("/answer")
    thumb.press(f"/{move}", **fields)
    assert sign in thumb.page.text
    assert thumb.taps <= 3


def test_who_the_remit_lets_lead_is_chosen_and_another_is_found_by_name(
    sign_in: SignIn, backstage: Backstage
) -> None:
    number = open_case(backstage, "三楼水管漏水")
    with backstage.ground.database.transaction() as session:
        session.add_all(Department(code=f"d{n}", name=f"第{n}部门") for n in range(40))
        session.flush()
        since = {"valid_from": clock.now() - HOUR, "recorded_at": clock.now(), "changed_at": clock.now()}
        named = {"category": "水电气热", "area_code": "c1", "lead": "water", "supporting": "[]"}
        session.add(Remit(agreed_by="网格办", recorded_by="office", **named, **since))
        handling.answer_case(session, number, worker_code="w1", note="", now=clock.now())
    worker = sign_in(roles.WORKER)
    page = worker.open(f"/worker/cases/{number}")
    assert re.search(r'<option selected value="water">|value="water"\s+selected', page.html)
    assert "第7部门" not in page.text, "who doesn't matter here isn't listed"
    found = worker.open(f"/worker/cases/{number}?department=第7")
    assert "找到 1 个" in found.text
    assert re.search(r'<option selected value="d7">|value="d7"\s+selected', found.html)
    assert "没有名称带“火星”的部门" in worker.open(f"/worker/cases/{number}?department=火星").text
    page = worker.press(found, "/whistle", department="d7", request="请来人", why="井在路面上")
    assert "在第7部门手里" in page.text


SEARCHES = {
    "by words": ("煤气", 1),
    "by several words, each somewhere": ("煤气 2单元", 1),
    "by place": ("9号楼", 1),
    "by the name of the grid": ("第3网格", 2),
    "by what stands nowhere": ("电梯", 0),
    "by a sign that means anything to a database": ("%", 0),
}


@pytest.mark.parametrize(("words", "found"), SEARCHES.values(), ids=SEARCHES)
def test_ones_own_cases_are_found(sign_in: SignIn, backstage: Backstage, words: str, found: int) -> None:
    open_case(backstage, "煤气味很大")
    open_case(backstage, "路灯不亮", location="9号楼")
    open_case(backstage, "煤气表坏了", grid="g4")
    text = sign_in(roles.WORKER).open(f"/search/?q={words.replace('%', '%25')}").text
    assert f"找到 {found} 件" in text
    assert ("没有这样的事项" in text) == (found == 0)


def test_a_case_is_found_by_its_number_its_receipt_and_its_state(
    sign_in: SignIn, backstage: Backstage, resident: Visitor, asked: str
) -> None:
    receipt = asked.rpartition("/")[2]
    open_case(backstage, "路灯不亮")
    worker = sign_in(roles.WORKER)
    number = number_of(backstage, 1)
    for words in (number, number.lower(), receipt, receipt.lower()):
        page = worker.open(f"/search/?q={words}")
        assert "找到 1 件" in page.text, words
        assert "三楼水管漏水" in page.text
    worker.press(worker.open("/worker/cases/1"), "/answer")
    assert "三楼水管漏水" in worker.open("/search/?state=answered").text
    assert "三楼水管漏水" not in worker.open("/search/?state=registered").text


def test_what_cannot_be_looked_for_is_said_and_nobody_finds_anothers(
    sign_in: SignIn, backstage: Backstage
) -> None:
    open_case(backstage, "路灯不亮")
    worker = sign_in(roles.WORKER)
    for query in ("state=confirmed", f"q={'长' * 101}"):
        page = worker.open(f"/search/?{query}")
        assert page.status == 422
        assert page.title.startswith("错误：")
    for role in (roles.DEPARTMENT_OFFICER, roles.GRID_LEADER, roles.COORDINATOR):
        assert "找到 0 件" in sign_in(role).open("/search/?q=路灯").text


def test_many_are_shown_a_page_at_a_time_in_as_many_statements_as_one(
    sign_in: SignIn, backstage: Backstage
) -> None:
    worker, counts = sign_in(roles.WORKER), []
    for many in (1, 22):
        for number in range(many):
            open_case(backstage, f"{many}之{number}：路灯不亮")
        for path in ("/worker/", "/search/"):
            with statements(backstage.ground.database.engine) as sent:
                page = worker.open(path)
            counts.append((path, len(sent)))
    assert counts[0][1] == counts[2][1]
    assert counts[1][1] + 1 >= counts[3][1], "photos of whistles are asked for at once"
    assert "第 1 页，共 2 页，23 条" in page.text
    last = worker.open("/search/?page=2")
    assert last.html.count('class="item"') == 3
    assert "第 2 页" in worker.open("/search/?page=99").text
    assert "第 2 页" in worker.open("/worker/?page=2").text
    assert "接下来办这件" not in worker.open("/worker/?page=2").text


@pytest.fixture
def queue(backstage: Backstage, moment: Traveller) -> list[int]:
    """Three whistles and a case of danger, the last to come."""
    found = [whistled(backstage, f"第{n}处漏水") for n in range(3)]
    moment.shift(HOUR)
    return [*found, whistled(backstage, "水漫进配电房", urgency="life")]


def batch(officer: Visitor, cases: list[int], move: str, **more: str) -> Page:
    page = officer.open("/department/")
    form = page.form("/batch")
    fields = {"case": [str(each) for each in cases], "move": move, **form.hidden, **more}
    return Page(
        officer.client.post(
            form.action,
            data=fields,
            base_url="https://hy.example.cn",
            headers={"Referer": "https://hy.example.cn/"},
            follow_redirects=True,
        )
    )


def test_the_queue_is_one_by_deadline_with_the_remit_beside_each(
    sign_in: SignIn, queue: list[int], backstage: Backstage
) -> None:
    officer = sign_in(roles.DEPARTMENT_OFFICER)
    page = officer.open("/department/")
    order = re.findall(r'name="case"\s+value="(\d+)"', page.html)
    assert [int(each) for each in order] == [queue[3], *queue[:3]]
    assert page.text.count("权责清单没有写这一类归谁") == 4
    with backstage.ground.database.transaction() as session:
        since = {"valid_from": clock.now() - HOUR, "recorded_at": clock.now(), "changed_at": clock.now()}
        named = {"category": "水电气热", "area_code": "m1", "lead": "water", "supporting": '["urban"]'}
        session.add(Remit(agreed_by="网格办", recorded_by="office", **named, **since))
    assert officer.open("/department/").text.count("权责清单：水务局牵头，城管局配合") == 4


def test_several_are_taken_and_reported_at_once_each_by_a_step_of_its_own(
    sign_in: SignIn, queue: list[int], backstage: Backstage
) -> None:
    officer = sign_in(roles.DEPARTMENT_OFFICER)
    page = batch(officer, queue, "accept", note="下午到")
    assert "已办 4 件，每件都记了一步" in page.text
    assert {(case.state, case.steps[-1].note) for case in backstage.cases()} == {("accepted", "下午到")}
    page = batch(officer, queue[:2], "declare", note="换了水管")
    assert "2 件等着办" in page.text
    assert [case.state for case in backstage.cases()] == ["declared", "declared", "accepted", "accepted"]
    assert len({step.id for case in backstage.cases() for step in case.steps}) == 4 * 4 + 2


def test_several_are_refused_for_one_reason(sign_in: SignIn, queue: list[int], backstage: Backstage) -> None:
    officer = sign_in(roles.DEPARTMENT_OFFICER)
    page = batch(officer, queue[:2], "refuse", note="归城管", reason="not_ours", instead="urban")
    assert "已办 2 件" in page.text
    assert [case.state for case in backstage.cases()] == ["refused", "refused", "whistled", "whistled"]
    coordinator = sign_in(roles.COORDINATOR)
    text = coordinator.open("/escalated/").text
    assert "2 件要您办" in text
    assert text.count("水务局退回：应由城管局办理。归城管") == 2
    assert text.count("指定首接： 还有 24 小时") + text.count("指定首接： 还有 1 天") == 2


def test_one_that_cannot_be_done_is_named_and_nothing_is_half_done(
    sign_in: SignIn, queue: list[int], backstage: Backstage
) -> None:
    officer = sign_in(roles.DEPARTMENT_OFFICER)
    batch(officer, queue[:1], "accept")
    before = [(case.state, len(case.steps)) for case in backstage.cases()]
    page = batch(officer, [*queue, 999], "accept")
    assert page.status == 409
    assert "一件都没有办，因为有 2 件办不了" in page.text
    assert f"编号 {number_of(backstage, queue[0])}：" in page.text
    assert number_of(backstage, queue[1]) + "：" not in page.text
    assert [(case.state, len(case.steps)) for case in backstage.cases()] == before
    assert page.html.count("checked") >= 4, "what was ticked stays ticked"


@pytest.mark.parametrize(
    ("cases", "fields", "sentence"),
    [
        ([], {"move": "accept"}, "请先勾选"),
        ([2**63], {"move": "accept"}, "没有这件事"),
        ([1], {"move": ""}, "请选择怎么办"),
        ([1], {"move": "declare"}, "请写明做了什么"),
        ([1], {"move": "refuse"}, "请写明退回的说明"),
        ([1], {"move": "refuse", "note": "不是"}, "请选择退回的理由"),
        ([1], {"move": "refuse", "note": "不是", "reason": "not_ours"}, "应由哪个部门"),
    ],
)
def test_a_batch_that_lacks_something_says_what(
    sign_in: SignIn, queue: list[int], cases: list[int], fields: dict[str, str], sentence: str
) -> None:
    page = batch(sign_in(roles.DEPARTMENT_OFFICER), cases, **fields)
    assert page.status in {409, 422}
    assert sentence in page.text


def test_an_empty_desk_says_so_everywhere(sign_in: SignIn) -> None:
    for role, path, sentence in (
        (roles.WORKER, "/worker/", "现在没有要办的"),
        (roles.DEPARTMENT_OFFICER, "/department/", "没有等着本部门办的事"),
        (roles.GRID_LEADER, "/escalated/", "没有等着您办的事"),
        (roles.COORDINATOR, "/escalated/", "没有等着会签的暂停"),
        (roles.GRID_LEADER, "/team/?who=没有的人", "没有这样的网格员"),
        (roles.REVIEWER, "/review/", "没有等着"),
    ):
        assert sentence in sign_in(role).open(path).text, path


def test_a_case_is_printed_without_the_number_unless_it_is_asked_for_and_who_printed_it_is_kept(
    sign_in: SignIn, backstage: Backstage
) -> None:
    number = open_case(backstage, "三楼水管漏水")
    worker = sign_in(roles.WORKER)
    pretty = "1390 000 9"
    for fields, shown in (({}, False), ({"numbered": "y"}, True)):
        page = worker.press(worker.open(f"/worker/cases/{number}"), f"/printed/{number}/", **fields)
        assert page.status == 200
        assert "三楼水管漏水" in page.text
        assert ("联系电话" in page.text) == shown, pretty
    with backstage.ground.database.reading() as session:
        kept = session.query(CasePrint).order_by(CasePrint.id).all()
        assert [(each.login, each.numbered) for each in kept] == [("worker", False), ("worker", True)]
    assert "打印过，印了居民的电话" in worker.open(f"/worker/cases/{number}").text
    worker.press(worker.open(f"/worker/cases/{number}"), "/answer")
    worker.press(worker.open(f"/worker/cases/{number}"), "/whistle", department="water", request="请来人")
    assert worker.open(f"/printed/{number}/2").status == 404, "it is on another desk now"
    officer = sign_in(roles.DEPARTMENT_OFFICER)
    assert officer.open(f"/printed/{number}/2").status == 404, "somebody else printed it"
    page = officer.press(officer.open("/department/whistles/1"), f"/printed/{number}/")
    assert "联系电话" not in page.text
    token = page.form("/sign-out").hidden["csrf_token"]
    asked = officer.post(f"/printed/{number}/", follow=True, csrf_token=token, numbered="y")
    assert "联系电话" not in asked.get_data(as_text=True), "before it took the case up it sees no number"


def test_a_leader_gives_a_case_to_a_colleague_by_page(sign_in: SignIn, backstage: Backstage) -> None:
    number = open_case(backstage, "三楼水管漏水", contact=RESIDENT)
    leader = sign_in(roles.GRID_LEADER)
    assert "没有找到可以接手的同事" in leader.open(f"/team/cases/{number}").text
    with backstage.ground.database.transaction() as session:
        person = {"login": "li", "name": "li", "role": roles.WORKER, "password": PASSWORD}
        accounts.create(session, Account, now=clock.now(), worker_code="w2", **person)
    thumb = Thumb(leader, leader.open("/team/"))
    thumb.tap("王秀兰")
    thumb.tap("三楼水管漏水")
    assert "39009" not in thumb.page.text.replace(" ", ""), "who only hands it on sees no number"
    again = leader.press(thumb.page, "/reassign", to="w2", reason="")
    assert again.status == 422
    page = leader.press(again, "/reassign", to="w2", reason="手里太多")
    assert "已改派" in page.text
    assert "李建国手里的 1 件" in page.text
    assert "三楼水管漏水" in sign_in("li").open("/worker/").text
    assert "现在没有要办的" in sign_in(roles.WORKER).open("/worker/").text
    assert sign_in(roles.WORKER).open(f"/worker/cases/{number}").status == 404
