"""The city's cases, each with its own story, told through the product's operations or imported."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.city import DEPARTMENTS, City, Grid
from feedback.cases.operations import handling, opening, proofs, ratings, whistles
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.codes import token_of
from feedback.cases.rules.requests import HelpRequest, RatingAnswer, Refusal
from feedback.models import Case, Poster
from huying.base.phones import Vault
from huying.store.db import Database

CHUNK = 200
BOUNCING_SINCE, BOUNCES_EACH = timedelta(days=8), 6
"""Of the cases of the last days, each so-manieth went to a wrong department and lies with the coordinator."""


@dataclass(frozen=True, slots=True)
class DemoMatter:
    """What a resident asks for, and the department that a whistle calls for it."""

    category: str
    text: str
    department: str


DARK_LAMPS = DemoMatter("道路和公共设施", "小区里三盏路灯不亮，晚上看不清台阶。", "property")
MATTERS = (
    DemoMatter("环境卫生", "楼道口的垃圾两天没有清走，夏天味道大。", "urban"),
    DemoMatter("水电气热", "自来水发黄，放一会儿才清。", "water"),
    DARK_LAMPS,
    DemoMatter("噪音扰民", "楼下装修早上六点就开工，星期天也不停。", "urban"),
    DemoMatter("水电气热", "地下室水管漏水，水表一直在走。", "water"),
    DemoMatter("停车秩序", "消防通道停了车，救护车进不来。", "urban"),
    DemoMatter("老人、孩子需要照看", "六楼独居老人摔了一跤，想请人上门看看。", "civil"),
    DemoMatter("道路和公共设施", "电梯停了两天，老人下不了楼。", "property"),
    DemoMatter("邻里纠纷", "空调外机滴水，两家说不到一起。", "property"),
    DemoMatter("环境卫生", "有人遛狗不拴绳，草坪上都是狗粪。", "urban"),
    DemoMatter("其他", "父亲的养老金这个月没有到账，不知道该问谁。", "civil"),
    DemoMatter("其他", "想问居住证去哪里办，要带什么。", "civil"),
)
"""Matters of a city, each with the department that it is really for."""


class Cases:
    """All that happens to the cases, in the order of time; told up to a moment, then on to the next."""

    def __init__(self, city: City, *, weeks: int, now: datetime) -> None:
        chance = random.Random(city.seed + 1)  # noqa: S311  (invented events, not a draw of respondents)
        minutes = weeks * 7 * 1440
        moments = sorted(now - timedelta(minutes=chance.randint(30, minutes)) for _ in range(city.size.told))
        stories = [_Story(number, at, city, chance) for number, at in enumerate(moments)]
        events = [event for story in stories for event in story.events(now)]
        self.events = deque(sorted(events, key=lambda event: event.at))
        self.known: dict[int, int] = {}

    @property
    def opened(self) -> int:
        """How many cases there are by now."""
        return len(self.known)

    def until(self, database: Database, moment: datetime, *, vault: Vault) -> None:
        """Let everything happen that happens before `moment`."""
        while self.events and self.events[0].at < moment:
            with database.transaction() as session:
                for _ in range(CHUNK):
                    if self.events and self.events[0].at < moment:
                        self.events.popleft().happen(session, self.known, vault)


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happens to the case of a number at a moment."""

    number: int
    at: datetime
    kind: str
    grid: Grid
    value: str = ""

    def happen(self, session: Session, known: dict[int, int], vault: Vault) -> None:
        """Do it through the same operations that the pages call."""
        if self.kind == "open":
            known[self.number] = self._open(session, vault)
            return
        case = case_queries.one(session, known[self.number])
        if case.worker_code is None:
            return  # nobody holds its grid: it waits with the office
        if self.kind in {"refuse", "accept", "done"}:
            self._by_department(session, case, vault)
        else:
            self._by_others(session, case, vault)

    def _by_department(self, session: Session, case: Case, vault: Vault) -> None:
        whistle, called = case.whistles[-1].id, self.value
        match self.kind:
            case "refuse":
                right = MATTERS[self.number % len(MATTERS)].department
                reason = Refusal("not_ours", instead=right, text="不归我们管。")
                whistles.refuse(session, whistle, reason, department_code=called, now=self.at)
            case "accept":
                whistles.accept(session, whistle, department_code=called, now=self.at)
            case "done":
                done = "已处理"
                whistles.declare(
                    session, whistle, department_code=called, note=done, now=self.at, vault=vault
                )

    def _by_others(self, session: Session, case: Case, vault: Vault) -> None:
        worker = case.worker_code
        match self.kind:
            case "answer":
                handling.answer_case(session, case.id, worker_code=worker, note="已联系", now=self.at)
            case "whistle":
                whistles.sound(
                    session,
                    case.id,
                    department_code=self.value,
                    request="请派人处理",
                    worker_code=worker,
                    now=self.at,
                )
            case "declare":
                handling.declare(session, case.id, actor="worker", note="已办好", now=self.at, vault=vault)
            case "rate":
                self._rate(session, token_of(vault, case=case.code, round=case.round))
            case "settle":
                ratings.settle(session, now=self.at)

    def _open(self, session: Session, vault: Vault) -> int:
        matter = MATTERS[self.number % len(MATTERS)]
        poster = session.scalars(select(Poster).where(Poster.grid_code == self.grid.code)).one()
        homes = self.grid.households
        # A home without a telephone of its own has a neighbour report.
        household = next(home for home in (*homes[int(self.value) :], *homes) if home.own)
        opened = opening.open_case(
            session,
            HelpRequest(matter.category, matter.text, household.address, contact=household.number),
            poster=poster,
            once=f"demo-case-{self.number:06d}",
            source="poster",
            vault=vault,
            now=self.at,
        )
        proofs.prove_by_call(session, opened.case.id, by="operator", vault=vault, now=self.at)
        return opened.case.id

    def _rate(self, session: Session, token: str) -> None:
        solved, conduct, result = self.value.split(",")
        ratings.rate(session, token, RatingAnswer(solved, int(conduct), int(result)), now=self.at)


class _Story:
    """How one case goes: who answers, who is called, what the resident says."""

    def __init__(self, number: int, at: datetime, city: City, chance: random.Random) -> None:
        self.number, self.at, self.chance = number, at, chance
        self.grid = chance.choice(city.grids)

    def events(self, now: datetime) -> list[_Event]:
        """Return what has happened by now."""
        bounces = now - self.at < BOUNCING_SINCE and self.number % BOUNCES_EACH == 0
        return [event for event in self._all(bounces=bounces) if event.at < now]

    def _all(self, *, bounces: bool) -> Iterator[_Event]:
        yield self._event("open", 0, str(self.chance.randrange(len(self.grid.households))))
        yield self._event("answer", self.chance.uniform(0.2, 20))
        department = MATTERS[self.number % len(MATTERS)].department
        if bounces:
            other = next(code for code, _name in DEPARTMENTS if code != department)
            yield self._event("whistle", self.chance.uniform(0.2, 2), other)
            yield self._event("refuse", self.chance.uniform(0.5, 4), other)
            return
        if self.chance.random() < 0.4:
            yield self._event("whistle", self.chance.uniform(0.2, 6), department)
            if self.chance.random() < 0.1:
                return
            yield self._event("accept", self.chance.uniform(0.5, 30), department)
            yield self._event("done", self.chance.uniform(4, 150), department)
        else:
            yield self._event("declare", self.chance.uniform(2, 90))
        if self.chance.random() < 0.45:
            yield self._event("rate", self.chance.uniform(0.5, 100), self._opinion())
            yield self._event("settle", 24)

    def _event(self, kind: str, hours: float, value: str = "") -> _Event:
        self.at += timedelta(hours=hours)
        return _Event(self.number, self.at, kind, self.grid, value)

    def _opinion(self) -> str:
        return self.chance.choices(
            ("solved,5,5", "solved,4,4", "solved,4,3", "unsure,3,3", "not_solved,3,2"), (4, 4, 2, 1, 2)
        )[0]
