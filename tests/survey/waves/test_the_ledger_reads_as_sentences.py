"""An auditor reads the ledger as sentences, one subject at a time; each type of line has its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import survey
from survey.waves.rules.ledger_sentences import DRAWING, RESULTS, SENTENCES, SUBJECTS, sentence, subject
from tests.survey.browsing import Visitor

SOURCES = Path(survey.__file__).parent
WRITTEN = re.compile(r'(?:_line\(\s*|"t": )"([a-z_]+)"')
"""How the sources write a line's type."""

Visit = Callable[..., Visitor]


def test_every_type_of_line_that_is_written_has_a_sentence() -> None:
    files = [path for path in SOURCES.rglob("*.py") if path.name != "verify.py"]
    written = {kind for path in files for kind in WRITTEN.findall(path.read_text("utf-8"))} - {"end"}
    assert written <= set(SENTENCES), written - set(SENTENCES)
    assert {about for about, _say in SENTENCES.values()} == set(SUBJECTS)


def test_a_type_that_nobody_knows_is_named_as_it_stands() -> None:
    assert (sentence('{"t":"new.kind"}'), subject('{"t":"new.kind"}')) == ("new.kind", "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"code":"complete","t":"final","u":"H1"}', "H1 户的结果：complete"),
        ('{"day":"2026-11-23","t":"attempt","u":"H1","w":"AM"}', "H1 户：拨打一次，2026-11-23，时段 AM"),
        ('{"at":"2026-11-23T10:00","in":1,"t":"attempt","u":"H1"}', "H1 户打回来，2026-11-23 10:00"),
        ('{"c":{"G1":["a","b"],"G2":["c"]},"day":"2026-11-23","t":"answers"}', "2026-11-23 的回答封存，3 份"),
        ('{"by":["x"],"result":"early","t":"close","why":"w"}', "访问结束：提前结束"),
        ('{"op":"drop","role":"log","t":"key","vkey":"huying.example+1+A"}', "huying.example 的公钥退出"),
    ],
)
def test_a_line_says_what_happened_to_whom(body: str, said: str) -> None:
    assert sentence(body) == said


def test_the_code_of_an_outcome_is_named_where_a_page_knows_its_name() -> None:
    final = '{"code":"complete","t":"final","u":"H1"}'
    corrected = '{"from":"complete","t":"correction","to":"refusal","u":"H1"}'
    assert sentence(final, outcome=str.upper) == "H1 户的结果：COMPLETE"
    assert sentence(corrected, outcome=str.upper) == "H1 户的结果由 COMPLETE 更正为 REFUSAL"


def test_one_subject_shows_its_lines_alone_and_the_words_of_each_can_be_unfolded(visit: Visit) -> None:
    auditor = visit("closed", "auditor")
    drawing = auditor.open(f"/auditor/?about={DRAWING}").main
    assert "名册冻结，90 户" in drawing
    assert "&#34;t&#34;:&#34;frame&#34;" in drawing
    assert "户：拨打一次" not in drawing
    assert "公布得分" in auditor.open(f"/auditor/?about={RESULTS}").main
    assert "户：拨打一次" in auditor.open("/auditor/").main


def test_an_unknown_subject_shows_all(visit: Visit) -> None:
    auditor = visit("closed", "auditor")
    assert "户：拨打一次" in auditor.open("/auditor/?about=nothing").main
