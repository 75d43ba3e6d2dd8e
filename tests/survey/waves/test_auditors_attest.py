"""Auditors whom the design names look through the answers on their own machine and sign before the score."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from huying.base import clock
from huying.base.errors import Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.ledger import note, witnessed
from huying.ledger.keys import WITNESS, verifier_key
from huying.store.db import Database
from survey import ledger_key
from survey.drawing import parts
from survey.fieldwork.operations import close
from survey.models import LEDGER, LogCosignature
from survey.scores import commands
from survey.scores.operations import releasing
from survey.scores.queries import auditing
from survey.waves.operations import bundle, draw, release
from survey.waves.queries import waves
from survey.waves.rules.wave_rules import WaveRules
from tests.conftest import NOW
from tests.survey.browsing import Visitor
from tests.survey.conftest import Led
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, answers, lines
from tests.survey.stories import (
    END,
    PART,
    QUICK,
    SOON,
    THEN,
    THROWN,
    drawn,
    frozen,
    grids,
    register,
    works_through,
)
from tests.survey.verify import bundles


def as_auditor(folder: Path, *words: str) -> list[str]:
    said = CliRunner().invoke(
        commands.attest, ["w1", "--name", "audit.example", "--keys", str(folder), *words]
    )
    if said.exception and not isinstance(said.exception, SystemExit):
        raise said.exception
    assert said.exit_code == 0, said.output
    return said.output.split()


@pytest.fixture(scope="session")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the auditor keeps the secret half."""
    return tmp_path_factory.mktemp("auditor")


@pytest.fixture
def auditor(secret: Path) -> str:
    """The auditor's key."""
    return as_auditor(secret)[0]


@pytest.fixture
def counted(led: Led, auditor: str) -> Database:
    """A wave that names an auditor, counted and not yet scored."""
    return led("counted", partial(_counted, rules=replace(QUICK, auditors=(auditor,), plan=40)))


def _counted(database: Database, vault: Vault, *, rules: WaveRules) -> None:
    with database.transaction() as session:
        register(session, grids({"G1": 60}), vault=vault)
        frozen(session, {"G1": (24, 0)}, vault=vault, rules=rules)
        draw.commit(session, "w1", party="operator", commitment=parts.seal(PART), now=NOW)
        draw.announce(session, "w1", value=THROWN, now=NOW + THEN)
        draw.reveal(session, "w1", party="operator", part=PART, now=NOW + THEN)
        draw.draw(session, "w1", now=NOW + THEN)
        release.open_field(session, "w1", now=NOW)
    told = answers(database, G1=[5] * 9 + [4] * 8 + [3] * 7)
    works_through(an_interviewer(database, vault), told)
    with database.transaction() as session:
        close.close(session, "w1", now=END)
        releasing.estimate(session, "w1", now=END)


def given(database, folder: Path) -> Path:
    folder.mkdir()
    with database.reading() as session:
        for name, data in auditing.files(session, "w1").items():
            (folder / name).write_bytes(data)
    return folder


def test_a_signature_made_elsewhere_stands_before_the_score_and_is_counted(
    counted, vault, auditor, secret, tmp_path
) -> None:
    files = given(counted, tmp_path / "files")
    by, sig = as_auditor(secret, "--files", str(files))
    assert by == auditor
    with counted.transaction() as session:
        releasing.attest(session, "w1", by=by, sig=sig, now=END)
        releasing.publish(session, "w1", keys=vault.keys, now=END)
        data = bundle.write(session, "w1", keys=vault.keys, now=END)
    assert [line["t"] for line in lines(counted)][-2:] == ["attest", "score"]
    score = lines(counted)[-1]
    assert (score["tally"], score["mean"], score["share"]) == ("full", "4.000", "66.7")
    (tmp_path / "w1.zip").write_bytes(data)
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w1"]
    more = ["--openings", str(files / "openings.tsv"), "--minutes", str(files / "minutes.tsv")]
    status, said = bundles.run([*words, *more])
    assert status == 0, said
    assert "what auditors attest is what is published: 1 of 1 auditors" in said
    assert "stated by the operator alone" not in said


def test_a_score_without_an_auditor_s_word_says_so(counted, vault, tmp_path) -> None:
    with counted.transaction() as session:
        releasing.publish(session, "w1", keys=vault.keys, now=END)
        (tmp_path / "w1.zip").write_bytes(bundle.write(session, "w1", keys=vault.keys, now=END))
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w1"]
    status, said = bundles.run(words)
    assert (status, "note the score is stated by the operator alone" in said) == (0, True)


def test_an_auditor_signs_nothing_that_does_not_add_up(counted, secret, tmp_path) -> None:
    files = given(counted, tmp_path / "files")
    tally = (files / "tally.tsv").read_bytes()
    (files / "tally.tsv").write_bytes(tally.replace(b"\t9\t", b"\t8\t"))
    with pytest.raises(Refused, match="加起来不是"):
        as_auditor(secret, "--files", str(files))
    (files / "tally.tsv").write_bytes(tally)
    openings = (files / "openings.tsv").read_bytes()
    (files / "openings.tsv").write_bytes(openings[: openings[:-1].rfind(b"\n") + 1])
    with pytest.raises(Refused, match="与账本里封存的不一致"):
        as_auditor(secret, "--files", str(files))


def test_nobody_else_signs_and_nothing_else_is_signed(counted, auditor, secret, tmp_path) -> None:
    files = given(counted, tmp_path / "files")
    stranger, sig = as_auditor(tmp_path / "stranger", "--files", str(files))
    with pytest.raises(Refused, match="没有这位审计员"), counted.transaction() as session:
        releasing.attest(session, "w1", by=stranger, sig=sig, now=END)
    with pytest.raises(Refused, match="签名不对"), counted.transaction() as session:
        releasing.attest(session, "w1", by=auditor, sig=sig, now=END)
    _by, own = as_auditor(secret, "--files", str(files))
    with pytest.raises(Refused, match="签名不对"), counted.transaction() as session:
        releasing.attest(session, "w1", by=auditor, sig=own, blind=True, now=END)


def test_a_wave_that_asks_for_a_witness_waits_for_it_and_its_bundle_carries_it(
    survey_db, vault, keys: Keyring, tmp_path
) -> None:
    mine = Keyring(tmp_path / "witness").signing("witness")
    witness = verifier_key("justice", key=mine, kind=WITNESS).text
    with survey_db.transaction() as session:
        register(session, grids({"G1": 9}), vault=vault)
        witnessed.admit(LEDGER, session, witness, at=NOW - SOON)
        frozen(session, {"G1": (3, 0)}, vault=vault, rules=replace(QUICK, quorum=1))
        draw.commit(session, "w1", party="operator", commitment=parts.seal(PART), now=NOW)
    with pytest.raises(Refused, match="见证单位签名"), survey_db.transaction() as session:
        draw.announce(session, "w1", value=THROWN, now=NOW + THEN)
    cosigns(survey_db, keys, mine, at=NOW)
    with survey_db.transaction() as session:
        draw.announce(session, "w1", value=THROWN, now=NOW + THEN)
        draw.reveal(session, "w1", party="operator", part=PART, now=NOW + THEN)
        draw.draw(session, "w1", now=NOW + THEN)
        release.open_field(session, "w1", now=NOW)
        close.close(session, "w1", now=END)
        releasing.estimate_and_publish(session, "w1", keys=keys, now=END, origin=ledger_key.ORIGIN)
    cosigns(survey_db, keys, mine, at=END)
    with survey_db.transaction() as session:
        (tmp_path / "w1.zip").write_bytes(bundle.write(session, "w1", keys=keys, now=END))
        assert waves.find(session, "w1").state == "closed"
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(keys), "--key", witness, "--wave", "w1"]
    status, said = bundles.run(words)
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    assert "ok   25 " in said


def test_a_witness_who_signs_the_freeze_after_the_event_comes_too_late(survey_db, vault, keys, tmp_path):
    mine = Keyring(tmp_path / "witness").signing("witness")
    with survey_db.transaction() as session:
        register(session, grids({"G1": 9}), vault=vault)
        witnessed.admit(LEDGER, session, verifier_key("justice", key=mine, kind=WITNESS).text, at=NOW - SOON)
        frozen(session, {"G1": (3, 0)}, vault=vault, rules=replace(QUICK, quorum=1))
        draw.commit(session, "w1", party="operator", commitment=parts.seal(PART), now=NOW)
    cosigns(survey_db, keys, mine, at=NOW + SOON)
    with pytest.raises(Refused, match="要作废"), survey_db.transaction() as session:
        draw.announce(session, "w1", value=THROWN, now=NOW + THEN)


def cosigns(database, keys: Keyring, key, *, at) -> None:
    """A witness signs the ledger as it stands."""
    with database.transaction() as session:
        text = bundle.checkpoint(session, keys=keys)
        size = note.parse_checkpoint(note.text_of(text)).size
        both = note.cosign(text, name="justice", key=key, at=at)
        line = both.removeprefix(text)
        public = key.public_key().public_bytes_raw().hex()
        session.add(LogCosignature(size=size, key=public, at=at + timedelta(0), line=line))


def test_the_auditor_s_page_gives_the_files_and_takes_the_signature(visit, tmp_path) -> None:
    key = as_auditor(tmp_path / "auditor")[0]
    desk = visit("settled", "auditor")
    side = desk.app.extensions["huying"]
    now = clock.now() - 2 * THEN
    with side.database.transaction() as session:
        rules = replace(QUICK, auditors=(key,), plan=0, most=0)
        sizes = dict.fromkeys(("G1", "G2", "G3"), (3, 0))
        frozen(session, sizes, vault=side.vault, rules=rules, now=now)
        drawn(session, now=now)
        release.open_field(session, "w1", now=now)
        close.close(session, "w1", now=now + timedelta(days=61))
    assert "现在没有要签名的" in desk.open("/auditor/waves/w1").text
    with side.database.transaction() as session:
        releasing.estimate(session, "w1", now=now)
    assert "等审计员签名" in desk.open("/auditor/").text
    with zipfile.ZipFile(io.BytesIO(desk.open("/auditor/waves/w1/files.zip").response.data)) as files:
        files.extractall(tmp_path / "files")
    by, sig = as_auditor(tmp_path / "auditor", "--files", str(tmp_path / "files"))
    page = desk.open("/auditor/waves/w1")
    wrong = desk.send(page, "/auditor/waves/w1", by=by, sig="A" * 86 + "==")
    assert (wrong.status, "签名不对" in wrong.text) == (422, True)
    assert "已经签名：audit.example" in desk.send(page, "/auditor/waves/w1", by=by, sig=sig).text
    assessor = Visitor(desk.app, "assessor")
    done = assessor.send(assessor.open("/scores/w1"), "/publish")
    assert (done.status, "公布得分" in done.text) == (200, False)
    stranger = Visitor(desk.app)
    assert stranger.open("/auditor/waves/w1/files.zip").response.data[:2] != b"PK"
