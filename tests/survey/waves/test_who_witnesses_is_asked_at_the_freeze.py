"""Late replicate, auditors and witnesses are fields of the freeze, by page and by command, in clear words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.base import clock
from huying.base.errors import Invalid
from huying.ledger.keys import WITNESS, verifier_key
from survey.models import Wave
from survey.waves.queries import sealed as sealed_design
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import WaveRules
from tests.survey.stories import DICE, grids, sheet, soon
from tests.survey.waves.test_ceremony import seen
from tests.survey.web.test_commands import WHY, environment, file, run

__all__ = ["environment", "file", "run"]

KEY = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
AUDITOR = verifier_key("audit.example", key=KEY).text
WITNESS_KEY = verifier_key("justice.example", key=KEY, kind=WITNESS).text


def day(after: int) -> str:
    return f"{clock.local(clock.now() + timedelta(days=after)).date()}"


def test_the_page_seals_what_was_asked(visit):
    officer = visit("settled", "draw_officer")
    asked = {"late": "2", "late_day": day(9), "auditors": AUDITOR, "quorum": "1", "field_ends": day(20)}
    page, fields = seen(officer, **asked)
    assert "现在登记的见证单位只有 0 家，要 1 家签名" in page.text
    done = officer.send(page, "/freeze", **fields, confirm="2026W48")
    assert done.path == "/waves/2026W48"
    assert "没有见证单位" not in done.text
    with officer.app.extensions["huying"].database.reading() as session:
        design = sealed_design.of(session, session.get_one(Wave, "2026W48"))
    assert (design["late"], design["auditors"], design["quorum"]) == (
        {"day": asked["late_day"], "r": 2},
        [AUDITOR],
        1,
    )


def test_without_witness_and_auditor_the_page_says_what_that_means(visit):
    page, _ = seen(visit("settled", "draw_officer"))
    assert "没有见证单位：这一轮的每一页都会写明" in page.text
    assert "得分只是经办单位自己说的" in page.text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"late": "2"}, "户数和日期要一起写"),
        ({"late": "2", "late_day": "2020-01-01"}, "晚的一批要在开始访问以后"),
        ({"late": "2", "late_day": "2199-01-01"}, "晚的一批要在开始访问以后"),
        ({"late": "-1"}, "每层晚放出几户：请填不小于 0 的整数"),
        ({"quorum": "x"}, "要几家见证单位签名：请填不小于 0 的整数"),
        ({"auditors": "audit.example"}, "第 1 个审计员的公钥用不了"),
        ({"auditors": AUDITOR[:-4]}, "第 1 个审计员的公钥用不了"),
        ({"auditors": f"{AUDITOR}\n{AUDITOR}"}, "写了两遍"),
        ({"auditors": WITNESS_KEY}, "是见证单位的公钥"),
    ],
)
def test_bad_input_gets_a_sentence(visit, wrong, sentence):
    page, _ = seen(visit("settled", "draw_officer"), **wrong)
    assert (page.status, sentence in page.text) == (422, True), page.text


def test_the_planner_proposes_a_late_replicate_with_time_to_work_it(visit):
    officer = visit("settled", "draw_officer")
    onward = re.search(r'href="(/waves/freeze\?[^"]+)"', officer.open("/waves/plan").html)
    assert onward
    form = officer.open(unescape(onward[1])).html
    late = int(re.search(r'name="late"[^>]*value="(\d+)"', form)[1])
    ends, late_day = (
        re.search(rf'name="{name}"[^>]*value="([^"]+)"', form)[1] for name in ("field_ends", "late_day")
    )
    assert (late > 0, late_day < ends) == (True, True)


def test_the_command_has_the_same_options(run, file, survey_db):
    run("import-households", file("registry.csv", sheet(grids({"G1": 6}))))
    words = ("wave", "freeze", "w", "--design", file("d", "G1\t3\t1\n"), "--beacon", soon(), *WHY)
    more = ("--auditor", AUDITOR, "--quorum", "2", "--late", "1")
    with pytest.raises(Invalid, match="晚的一批要在开始访问以后"):
        run(*words, *more, "--late-day", "soon")
    run(*words, *more, "--late-day", day(9))
    with survey_db.reading() as session:
        wave = session.get_one(Wave, "w")
        design = sealed_design.of(session, wave)
    assert (design["quorum"], design["auditors"]) == (2, [AUDITOR])
    assert json.loads(wave.rules)["late"] == 1


def test_a_late_replicate_lies_within_the_field():
    request = FreezeRequest("w", {"G1": (3, 0)}, WaveRules(late=1, late_day="2026-11-24"), DICE)
    request.check_late()
    for wrong in ("2026-11-23", "2027-02-01"):
        with pytest.raises(Invalid, match="晚的一批"):
            replace(request, rules=WaveRules(late=1, late_day=wrong)).check_late()
