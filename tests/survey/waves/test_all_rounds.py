"""Anybody sees every wave there ever was, how each ended, and who witnesses the ledger since when."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.ledger import note, witnessed
from huying.ledger.keys import WITNESS, parse_vkey, verifier_key
from huying.ledger.witnessed import Watch
from survey import ledger_key
from survey.drawing import parts
from survey.models import LEDGER
from survey.waves.operations import bundle, draw
from survey.waves.queries import rounds
from tests.conftest import NOW
from tests.survey.browsing import Visitor
from tests.survey.stories import PART, THEN, THROWN, frozen, grids, register
from tests.survey.world import WAVE


def test_a_void_wave_stays_on_the_list_with_its_reason(survey_db, vault):
    with survey_db.transaction() as session:
        register(session, grids({"G1": 4}), vault=vault)
        frozen(session, {"G1": (2, 0)}, vault=vault)
        draw.commit(session, "w1", party="auditors", commitment=parts.seal(PART), now=NOW)
        draw.announce(session, "w1", value=THROWN, now=NOW + THEN)
        draw.void(session, "w1", why="refused_reveal", by=["auditors"], now=NOW + THEN)
    with survey_db.reading() as session:
        (found,) = rounds.rounds(session)
    assert (found.wave.label, str(found.state), found.early) == ("w1", "已作废", False)
    assert found.why.startswith("auditors 不肯打开封存的数")


def test_the_page_lists_waves_and_leads_to_each(app_at):
    visitor = Visitor(app_at("closed"))
    shown = visitor.open("/rounds/")
    assert f"/rounds/{WAVE}" in shown.html
    assert "已结束" in shown.text
    assert "您家怎么查，三句话" in shown.text
    assert 'href="/rounds/"' in visitor.open("/").html


def test_without_witnesses_the_first_page_says_so(app_at):
    visitor = Visitor(app_at("open"))
    for path in ("/", "/rounds/"):
        assert "账本现在没有见证单位" in visitor.open(path).text


def test_a_witness_is_named_with_its_last_signature(survey_db, vault):
    key = Ed25519PrivateKey.generate()
    log = parse_vkey(ledger_key.vkey(vault.keys))
    with survey_db.transaction() as session:
        name = verifier_key("audit.example.cn/w", key=key, kind=WITNESS)
        witnessed.admit(LEDGER, session, name.text, at=NOW)
        assert witnessed.watches(LEDGER, session) == [Watch("audit.example.cn/w", None)]
        signed = note.cosign(bundle.checkpoint(session, keys=vault.keys), name=name.name, key=key, at=NOW)
        witnessed.take(LEDGER, session, signed, log=log, at=NOW)
    with survey_db.reading() as session:
        assert witnessed.watches(LEDGER, session) == [Watch("audit.example.cn/w", NOW)]
