"""A questionnaire is read in once, waves choose one when they are planned, nobody changes a word of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict, Invalid, NotFound, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.commands import register
from survey.fieldwork.operations import questionnaires as operations
from survey.fieldwork.queries import interviews, questionnaires
from survey.fieldwork.questionnaire import files
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Item
from survey.fieldwork.questionnaire.versions import V1
from survey.models import Interview, QuestionnaireVersion, Wave
from survey.waves.rules import wave_rules
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.stories import QUICK, Interviewer, enrol, grids, in_field, sheet, soon
from tests.survey.web.test_commands import surroundings

MORE = Item("O3", "您愿意收到这次调查的结果吗？", "text")


def second(*, name: str = "v2", **words: str) -> Questionnaire:
    """A version with one more question and, for what is named, other words."""
    items = tuple(replace(item, text=words.get(item.code, item.text)) for item in V1.items)
    more = (*items[:-1], replace(MORE, condition=items[-1].condition), items[-1])
    return replace(V1, name=name, items=more, translations={}, digest="whole")


def added(database: Database, form: Questionnaire) -> Questionnaire:
    with database.transaction() as session:
        return operations.add(session, form, by="t", now=NOW)


@pytest.fixture
def run(survey_db: Database, tmp_path: Path):
    def command(*words: str) -> Result:
        settings = surroundings(survey_db, tmp_path)
        return CliRunner().invoke(register, words, env=settings, catch_exceptions=False)

    return command


def test_a_wave_asks_the_version_that_it_was_frozen_with(survey_db: Database, vault: Vault) -> None:
    form = added(survey_db, second())
    in_field(survey_db, {"G1": (3, 1, 0)}, vault=vault, rules=replace(QUICK, wording=form.wording_hash))
    caller = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    caller.takes_next()
    caller.reaches_somebody()
    for code, value in {"C1": "1", "S1": "1", "S3": "1", "S2A": "1"}.items():
        caller.enters(code, value)
    with survey_db.reading() as session:
        talk = interviews.so_far(session, caller.unit)
        assert session.get_one(Interview, caller.unit).wording_hash == form.wording_hash
        assert questionnaires.of(session, form.wording_hash) is talk.form.questionnaire
    assert talk.form.item("O3") is not None
    assert V1.by_code.get("O3") is None


def test_a_changed_word_is_refused_while_a_wave_runs_and_is_another_version(
    survey_db: Database, vault: Vault
) -> None:
    form = added(survey_db, second())
    changed = second(A1="您知道这里有网格员吗？")
    with pytest.raises(Refused, match="已经有一份 v2 了"):
        added(survey_db, changed)
    in_field(survey_db, {"G1": (3, 1, 0)}, vault=vault, rules=replace(QUICK, wording=form.wording_hash))
    with pytest.raises(Refused, match="v2 已经封存在 w1 里，改一个字也不行"):
        added(survey_db, changed)
    rules = replace(QUICK, wording=changed.wording_hash).text()
    with pytest.raises(DBAPIError, match="insert-only"), survey_db.transaction() as session:
        session.execute(update(Wave).values(rules=rules))
    third = added(survey_db, replace(changed, name="v3"))
    assert third.wording_hash != form.wording_hash
    with survey_db.reading() as session:
        found = {known.form.name: tuple(known.waves) for known in questionnaires.every(session)}
        assert wave_rules.read(session.scalars(select(Wave.rules)).one()).wording == form.wording_hash
    assert found == {"v3": (), "v2": ("w1",), "v1": (), "v0": ()}
    assert list(found) == ["v3", "v2", "v1", "v0"]


@pytest.mark.parametrize(
    "deed", ["UPDATE questionnaire_version SET name = 'v9'", "DELETE FROM questionnaire_version"]
)
def test_what_was_read_in_stays_as_it_is(survey_db: Database, deed: str) -> None:
    added(survey_db, second())
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(survey_db) as session:
        session.execute(text(deed))


def test_the_same_words_are_kept_once(survey_db: Database) -> None:
    added(survey_db, second())
    with pytest.raises(Conflict, match="已经有了，一字不差"):
        added(survey_db, second())
    with pytest.raises(Conflict, match="问卷 v1 已经有了"):
        added(survey_db, V1)


def test_what_has_a_fault_or_an_old_digest_is_not_kept(survey_db: Database) -> None:
    broken = replace(second(), screening=frozenset({"Z9"}), digest="words")
    with pytest.raises(Invalid, match=r"(?s)Z9.*whole"):
        added(survey_db, broken)
    with survey_db.reading() as session:
        assert session.scalars(select(QuestionnaireVersion)).all() == []


def test_a_wave_is_not_frozen_with_words_that_nobody_has(survey_db: Database, vault: Vault) -> None:
    with pytest.raises(Invalid, match="没有指纹为 0000000000000000 的问卷"):
        in_field(survey_db, {"G1": (3, 1, 0)}, vault=vault, rules=replace(QUICK, wording="0" * 64))


def test_by_command_a_file_is_checked_read_in_listed_and_written_out(run, tmp_path: Path) -> None:
    file, book, back = (tmp_path / name for name in ("v2.json", "v2.xlsx", "back.json"))
    file.write_bytes(files.write(second()))
    checked = run("questionnaire", "check", str(file))
    assert checked.output == f"v2：{len(V1.items) + 1} 题，访问有 386 种走法，指纹 {second().wording_hash}\n"
    assert run("questionnaire", "import", str(file)).output == checked.output
    listed = run("questionnaire", "list").output.splitlines()
    assert [line.split("\t")[0] for line in listed] == ["v2", "v1", "v0"]
    run("questionnaire", "export", "v2", str(book))
    assert run("questionnaire", "check", str(book)).output == checked.output
    run("questionnaire", "export", "v2", str(back))
    assert back.read_bytes() == file.read_bytes()
    with pytest.raises(NotFound, match="没有名叫 v7 的问卷"):
        run("questionnaire", "export", "v7", str(back))


def test_by_command_every_fault_of_a_file_is_said(run, tmp_path: Path) -> None:
    told = json.loads(files.write(V1))
    told["items"][3]["asked_if"] = "A9=1"
    told["texts"].pop("END")
    file = tmp_path / "broken.json"
    file.write_text(json.dumps(told))
    with pytest.raises(Invalid) as refusal:
        run("questionnaire", "check", str(file))
    assert refusal.value.message.splitlines() == ["A2 的条件提到 A9，没有这一题。", "缺少话术 END。"]


def test_by_command_a_wave_is_frozen_with_a_version_by_name(run, survey_db: Database, tmp_path: Path) -> None:
    form = added(survey_db, second())
    design, households = tmp_path / "design", tmp_path / "registry.csv"
    design.write_text("G1\t3\t1\n")
    households.write_bytes(sheet(grids({"G1": 6})))
    run("import-households", str(households))
    asked = ("--design", str(design), "--beacon", soon(), "--why", "few", "--questionnaire")
    with pytest.raises(Invalid, match="没有名叫 v7 的问卷"):
        run("wave", "freeze", "w", *asked, "v7")
    run("wave", "freeze", "w", *asked, "v2")
    with survey_db.reading() as session:
        assert wave_rules.read(session.get_one(Wave, "w").rules).wording == form.wording_hash


def test_new_waves_ask_what_comes_with_the_program_last() -> None:
    named: Mapping[str, str] = wave_rules.WORDINGS
    assert named["v1"] == V1.wording_hash == wave_rules.WaveRules().wording
