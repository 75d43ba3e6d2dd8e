"""Where a wave has witnesses, the first checkpoint that enough of them signed draws who is called back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from huying.ledger import witnessed
from huying.ledger.keys import WITNESS, verifier_key
from survey import ledger_key
from survey.drawing import parts
from survey.fieldwork.operations import batches, call_back_draws, close
from survey.models import LEDGER, CallBackDraw
from survey.scores.operations import releasing
from survey.waves.operations import bundle, draw, release
from tests.conftest import NOW
from tests.survey.fieldwork.test_field_close_and_bundle import an_interviewer, answers, lines
from tests.survey.stories import END, PART, QUICK, SOON, THEN, THROWN, frozen, grids, register, works_through
from tests.survey.verify import bundles
from tests.survey.waves.test_auditors_attest import cosigns


def test_lots_wait_for_a_witness_and_everybody_can_check_them(survey_db, vault, keys, tmp_path):
    mine = type(keys)(tmp_path / "witness").signing("witness")
    witness = verifier_key("justice", key=mine, kind=WITNESS).text
    with survey_db.transaction() as session:
        register(session, grids({"G1": 9}), vault=vault)
        witnessed.admit(LEDGER, session, witness, at=NOW - SOON)
        frozen(session, {"G1": (3, 0)}, vault=vault, rules=replace(QUICK, quorum=1, plan=0, most=0))
        draw.commit(session, "w1", party="operator", commitment=parts.seal(PART), now=NOW)
    cosigns(survey_db, keys, mine, at=NOW)
    with survey_db.transaction() as session:
        draw.announce(session, "w1", value=THROWN, now=NOW + THEN)
        draw.reveal(session, "w1", party="operator", part=PART, now=NOW + THEN)
        draw.draw(session, "w1", now=NOW + THEN)
        release.open_field(session, "w1", now=NOW)
    works_through(an_interviewer(survey_db, vault), answers(survey_db, G1=[4, 2, 5]), start=NOW + THEN)
    night = NOW + timedelta(days=1)
    with survey_db.transaction() as session:
        batches.seal_day(session, now=night)
        assert call_back_draws.draw_due(session, now=night) == 0, "nobody has signed yet"
    signed = len(lines(survey_db))
    cosigns(survey_db, keys, mine, at=night)
    with survey_db.transaction() as session:
        assert call_back_draws.draw_due(session, now=night) == 1
        assert session.get_one(CallBackDraw, signed).size == signed
        close.close(session, "w1", now=END)
        releasing.estimate_and_publish(session, "w1", keys=keys, now=END, origin=ledger_key.ORIGIN)
    cosigns(survey_db, keys, mine, at=END)
    with survey_db.transaction() as session:
        (tmp_path / "w1.zip").write_bytes(bundle.write(session, "w1", keys=keys, now=END))
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(keys), "--key", witness, "--wave", "w1"]
    status, said = bundles.run(words)
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    assert "ok   26 " in said
