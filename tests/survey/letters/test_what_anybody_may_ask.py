"""What anybody may ask: is my household in the frame, did my answer count, how did a wave come about."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from huying.base import clock
from huying.base.errors import Invalid
from huying.ledger.tree import leaf_hash, verify_inclusion
from huying.store.db import Database
from survey.drawing.answers import receipt
from survey.letters import operations, rules
from survey.letters.queries import frame_answers
from survey.models import AnswerCommitment, Area, FrameUnit, FrozenGrid, LetterCode, SampleUnit, Wave
from survey.waves.operations import freeze
from survey.waves.queries import frame_changes
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest
from tests.conftest import NOW
from tests.survey.browsing import Visitor
from tests.survey.stories import DICE, QUICK, frozen, grids, register
from tests.survey.world import WAVE


def _database(app: Flask) -> Database:
    return app.extensions["huying"].database


def _letters(app: Flask) -> dict[str, str]:
    """Household → code, for everybody."""
    with _database(app).transaction() as session:
        list(operations.issue(session, grid=None, now=clock.now()))
        return dict(session.execute(select(LetterCode.household_code, LetterCode.code)).all())


def _ask(visitor: Visitor, code: str) -> tuple[int, str]:
    page = visitor.send(visitor.open("/frame"), "/frame", code=code)
    return page.status, page.text


@pytest.fixture
def app(app_at: Callable[[str], Flask]) -> Flask:
    return app_at("open")


def test_a_household_of_the_frame_hears_yes_drawn_or_not(app):
    codes = _letters(app)
    with _database(app).reading() as session:
        drawn = set(session.scalars(select(SampleUnit.unit)))
        units = dict(session.execute(select(FrameUnit.unit, FrameUnit.household_code)).all())
    one = next(home for unit, home in units.items() if unit in drawn)
    other = next(home for unit, home in units.items() if unit not in drawn)
    visitor = Visitor(app)
    answers = [_ask(visitor, codes[home]) for home in (one, other)]
    assert answers[0] == answers[1]
    assert "在。 您家在 first 这一轮冻结的名册里" in answers[0][1]


def test_codes_are_read_as_people_type_them(app):
    code = next(iter(_letters(app).values()))
    typed = operations.grouped(code).lower().replace("0", "o")
    assert "您家在 first" in _ask(Visitor(app), typed)[1]


@pytest.mark.parametrize(("typed", "status"), [("", 422), ("12", 422), ("A" * 12, 409), ("好" * 12, 422)])
def test_a_wrong_code_is_told_from_a_missing_household(app, typed, status):
    _letters(app)
    found, text = _ask(Visitor(app), typed)
    assert found == status
    assert "您家" not in text.split("编号")[0]


def test_too_many_questions_are_refused_wrong_ones_too(app):
    visitor = Visitor(app)
    statuses = [_ask(visitor, "A" * 12)[0] for _ in range(operations.MOST + 1)]
    assert statuses == [409] * operations.MOST + [429]


def test_many_addresses_of_one_subscriber_ask_as_one(survey_db, keys, now):
    with survey_db.transaction() as session:
        for number in range(operations.MOST):
            operations.count(session, f"2001:db8:1:2::{number:x}", keys=keys, now=now)
        with pytest.raises(operations.TooManyQuestions):
            operations.count(session, "2001:db8:1:2:ffff::1", keys=keys, now=now)
        operations.count(session, "2001:db8:1:3::1", keys=keys, now=now)


def test_what_a_clock_ahead_has_counted_keeps_nobody_from_asking(survey_db, keys, now):
    with survey_db.transaction() as session:
        for _n in range(operations.MOST):
            operations.count(session, "203.0.113.9", keys=keys, now=now + timedelta(days=30))
        operations.count(session, "203.0.113.9", keys=keys, now=now)


def test_a_letter_holds_its_household_s_code_and_nothing_to_load(app):
    with _database(app).transaction() as session:
        made = list(operations.issue(session, grid="G1", now=clock.now()))
        again = list(operations.issue(session, grid="G1", now=clock.now()))
    assert made == again
    html = rules.html("第1网格", made, url="https://huying.example/frame")
    assert html.count("<section>") == len(made) == 30
    for letter in made:
        assert letter.code in html
        assert letter.address in html
    assert "http" not in html.replace("https://huying.example/frame", "").replace("http://www.w3.org", "")


def test_each_frozen_grid_is_counted(app):
    with _database(app).reading() as session:
        grids = frame_changes.of(session, WAVE)
    assert [(grid.grid, grid.households, grid.before, grid.gone) for grid in grids] == [
        (code, 30, 0, 0) for code in ("G1", "G2", "G3")
    ]


@pytest.mark.parametrize(
    ("before", "gone", "sudden"), [(100, 4, False), (100, 5, False), (100, 6, True), (20, 5, True)]
)
def test_a_sudden_loss_is_marked(before, gone, sudden):
    assert frame_changes.is_sudden(FrozenGrid(before=before, gone=gone)) is sudden


def test_a_wave_tells_its_story_without_its_sample_until_the_end(app, app_at):
    text = Visitor(app).open(f"/rounds/{WAVE}").text
    with _database(app).reading() as session:
        wave = session.get_one(Wave, WAVE)
        root, value, key = wave.frame_root, wave.beacon_value, wave.draw_key
    assert root in text
    assert value in text
    assert key not in text
    assert "全部材料公布" not in text
    assert "在那以前，谁被抽中谁也看不到" in text
    closed = Visitor(app_at("closed")).open(f"/rounds/{WAVE}")
    assert "抽签的钥匙" in closed.text
    assert "verify.py" in closed.text


def test_a_wave_that_is_not_there_is_not_found(app):
    assert Visitor(app).open("/rounds/none").status == 404


def test_a_receipt_says_that_an_answer_counted_and_proves_it(app_at):
    app = app_at("closed")
    with _database(app).reading() as session:
        commitment = session.scalar(select(AnswerCommitment.commitment))
    visitor, code = Visitor(app), receipt(commitment)
    page = visitor.send(visitor.open("/receipt"), "/receipt", code=code)
    assert "计入了。 first 这一轮" in page.text
    assert visitor.open(f"/receipt/{code}/proof").status == 409
    visitor.open(f"/waves/{WAVE}/bundle.zip")
    head, _, signed = visitor.open(f"/receipt/{code}/proof").html.partition("\n\n")
    kind, extra, index, *hashes = head.splitlines()
    size, root = signed.splitlines()[1:3]
    assert kind == "c2sp.org/tlog-proof@v1"
    line = b64decode(extra.removeprefix("extra "))
    assert commitment.encode() in line
    assert verify_inclusion(
        leaf_hash(line),
        index=int(re.sub(r"\D", "", index)),
        size=int(size),
        proof=[b64decode(each) for each in hashes],
        root=b64decode(root),
    )


@pytest.mark.parametrize("typed", ["", "xyz", "0000-0000-0000-0000"])
def test_a_receipt_that_is_none_is_refused(app, typed):
    visitor = Visitor(app)
    assert visitor.send(visitor.open("/receipt"), "/receipt", code=typed).status in {409, 422}


ELSEWHERE = "网格编号,地址\nG1,虚构路 3 号\nG1,虚构路三号\nG1,虚构路99号\n".encode()


def _elsewhere(app: Flask) -> dict[str, str]:
    """Address of another register → code on its letter."""
    with _database(app).transaction() as session:
        made = operations.issue_outside(
            session, ELSEWHERE, file="power.csv", source="供电公司", now=clock.now()
        )
        return {letter.address: letter.code for letter in made}


def test_an_address_of_another_register_hears_whether_ours_has_it(app):
    codes = _elsewhere(app)
    assert codes == _elsewhere(app)
    assert len(codes) == 2
    visitor = Visitor(app)
    assert "在。 您家在 first 这一轮冻结的名册里" in _ask(visitor, codes["虚构路三号"])[1]
    text = _ask(visitor, codes["虚构路99号"])[1]
    assert "不在。 您家不在 first" in text
    assert "请告诉我们" in text


@pytest.mark.parametrize("address", ["", "虚构路 13800000000", "110101199003074514 号"])
def test_an_address_with_somebody_s_number_gets_no_letter(app, address):
    data = f"网格编号,地址\nG1,{address}x\nG1,{address}\n".encode()
    with pytest.raises(Invalid), _database(app).transaction() as session:
        list(operations.issue_outside(session, data, file="f.csv", source="供电公司", now=clock.now()))


def test_whoever_left_or_came_after_the_freeze_hears_what_was_registered_then(survey_db, vault):
    rows = grids({"G1": 4})
    with survey_db.transaction() as session:
        register(session, rows[:3], vault=vault)
        wave = frozen(session, {"G1": (1, 0)}, vault=vault)
        register(session, rows[1:], vault=vault, now=NOW + timedelta(days=1))
        assert wave.frame_size == 3
        letters = {letter.address: letter.code for letter in operations.issue(session, grid=None, now=NOW)}
        heard = {at[:4]: frame_answers.at_newest_freeze(session, code).inside for at, code in letters.items()}
    assert heard == {"G1-1": True, "G1-2": True, "G1-3": False}


def test_who_is_registered_and_outside_the_frame_hears_the_same_as_its_neighbour(survey_db, vault):
    with survey_db.transaction() as session:
        session.add_all(Area(code=code, level="grid", name=code, grid_type=code) for code in ("G1", "G2"))
        register(session, grids({"G1": 1, "G2": 1}), vault=vault)
        scope = FrameScope(types=frozenset({"G1"}))
        request = FreezeRequest(
            label="w1", sizes={"G1": (1, 0)}, rules=QUICK, beacon_source=DICE, scope=scope
        )
        freeze.freeze(session, request, vault=vault, now=NOW)
        letters = list(operations.issue(session, grid=None, now=NOW))
        assert [frame_answers.at_newest_freeze(session, letter.code).inside for letter in letters] == [
            True,
            True,
        ]
