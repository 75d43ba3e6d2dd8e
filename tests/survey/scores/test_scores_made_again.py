"""A wave's scores are made again beside the first ones, without completes undone since; both stay."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey import ledger_key
from survey.datafiles.queries import packages, studies
from survey.fieldwork.operations import taken_out
from survey.letters.queries import receipts
from survey.models import Answer, AnswerCommitment, CorrectedRelease, UndoneComplete
from survey.roles import ASSESSOR, AUDITOR, SUPERVISOR
from survey.scores.operations import releasing
from survey.scores.queries import biases, export, releases
from survey.scores.rules.release import ScoreRow
from survey.waves.operations import bundle
from survey.waves.rules.early_ending import Signer
from tests.support.owner import as_owner
from tests.survey.browsing import Visitor
from tests.survey.conftest import Led
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, answers, lines
from tests.survey.stories import END, ended, in_field, works_through
from tests.survey.verify import bundles
from tests.survey.web.test_commands import run, surroundings
from tests.survey.world import WAVE

__all__ = ["run"]

BOSS, CHECKER = Signer("boss", SUPERVISOR), Signer("checker", AUDITOR)
WHY = "一位访问员没有念完题目，他做的访问作废。"
LATER = END + timedelta(days=3)
FIRST = {"G1": [5] * 9 + [2] * 5, "G2": [5] * 8 + [1] * 6, "G3": [4] * 10 + [3] * 4}
TO = "refusal_person"
AGAIN = "c1a1648e8dc443826c200efb6627e81c3a50014debfcd0282fcb848cce20742a"
"""The digest of the corrected release, on either database."""


def _released(database: Database, vault: Vault) -> None:
    in_field(database, dict.fromkeys(FIRST, (60, 14, 0)), vault=vault)
    works_through(an_interviewer(database, vault), answers(database, **FIRST))
    with database.transaction() as session:
        ended(session, keys=vault.keys)


@pytest.fixture
def released(led: Led) -> Database:
    """Three grids with fourteen answers each, scored and published."""
    return led("three grids scored", _released)


def units(database: Database, grid: str, *, answer: int, n: int = 1) -> list[str]:
    """Households that gave this answer; not the one that was asked to the last question."""
    with database.reading() as session:
        rows = select(AnswerCommitment.unit).join(Answer, Answer.unit == AnswerCommitment.unit)
        rows = rows.where(AnswerCommitment.answer == answer, AnswerCommitment.stratum == grid)
        shortest = rows.group_by(AnswerCommitment.unit).order_by(func.count(), AnswerCommitment.unit)
        return list(session.scalars(shortest.limit(n)))


def undo(database: Database, *given: str) -> None:
    with database.transaction() as session:
        for unit in given:
            row = taken_out.ask(session, unit, to=TO, why="撤回", by=CHECKER, now=LATER)
            taken_out.confirm(session, row.id, by=BOSS, now=LATER)


def corrected(database: Database, *given: str) -> CorrectedRelease:
    undo(database, *given)
    with database.transaction() as session:
        return releasing.correct(session, "w1", why=WHY, by="assessor", now=LATER)


def rows(release: releases.Release) -> dict[tuple[str, str, str], ScoreRow]:
    return {(row.unit, row.item, row.den): row for row in releases.rows_of(release)}


def test_both_releases_stay_and_the_ledger_has_the_digests_of_both(released: Database, vault: Vault) -> None:
    with released.reading() as session:
        before = releases.get(session, "w1").body
    gone = units(released, "G1", answer=5)
    made = corrected(released, *gone)
    with released.reading() as session:
        first, second = releases.every(session, "w1")
        sealed = select(AnswerCommitment.commitment).where(AnswerCommitment.unit.in_(gone))
        assert first.body == before
        assert (second.number, second.why, releases.change(second)) == (
            2,
            WHY,
            releases.Corrects(1, export.digest_of(first)),
        )
        last = lines(released)[-1]
        assert last == {
            "t": "release_made",
            "wave": "w1",
            "n": 2,
            "sha256": export.digest_of(made),
            "former": export.digest_of(first),
            "direct": last["direct"],
            "drop": list(session.scalars(sealed)),
        }
    score = next(line for line in lines(released) if line["t"] == "score")
    assert score["release"] == last["former"]
    again, then = rows(second), rows(first)
    # One of fourteen: shown beside the first share it would tell what was undone.
    assert (then["G1", "overall", "rated"].status, again["G1", "overall", "rated"].status) == ("U", "Q")
    assert again["G2", "overall", "rated"] == then["G2", "overall", "rated"]
    assert releases.mean_of(second) == "none"


def _one_grid(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (60, 24, 0)}, vault=vault)
    told = answers(database, G1=[5] * 9 + [4] * 8 + [3] * 7)
    works_through(an_interviewer(database, vault), told)
    with database.transaction() as session:
        ended(session, keys=vault.keys)


def test_the_release_is_equal_whichever_database_keeps_it(led: Led) -> None:
    database = led("one grid scored", _one_grid)
    assert export.digest_of(corrected(database, *units(database, "G1", answer=4))) == AGAIN


def test_the_bundle_of_the_wave_stays_as_it_was(released: Database, vault: Vault, tmp_path) -> None:
    with released.transaction() as session:
        before = bundle.write(session, "w1", keys=vault.keys, now=LATER)
    corrected(released, *units(released, "G1", answer=5))
    with released.transaction() as session:
        assert bundle.write(session, "w1", keys=vault.keys, now=LATER) == before
    (tmp_path / "w1.zip").write_bytes(before)
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w1"]
    assert bundles.run(words)[0] == 0


def test_two_names_of_two_roles_undo_a_complete_and_nothing_else_is_undone(released: Database) -> None:
    (unit,) = units(released, "G1", answer=2)[:1]
    with released.transaction() as session, pytest.raises(Conflict, match="没有新撤掉的访问"):
        releasing.correct(session, "w1", why=WHY, by="assessor", now=LATER)
    with released.transaction() as session:
        row = taken_out.ask(session, unit, to=TO, why="撤回", by=CHECKER, now=LATER)
        with pytest.raises(Conflict, match="另一种职责"):
            taken_out.confirm(session, row.id, by=Signer("other", AUDITOR), now=LATER)
        with pytest.raises(Forbidden):
            taken_out.confirm(session, row.id, by=Signer("third", ASSESSOR), now=LATER)
        with pytest.raises(Conflict, match="已经提出"):
            taken_out.ask(session, unit, to=TO, why="撤回", by=CHECKER, now=LATER)
        # Until it is confirmed nothing is left out.
        with pytest.raises(Conflict, match="没有新撤掉的访问"):
            releasing.correct(session, "w1", why=WHY, by="assessor", now=LATER)
        taken_out.confirm(session, row.id, by=BOSS, now=LATER)
        with pytest.raises(Conflict, match="已经有人确认"):
            taken_out.confirm(session, row.id, by=BOSS, now=LATER)
        with pytest.raises(Invalid):
            taken_out.ask(session, "H0000000000000", to=TO, why="撤回", by=CHECKER, now=LATER)


def test_after_the_time_for_appeals_nothing_is_undone(released: Database) -> None:
    (unit,) = units(released, "G1", answer=2)[:1]
    with released.transaction() as session, pytest.raises(NotFound):
        taken_out.ask(session, unit, to=TO, why="撤回", by=CHECKER, now=END + timedelta(days=91))


CHANGES = (
    "UPDATE corrected_release SET body = '{}'",
    "DELETE FROM corrected_release",
    "UPDATE undone_complete SET why = 'x'",
    "UPDATE undone_complete SET number = 3",
    "UPDATE undone_complete SET confirmed_by = 'x'",
    "DELETE FROM undone_complete",
    "UPDATE score_release SET body = '{}'",
)


def test_sql_refuses_to_change_either(released: Database) -> None:
    corrected(released, *units(released, "G1", answer=5))
    for statement in CHANGES:
        with pytest.raises(DBAPIError, match="insert-only"), as_owner(released) as session:
            session.execute(text(statement))


def test_data_files_go_with_the_last_release_and_lists_with_the_first(released: Database) -> None:
    with released.reading() as session:
        lists = biases.list_bias(session, "w1")
    made = corrected(released, *units(released, "G1", answer=5))
    with released.reading() as session:
        files = {each.name: each for each in packages.of_wave(session, "w1", secret=b"s" * 32)}
        assert studies.of_wave(session, "w1").release == export.digest_of(made)
        assert biases.list_bias(session, "w1") == lists
    assert len(files["interviews"].rows) == sum(map(len, FIRST.values())) - 1


def test_a_third_release_follows_the_second(released: Database) -> None:
    corrected(released, *units(released, "G1", answer=5))
    third = corrected(released, *units(released, "G2", answer=5))
    with released.reading() as session:
        second = releases.get(session, "w1", number=2)
        assert releases.change(third) == releases.Corrects(1, export.digest_of(second))
        made = rows(releases.get(session, "w1"))
        assert {made[grid, "overall", "rated"].status for grid in ("G1", "G2")} == {"Q"}
        with pytest.raises(NotFound):
            releases.get(session, "w1", number=4)
        assert session.scalar(select(UndoneComplete.number).order_by(UndoneComplete.id.desc()).limit(1)) == 3


def test_by_page_two_people_undo_and_the_assessor_releases_again_and_says_why(
    visit: Callable[..., Visitor],
) -> None:
    auditor = visit("closed", "auditor")
    app = auditor.app
    with app.extensions["huying"].database.reading() as session:
        unit = session.scalars(select(AnswerCommitment.unit).order_by(AnswerCommitment.unit)).first()
    page = auditor.open("/corrections/")
    assert f"已经公布的轮次 {WAVE}" in page.text
    page = auditor.send(page, "/corrections/", unit=unit, to=TO, why="住户来信，要求撤回")
    number = re.search(r'action="(/corrections/after/\d+)"', page.html)
    assert number
    assert auditor.send(page, number[1]).status == 409
    supervisor, assessor = Visitor(app, "supervisor"), Visitor(app, "assessor")
    assert "重新公布" not in assessor.open(f"/scores/{WAVE}").text
    confirmed = supervisor.send(supervisor.open("/corrections/"), number[1])
    assert "评估员重新公布得分以后" in confirmed.text
    page = assessor.open(f"/scores/{WAVE}")
    assert "有 1 份完成的访问经两个人确认撤掉了" in page.text
    assert assessor.send(page, f"/scores/{WAVE}/releases", why=" ").status == 422
    page = assessor.send(page, f"/scores/{WAVE}/releases", why=WHY)
    assert f"上次公布以后作废了 1 份回答，去掉以后重新算。理由：{WHY}" in page.text
    assert "重新计算并公布" not in page.text
    older = assessor.open(f"/scores/{WAVE}/releases/1")
    assert re.search(rf"这是第 1 次公布的数，\d{{4}}年\d+月\d+日 已更正：{WHY}", older.text)
    assert f'href="/scores/{WAVE}/releases/2"' in older.html
    assert assessor.open(f"/scores/{WAVE}/releases/3").status == 404
    tables = [assessor.open(f"/scores/{WAVE}.csv?release={each}").response.data for each in (1, 2)]
    assert tables[0] != tables[1] == assessor.open(f"/scores/{WAVE}.csv").response.data
    # Whoever has no account is told so too.
    for path in ("/", f"/results/{WAVE}"):
        result = Visitor(app).open(path).text
        assert f"这是第 2 次公布的数：上次公布以后作废了 1 份回答，去掉以后重新算。理由：{WHY}" in result


@pytest.fixture
def environment(released: Database, tmp_path: Path) -> dict[str, str]:
    """Settings of a command over that wave."""
    return surroundings(released, tmp_path)


def test_by_command_the_scores_are_made_again_and_the_receipt_says_that_it_counts_no_more(
    run, released: Database
) -> None:
    (unit,) = units(released, "G1", answer=5)
    with released.reading() as session:
        receipt = receipts.of_case(session, unit)
    undo(released, unit)
    with released.reading() as session:
        assert receipts.find(session, receipt)
    assert "第 2 次公布" in run("estimate-again", "w1", "--why", WHY, "--by", "assessor").output
    with pytest.raises(Refused, match="没有计入"), released.reading() as session:
        receipts.find(session, receipt)
