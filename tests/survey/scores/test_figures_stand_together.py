"""Share, mean and direct stand together on every page of a wave, with what the wave lacks."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from huying.base.errors import Conflict, Refused
from huying.base.keys import Keyring
from huying.ledger import witnessed
from huying.ledger.keys import WITNESS, verifier_key
from huying.store.db import Database
from survey import ledger_key
from survey.drawing import late_difference, parts
from survey.fieldwork.operations import close, ending
from survey.models import LEDGER, ScoreRelease, Wave, WaveResult
from survey.roles import DRAW_OFFICER, SUPERVISOR
from survey.scores.operations import releasing
from survey.scores.queries import export, releases
from survey.scores.rules import steps
from survey.scores.rules.release import city_row
from survey.waves.operations import bundle, draw, early_ending, release
from survey.waves.queries import wave_head, waves
from survey.waves.rules.early_ending import Signer
from tests.conftest import NOW
from tests.survey.browsing import Visitor
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, answers, files_of, lines
from tests.survey.stories import (
    END,
    PART,
    QUICK,
    THEN,
    THROWN,
    frozen,
    grids,
    in_field,
    register,
    works_through,
)
from tests.survey.verify import bundles
from tests.survey.waves.test_auditors_attest import cosigns
from tests.survey.world import WAVE

DAY = timedelta(days=1)
FROZEN = "1b1960a104b2cbffd75ebdefb4039f447fc88b02035f2c47c944eeecca238c44"
"""The digest of this wave's release, on either database."""
LATE_DAY = "2026-11-24"
RULES = replace(QUICK, plan=0, most=0, late=12, late_day=LATE_DAY)
MAIN = [5] * 9 + [4] * 8 + [3] * 7
LATE = [5] * 4 + [4] * 3 + [3] * 5


@pytest.fixture
def worked(survey_db: Database, vault) -> Database:
    """A grid worked through, its late replicate on the next day; the field has ended."""
    in_field(survey_db, {"G1": (60, 24, 0)}, vault=vault, rules=RULES)
    person = an_interviewer(survey_db, vault)
    told = answers(survey_db, G1=MAIN + LATE)
    works_through(person, told)
    with survey_db.transaction() as session:
        assert release.release_due(session, "w1", now=NOW + DAY) == ["G1"]
        assert release.release_due(session, "w1", now=NOW + DAY) == []
    works_through(person, told, start=NOW + DAY)
    with survey_db.transaction() as session:
        close.close(session, "w1", now=NOW + 2 * DAY)
    return survey_db


def checked(database: Database, vault, tmp_path, *, now=END) -> tuple[int, str]:
    with database.transaction() as session:
        (tmp_path / "w1.zip").write_bytes(bundle.write(session, "w1", keys=vault.keys, now=now))
        (tmp_path / "openings").write_bytes(waves.openings_tsv(session, "w1"))
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w1"]
    return bundles.run([*words, "--openings", str(tmp_path / "openings")])


def test_whoever_makes_a_release_hears_how_far_it_is_and_stops_it_with_nothing_stored(worked, vault):
    heard = []

    def told(step, done, of):
        heard.append((step, done, of))
        if step == steps.HIDING and done:
            raise KeyboardInterrupt

    before = len(lines(worked))
    with pytest.raises(KeyboardInterrupt), worked.transaction() as session:
        releasing.estimate_and_publish(session, "w1", keys=vault.keys, now=NOW + 2 * DAY, told=told)
    assert list(dict.fromkeys(each[0] for each in heard)) == list(steps.STEPS[:3])
    of_figures = [each for each in heard if each[0] == steps.FIGURES]
    assert of_figures[-1][1] == of_figures[-1][2] == len(of_figures) - 1
    with worked.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScoreRelease)) == 0
        assert session.get_one(Wave, "w1").counted_at is None
    assert len(lines(worked)) == before


def test_late_minus_the_rest_is_sealed_with_the_score_and_checked_by_anybody(worked, vault, tmp_path):
    with worked.transaction() as session:
        releasing.estimate_and_publish(session, "w1", keys=vault.keys, now=NOW + 2 * DAY)
        kept = session.get_one(WaveResult, "w1")
        assert kept.late == "all\t12\t7\t24\t17\n"
        head = wave_head.of(session, "w1", now=END)
    score = lines(worked)[-1]
    assert score["late"] == sha256(b"all\t12\t7\t24\t17\n").hexdigest()
    assert head.figures is not None
    assert (head.figures.share, head.figures.direct) == (score["share"], score["direct"])
    ((name, row),) = [(each.name, each.row) for each in head.figures.late or ()]
    assert (name, row) == ("全部", late_difference.LateRow("all", 12, 7, 24, 17))
    status, said = checked(worked, vault, tmp_path)
    assert status == 0, said
    assert "note late minus the rest, all: 7/12 and 17/24 content, -12.5 points" in said


def test_the_ledger_states_what_the_release_froze_whichever_database_keeps_it(worked, vault):
    with worked.transaction() as session:
        made = releasing.estimate_and_publish(session, "w1", keys=vault.keys, now=NOW + 2 * DAY)
        city = city_row(releases.rows_of(made), item="overall", den="rated")
        mean, digest = releases.mean_of(made), export.digest_of(made)
    with worked.reading() as session:
        assert export.digest_of(releases.get(session, "w1")) == digest == FROZEN
    score = lines(worked)[-1]
    assert (score["direct"], score["mean"]) == (f"{100 * city.estimate:.1f}", mean)


def test_of_a_wave_without_a_late_replicate_nothing_is_said(survey_db, vault):
    in_field(survey_db, {"G1": (60, 24, 0)}, vault=vault, rules=replace(RULES, late=0, late_day=""))
    works_through(an_interviewer(survey_db, vault), answers(survey_db, G1=MAIN))
    with survey_db.transaction() as session:
        close.close(session, "w1", now=NOW + DAY)
        releasing.estimate_and_publish(session, "w1", keys=vault.keys, now=NOW + DAY)
        head = wave_head.of(session, "w1", now=END)
    assert head.figures is not None
    assert (head.figures.late, lines(survey_db)[-1]["late"]) == (None, "none")


def test_a_release_made_after_a_week_doesn_t_stand_in_the_score(worked, vault, tmp_path):
    late = NOW + 9 * DAY
    with worked.transaction() as session:
        made = releasing.estimate(session, "w1", now=late)
        releasing.publish(session, "w1", keys=vault.keys, now=late)
        digest = export.digest_of(made)
    told = {line["t"]: line for line in lines(worked)}
    assert told["score"]["direct"] == "none"
    assert told["release_made"] == {
        "t": "release_made",
        "wave": "w1",
        "sha256": digest,
        "direct": "66.7",
    }
    status, said = checked(worked, vault, tmp_path)
    assert (status, "note a release was made later: direct 66.7" in said) == (0, True), said


def test_after_a_week_the_score_needs_no_release_and_one_made_later_still_gets_its_entry(worked, vault):

    with pytest.raises(Refused, match="还没有算出"), worked.transaction() as session:
        releasing.publish(session, "w1", keys=vault.keys, now=NOW + 8 * DAY)
    with worked.transaction() as session:
        releasing.publish(session, "w1", keys=vault.keys, now=NOW + 9 * DAY)
        releasing.estimate(session, "w1", now=NOW + 10 * DAY)
    assert [line["t"] for line in lines(worked)][-2:] == ["score", "release_made"]
    assert lines(worked)[-2]["direct"] == "none"


def test_every_page_of_a_wave_says_first_that_it_has_no_witness_and_prints_three_figures(app_at):
    app = app_at("closed")
    pages = {
        "draw_officer": (f"/waves/{WAVE}", f"/waves/{WAVE}/wall", f"/waves/{WAVE}/protocol"),
        "assessor": (f"/scores/{WAVE}", f"/scores/{WAVE}/lists", f"/scores/{WAVE}/differences"),
        "auditor": (f"/auditor/waves/{WAVE}",),
        None: (f"/rounds/{WAVE}",),
    }
    for role, paths in pages.items():
        visitor = Visitor(app, role) if role else Visitor(app)
        for path in paths:
            shown = visitor.open(path)
            assert shown.status == 200, path
            body = shown.html[shown.html.index("<main") if "<main" in shown.html else 0 :]
            first = re.sub("<[^>]+>|\\s", "", body)
            assert "这一轮没有见证单位" in first[:200] or path.endswith("wall"), (path, first[:200])
            for word in ("三个数一起看", "满意的占", "平均分", "发布的全市满意率", "加权"):
                assert word in shown.text, (path, word)
    listed = Visitor(app).open("/rounds/").text
    assert re.search(r"[0-9.]+%／[0-9.]+／[0-9.]+%|不公布", listed)


def test_without_a_wave_before_it_that_is_said(app_at):
    shown = Visitor(app_at("closed"), "assessor").open(f"/scores/{WAVE}/differences").text
    assert "以前没有可以比较的轮次" in shown
    assert "只比较同一层级" not in shown


def test_a_running_wave_has_no_figures_yet(app_at):
    shown = Visitor(app_at("open")).open(f"/rounds/{WAVE}").text
    assert "三个数一起看" not in shown
    assert "没有见证单位" in shown
    assert "没有事先列在年度日历里" in shown


def test_the_words_of_an_early_end_are_public_and_are_those_whose_digest_the_ledger_has(
    survey_db, vault, tmp_path
):
    in_field(survey_db, {"G1": (60, 24, 0)}, vault=vault, rules=RULES)
    with survey_db.transaction() as session:
        early_ending.ask(session, "w1", why="洪水，电话不通", by=Signer("d", DRAW_OFFICER), now=NOW)
        early_ending.confirm(session, "w1", by=Signer("s", SUPERVISOR), now=NOW)
        ending.end(session, "w1", now=NOW)
    with survey_db.reading() as session:
        assert wave_head.of(session, "w1", now=NOW).reason == "洪水，电话不通"
    with survey_db.transaction() as session:
        releasing.estimate_and_publish(session, "w1", keys=vault.keys, now=NOW)
    status, said = checked(survey_db, vault, tmp_path)
    assert (status, bundles.numbers(said, "FAIL")) == (1, [12, 23])
    assert "note why it ended early, in words: 洪水，电话不通" in said
    told = json.loads(files_of((tmp_path / "w1.zip").read_bytes())["early.json"])
    why = next(line["why"] for line in lines(survey_db) if line["t"] == "close")
    assert sha256(f"huying-early/v1\n{told['salt']}\n{told['why']}\n".encode()).hexdigest() == why


def test_a_bundle_waits_a_week_for_its_witness_and_then_names_it(survey_db, vault, keys, tmp_path):

    mine = Keyring(tmp_path / "witness").signing("witness")
    with survey_db.transaction() as session:
        witnessed.admit(LEDGER, session, verifier_key("justice", key=mine, kind=WITNESS).text, at=NOW)
    in_field_witnessed(survey_db, vault, keys, mine)
    with survey_db.transaction() as session:
        close.close(session, "w1", now=END)
        releasing.estimate_and_publish(session, "w1", keys=keys, now=END)
    with pytest.raises(Conflict, match="还在等 justice"), survey_db.reading() as session:
        bundle.write(session, "w1", keys=keys, now=END + 6 * DAY)
    with survey_db.transaction() as session:
        assert wave_head.of(session, "w1", now=END + 6 * DAY).unsigned == ()
        assert wave_head.of(session, "w1", now=END + 7 * DAY).unsigned == ["justice"]
        files = files_of(bundle.write(session, "w1", keys=keys, now=END + 7 * DAY))
    assert files["unsigned"] == b"justice\n"


def in_field_witnessed(database: Database, vault, keys, mine) -> None:
    """A small wave that asks for one witness, which signs the freeze."""

    with database.transaction() as session:
        register(session, grids({"G1": 9}), vault=vault)
        frozen(session, {"G1": (3, 0)}, vault=vault, rules=replace(QUICK, quorum=1))
        draw.commit(session, "w1", party="operator", commitment=parts.seal(PART), now=NOW)
    cosigns(database, keys, mine, at=NOW)
    with database.transaction() as session:
        draw.announce(session, "w1", value=THROWN, now=NOW + THEN)
        draw.reveal(session, "w1", party="operator", part=PART, now=NOW + THEN)
        draw.draw(session, "w1", now=NOW + THEN)
        release.open_field(session, "w1", now=NOW)
