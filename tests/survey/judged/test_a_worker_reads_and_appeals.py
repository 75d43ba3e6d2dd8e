"""A worker is handed a slip, reads the card before the public does, appeals, is answered by two people."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import asdict
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from survey.drawing import answers
from survey.judged.queries.recounts import Recount
from survey.models import (
    LEDGER,
    Account,
    AnswerCommitment,
    Appeal,
    CardCode,
    Household,
    OutboxMessage,
    SampledCase,
)
from survey.roles import INTERVIEWER
from survey.side import SIDE
from survey.waves.rules import ledger_sentences
from tests.survey.browsing import Page
from tests.survey.judged.conftest import CASE, ELSEWHERE, Enter
from tests.survey.world import WAVE, numbers_of

CODE = re.compile(r"<code>((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})</code>")
SAID = "八月底我已经调走了。"
FOUND = "查了值守表，那天起是别人。"


def slips(enter: Enter, area: str = "G1") -> list[str]:
    """The assessor lets the judged look, and prints the slips of an area."""
    assessor = enter("assessor")
    page = assessor.open(f"/scores/{WAVE}/cards")
    if f"/scores/{WAVE}/preview" in page.actions:
        page = assessor.send(page, "/preview")
    made = assessor.post(f"/scores/{WAVE}/cards", page.hidden("/cards")[1] | {"area": area})
    assert made.status == 200, made.text
    return CODE.findall(made.html)


def appealed(enter: Enter, code: str, **fields: str) -> Page:
    anybody = enter()
    given = {"reason": "holder", "said": SAID} | fields
    return anybody.send(anybody.open(f"/card/{code}"), "/appeal", **given)


def counted(enter: Enter, outcome: str) -> Page:
    """The auditor takes the appeal, counts again and writes down what was found."""
    auditor = enter("auditor")
    page = auditor.send(auditor.open("/appeals/"), "/take")
    page = auditor.send(page, "/recount")
    assert "12 行重新算过，和定下的一样" in page.text
    return auditor.send(page, "/finding", outcome=outcome, said=FOUND)


def agreed(enter: Enter, role: str = "supervisor", agrees: str = "yes") -> Page:
    second = enter(role)
    return second.send(second.open("/appeals/"), "/decision", agrees=agrees)


def in_ledger(app: Flask) -> list[dict[str, object]]:
    with app.extensions["huying"].database.reading() as session:
        lines = [json.loads(line) for line in LEDGER.lines(session)]
    return [line for line in lines if line["t"] in {"preview", "appeal", "appeal_decided", "score"}]


def test_ten_days_long_the_judged_see_what_the_public_does_not(
    enter: Enter, app: Flask, later: time_machine.Traveller
) -> None:
    (code,) = slips(enter)
    card = enter().open(f"/card/{code}")
    assert card.status == 200
    assert card.response.headers["Cache-Control"] == "no-store"
    assert "<script" not in card.main
    assert "本期随机抽取约 25 户" in card.text
    assert "名单不是任何人提供的" in card.text
    assert "这些数还没有公布，先给您看" in card.text
    assert "工号 W1" in card.text
    assert "不止一个人，这个分数说不清是谁的" in card.text
    assert enter().open(f"/results/{WAVE}").status == 404
    assessor = enter("assessor")
    page = assessor.open(f"/scores/{WAVE}")
    assert f"/scores/{WAVE}/publish" not in page.actions
    token = assessor.open(f"/scores/{WAVE}/cards").hidden("/cards")[1]
    assert assessor.post_once(f"/scores/{WAVE}/publish", token).status == 409
    later.shift(timedelta(days=10))
    assessor = enter("assessor")
    assert assessor.send(assessor.open(f"/scores/{WAVE}"), "/publish").status == 200
    assert enter().open(f"/results/{WAVE}").status == 200
    card = enter().open(f"/card/{code}")
    assert "申诉的日子" in card.text
    assert not card.actions
    assert [line["t"] for line in in_ledger(app)] == ["preview", "score"]


def test_an_appeal_is_counted_again_by_name_and_decided_by_another_role(enter: Enter, app: Flask) -> None:
    (code,) = slips(enter)
    told = appealed(enter, code, cases=CASE)
    assert "还没有人接下" in told.text
    assert "这张卡已经有一件申诉" not in told.text
    assert f"/card/{code}/appeal" not in enter().open(f"/card/{code}").actions, "one at a time"
    assert "等另一种职责的人决定" in counted(enter, "confirmed").text
    assert not any(each.endswith("/decision") for each in enter("auditor").open("/appeals/").actions)
    back = agreed(enter, agrees="no")
    assert "退回了" in back.text
    auditor = enter("auditor")
    auditor.send(auditor.open("/appeals/"), "/finding", outcome="confirmed", said=FOUND)
    assert "已写进账本" in agreed(enter, "registrar").text
    card = enter().open(f"/card/{code}").text
    assert f"维持：没有错 {FOUND}" in card
    assert "审计员（审计员）和名册管理员（名册管理员）" in card
    _preview, lodged, decided = in_ledger(app)
    assert lodged | {"until": ""} == {"t": "appeal", "wave": WAVE, "n": 1, "why": "holder", "until": ""}
    people = ["auditor:auditor", "registrar:registrar"]
    assert decided == {"t": "appeal_decided", "wave": WAVE, "n": 1, "how": "confirmed", "by": people}
    assert ledger_sentences.sentence(json.dumps(decided)) == f"{WAVE}：第 1 件申诉有了结果：维持"


def test_what_is_refused_says_why_and_keeps_what_was_written(enter: Enter, app: Flask) -> None:
    (code,) = slips(enter)
    page = appealed(enter, code, said="是 13800000000 那一户", reason="")
    assert page.status == 422
    assert "是 13800000000 那一户" in page.html
    assert "G3 的" not in page.text
    assert f"这里没有这些诉求：{ELSEWHERE}" in appealed(enter, code, cases=f"{CASE} {ELSEWHERE}").text
    with app.extensions["huying"].database.reading() as session:
        assert session.scalars(select(Appeal)).all() == []
        home = session.scalars(select(Household.address).where(Household.grid_code == "G1")).first()
        caller = session.scalars(select(Account.name).where(Account.role == INTERVIEWER)).first()
    appealed(enter, code)
    auditor = enter("auditor")
    page = auditor.send(auditor.open("/appeals/"), "/take")
    page = auditor.send(page, "/recount")
    for said in (f"问的是{home}", f"{caller}听过录音"):
        refused = auditor.send(page, "/finding", outcome="confirmed", said=said)
        assert refused.status == 422
        assert "谁问了谁，谁也不能说" in refused.text
        assert said in refused.html


def test_a_code_that_is_wrong_replaced_or_too_old_opens_nothing(
    enter: Enter, app: Flask, later: time_machine.Traveller
) -> None:
    old, *_ = slips(enter)
    new, *_ = slips(enter)
    for wrong in ("AAAA-AAAA-AAAA-AAAA", "x", old):
        assert enter().open(f"/card/{wrong}").status == 410
        door = enter()
        assert door.send(door.open("/card/"), "/card/", code=wrong).status == 410
    door = enter()
    assert "评分卡" in door.send(door.open("/card/"), "/card/", code=new.lower()).text
    with app.extensions["huying"].database.reading() as session:
        kept = session.scalars(select(CardCode)).all()
    assert all(new.replace("-", "").encode() not in each.digest for each in kept)
    late = appealed(enter, new)
    assert late.status == 200
    later.shift(timedelta(days=100))
    assert enter().open(f"/card/{new}").status == 410


def test_a_street_has_slips_for_itself_and_each_grid_and_its_card_judges_no_person(enter: Enter) -> None:
    codes = slips(enter, "S")
    assert len(codes) == 4
    card = enter().open(f"/card/{codes[0]}").text
    assert "部门的评分卡" in card
    assert "不评任何一个人" in card
    assert "六个条件" not in card
    assert enter("assessor").open(f"/scores/{WAVE}/cards").status == 200


def everything_told(enter: Enter, app: Flask, code: str) -> str:
    """Every page, ledger line and message in which an appeal stands."""
    pages = [enter().open(f"/card/{code}"), enter("assessor").open(f"/scores/{WAVE}/cards")]
    pages += [enter(role).open("/appeals/") for role in ("auditor", "registrar", "supervisor")]
    pages += [enter("assessor").open("/scores/"), enter("auditor").open("/auditor/")]
    with app.extensions["huying"].database.reading() as session:
        messages = session.scalars(select(OutboxMessage)).all()
        rows = [vars(each) for each in session.scalars(select(Appeal)).all()]
    told = [page.html for page in pages[:-1]]
    told += [json.dumps(line) for line in in_ledger(app)]
    return "\n".join([*told, repr([vars(each) for each in messages]), repr(rows)])


def secrets_of(app: Flask) -> set[str]:
    """What would point to who was asked: codes, receipts, addresses, numbers, interviewers."""
    vault = app.extensions["huying"].vault
    with app.extensions["huying"].database.reading() as session:
        found = set(session.scalars(select(SampledCase.unit)))
        found |= {answers.receipt(each) for each in session.scalars(select(AnswerCommitment.commitment))}
        found |= set(session.scalars(select(AnswerCommitment.commitment)))
        for column in (Household.code, Household.address):
            found |= set(session.scalars(select(column)))
        found |= numbers_of(session, vault)
        people = select(Account).where(Account.role == INTERVIEWER)
        found |= {each.name for each in session.scalars(people)}
    return found


def test_no_page_log_line_or_message_of_an_appeal_tells_who_was_asked(
    enter: Enter, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (code,) = slips(enter)
    told = [everything_told(enter, app, code)]
    told.append(appealed(enter, code, reason="arithmetic", said="请重新算一遍。").html)
    told.append(counted(enter, "corrected").html)
    told.append(agreed(enter).html)
    told.append(everything_told(enter, app, code))
    told.append(caplog.text)
    known = secrets_of(app)
    assert len(known) > 100
    whole = "\n".join(told)
    assert [each for each in known if each in whole] == []
    assert "申诉成立" in whole


def test_an_appeal_that_was_right_is_put_right_where_everybody_sees_it(
    enter: Enter, app: Flask, later: time_machine.Traveller
) -> None:
    (code,) = slips(enter)
    appealed(enter, code, reason="arithmetic")
    counted(enter, "corrected")
    assert "要撤掉的访问" in agreed(enter).text
    later.shift(timedelta(days=11))
    assert "申诉成立，得分还没有更正" in enter().open(f"/card/{code}").text
    assessor = enter("assessor")
    assessor.send(assessor.open(f"/scores/{WAVE}"), "/publish")
    with app.extensions["huying"].database.reading() as session:
        mine = select(AnswerCommitment.unit).where(AnswerCommitment.stratum == "G1")
        unit = session.scalars(mine).first()
    auditor = enter("auditor")
    page = auditor.open("/corrections/")
    auditor.send(page, "/corrections/", unit=unit, to="refusal_person", why="查实")
    boss = enter("supervisor")
    boss.send(boss.open("/corrections/"), "/after/1")
    made = assessor.send(assessor.open(f"/scores/{WAVE}"), "/releases", why="申诉成立，撤掉一份。")
    assert "第 2 次公布" in made.text
    card = enter().open(f"/card/{code}").text
    assert "这是更正以后的数：第 2 次公布" in card
    assert "得分还没有更正" not in card


def test_the_doctor_and_the_assessor_are_told_of_days_that_end(
    enter: Enter, app: Flask, later: time_machine.Traveller
) -> None:
    (code,) = slips(enter)
    appealed(enter, code)
    settings, database = app.extensions["huying"].settings, app.extensions["huying"].database
    for days, told, board in (
        (0, "", "以前要有结果"),
        (13, "三天以内到期", "以前要有结果"),
        (3, "过了期限", "过了期限"),
    ):
        later.shift(timedelta(days=days))
        said = " ".join(finding.what for finding in SIDE.findings(settings, database))
        assert told in said
        assert board in enter("assessor").open("/scores/").text
    assert "请催督导" in enter("assessor").open(f"/scores/{WAVE}/cards").text
    boss = enter("supervisor")
    assert "已经过了期限" in boss.open("/appeals/").text


def test_where_the_answers_changed_no_row_is_said_to_be_the_same(enter: Enter, app: Flask) -> None:
    (code,) = slips(enter)
    appealed(enter, code)
    auditor = enter("auditor")
    auditor.send(auditor.open("/appeals/"), "/take")
    with app.extensions["huying"].database.transaction() as session:
        row = session.scalars(select(Appeal)).one()
        row.recount, row.recounted_at = json.dumps(asdict(Recount(False, 12, 0))), row.taken_at
    for page in (auditor.open("/appeals/"), enter().open(f"/card/{code}")):
        assert "现在的答卷和定下得分时的不一样" in page.text
        assert "0 行" not in page.text
