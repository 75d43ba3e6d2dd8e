"""Another department watches a ledger: it signs what only grew, and keeps the evidence of what did not."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import urllib.error
import urllib.request

import pytest

from huying.base import clock
from huying.ledger import note
from huying.ledger.keys import parse_vkey
from huying.store.db import Database
from survey.models.base import LEDGER
from tests.support import apart
from tests.support.servers import Installation, free_port

pytestmark = pytest.mark.server

NAME = "audit.example/witness"


@pytest.fixture
def survey(tmp_path):
    """The independent side, installed."""
    made = Installation("survey", tmp_path / "survey", free_port())
    made.run("key")
    return made


@pytest.fixture
def watches(tmp_path, survey):
    """The witness's command line; `expect` is its exit status."""

    def run(*more: str, expect: int = 0) -> str:
        words = ["witness", "--name", NAME, "--key", str(tmp_path / "witness.key"), *more]
        done = apart.run(words, {**os.environ, "HUYING_DATA": str(tmp_path / "elsewhere")})
        assert done.returncode == expect, done.stdout + done.stderr
        return (done.stdout if expect == 0 else done.stderr).strip()

    return run


@pytest.fixture
def visits(watches, survey, tmp_path):
    """One visit of the witness to the ledger."""
    log = survey.run("key", "--ledger").strip()

    def visit(expect: int = 0) -> str:
        state = str(tmp_path / "state.json")
        return watches("--log", survey.url, "--vkey", log, "--state", state, expect=expect)

    return visit


def grows(survey: Installation, lines: int) -> None:
    """Write lines into the ledger and sign it."""
    database = Database(f"sqlite:///{survey.data / 'survey.db'}")
    with database.transaction() as session:
        body = (f'{{"n":{number},"t":"test"}}'.encode() for number in range(lines))
        LEDGER.extend(session, body, at=clock.now())
    database.dispose()
    survey.run("checkpoint")


def shown(survey: Installation, path: str = "checkpoint") -> str:
    with urllib.request.urlopen(f"{survey.url}/log/{path}", timeout=10) as answer:
        return answer.read().decode()


def test_what_it_signs_is_shown_under_the_checkpoint(survey, watches, visits):
    witness = watches()
    survey.run("witness", "add", witness)
    grows(survey, 5)
    log = parse_vkey(survey.run("key", "--ledger").strip())
    with survey.serving():
        with pytest.raises(Exception, match="见证签名不足"):
            note.verify_checkpoint(shown(survey), log=log, witnesses=[parse_vkey(witness)], quorum=1)
        assert re.search(r"[0-9]+ 条，已签", visits())
        cosigned = note.verify_checkpoint(shown(survey), log=log, witnesses=[parse_vkey(witness)], quorum=1)
        visits()
        assert shown(survey).count(NAME) == 1
        grows(survey, 7)
        assert NAME not in shown(survey)
        visits()
        grown = note.verify_checkpoint(shown(survey), log=log, witnesses=[parse_vkey(witness)], quorum=1)
    assert grown.size == cosigned.size + 7


def test_a_ledger_that_was_rewritten_gets_no_signature_and_the_evidence_is_kept(
    survey, watches, visits, tmp_path
):
    survey.run("witness", "add", watches())
    shutil.copy(survey.data / "survey.db", tmp_path / "before.db")
    grows(survey, 5)
    with survey.serving():
        visits()
    rewrite(survey, before=tmp_path / "before.db")
    grows(survey, 9)
    with survey.serving():
        assert "证据存在" in visits(expect=1)
        assert NAME not in shown(survey)
        evidence = next(tmp_path.glob("state.json.evidence-*")).read_text(encoding="utf-8")
        assert evidence == shown(survey)
        assert "证据存在" in visits(expect=1)


def rewrite(survey: Installation, *, before) -> None:
    """Put the ledger back to what it was, as somebody who owns the database can, and tell another story."""
    shutil.copy(before, survey.data / "survey.db")
    for leftover in survey.data.glob("survey.db-*"):
        leftover.unlink()
    database = Database(f"sqlite:///{survey.data / 'survey.db'}")
    with database.transaction() as session:
        LEDGER.append(session, b'{"t":"another story"}', at=clock.now())
    database.dispose()


def test_a_ledger_that_lost_its_end_gets_no_signature(survey, watches, visits, tmp_path):
    survey.run("witness", "add", watches())
    grows(survey, 2)
    shutil.copy(survey.data / "survey.db", tmp_path / "before.db")
    for leftover in tmp_path.glob("before.db-*"):
        leftover.unlink()
    grows(survey, 5)
    with survey.serving():
        visits()
    with sqlite3.connect(survey.data / "survey.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copy(tmp_path / "before.db", survey.data / "survey.db")
    with survey.serving():
        assert "账本变短了" in visits(expect=1)


def test_a_signature_of_somebody_else_is_not_taken(survey, watches, visits):
    grows(survey, 3)
    with survey.serving():
        assert "422" in visits(expect=1)
        survey.run("witness", "add", watches())
        visits()
        survey.run("witness", "drop", watches())
        grows(survey, 1)
        assert "422" in visits(expect=1)
    assert survey.run("witness", "list") == ""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("consistency?from=1&to=2", 200),
        ("consistency/1/2", 200),
        ("consistency?from=2&to=1", 422),
        ("consistency?from=0&to=2", 404),
        ("consistency?from=5&to=2", 404),
        ("consistency?from=2&to=3", 404),
        ("consistency?from=1", 422),
        ("consistency?from=1&to=99999999999999999999", 422),
        ("proof?index=0&size=2", 200),
        ("proof/0/2", 200),
        ("proof?index=9&size=2", 422),
        ("proof?index=-1&size=2", 422),
        ("nothing", 404),
    ],
)
def test_odd_questions_get_a_sentence(survey_app, path, status):
    answer = survey_app.test_client().get(f"/log/{path}", headers={"Accept": "application/json"})
    assert answer.status_code == status
    assert answer.mimetype == ("text/plain" if status == 200 else "application/problem+json")


@pytest.mark.parametrize("posted", [b"", b"\xff\xfe", b"x" * 100_000, b"a\n1\nAA==\n\n", "— a b\n".encode()])
def test_odd_signatures_get_a_sentence(survey_app, posted):
    answer = survey_app.test_client().post("/log/cosignature", data=posted, content_type="text/plain")
    assert answer.status_code in {400, 404, 413, 422}


@pytest.fixture(scope="module")
def survey_app(tmp_path_factory):
    """The web app over a ledger of four lines, signed at one, two and four; nothing asked here changes it."""
    from survey.app import create_app

    made = Installation("survey", tmp_path_factory.mktemp("app"), free_port())
    made.run("upgrade")
    for lines in (1, 1, 2):
        grows(made, lines)
    environment = {"HUYING_DATA": str(made.data), "HUYING_DEMO": "1"}
    from huying.base import settings

    app = create_app(settings.load("survey", "HUYING_SURVEY", environment))
    yield app
    app.extensions["huying"].database.dispose()


def test_ledgers_that_come_to_the_witness_are_signed(tmp_path, watches):
    """By C2SP's tlog-witness: what was seen last, a proof, a checkpoint."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from huying.ledger import tree
    from huying.ledger.keys import verifier_key
    from huying.ledger.witness.seeing import printed
    from huying.ledger.witness.serving import create_app
    from huying.ledger.witness.state import State
    from huying.ledger.witness.visiting import Witness

    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    log = verifier_key("log.example", key=key)
    witness = Witness(NAME, Ed25519PrivateKey.from_private_bytes(bytes(31) + b"1"), State(tmp_path / "seen"))
    client = create_app(witness, logs={"log.example": log}).test_client()
    leaves = [tree.leaf_hash(str(number).encode()) for number in range(20)]

    def post(old: int, size: int, *, leaves=leaves, proof=None, name="log.example", signer=key):
        signed = note.sign_checkpoint(note.Checkpoint(name, size, tree.root(leaves[:size])), key=signer)
        if proof is None:
            proof = tree.consistency_proof(leaves[:size], first=old) if 0 < old < size else []
        return client.post("/add-checkpoint", data=f"old {old}\n{printed(proof)}\n{signed}"), signed

    answer, signed = post(0, 4)
    assert answer.status_code == 200
    vkey = parse_vkey(watches()) if False else verifier_key(NAME, key=witness.key, kind=4)
    checked = note.verify_checkpoint(signed + answer.text, log=log, witnesses=[vkey], quorum=1)
    assert checked.size == 4
    assert post(4, 9)[0].status_code == 200
    assert post(9, 9)[0].status_code == 200
    stale, _ = post(4, 12)
    assert (stale.status_code, stale.text, stale.mimetype) == (409, "9\n", "text/x.tlog.size")
    assert post(9, 7, proof=[])[0].status_code == 400
    other = [tree.leaf_hash(b"other"), *leaves[1:]]
    assert post(9, 12, leaves=other)[0].status_code == 422
    assert post(9, 12, proof=[bytes(32)])[0].status_code == 422
    assert post(0, 1, name="unknown.example")[0].status_code == 404
    assert post(9, 12, signer=witness.key)[0].status_code == 403
    for odd in (b"", b"old x\n\nnote", b"\xff", b"old 1\nnot base64\n\nx\n"):
        assert client.post("/add-checkpoint", data=odd).status_code in {400, 404}
    assert post(9, 20)[0].status_code == 200
