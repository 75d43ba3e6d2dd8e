"""Every deed of the table is caught by the check that it names: for all, auditors, or who kept a note."""

from __future__ import annotations

import pytest

from survey import verify
from tests.survey.verify import bound, bundles
from tests.survey.verify.forgeries import DEEDS, Deed


@pytest.fixture(scope="module")
def honest() -> bound.Bound:
    return bound.honest()


def bent(honest: bound.Bound, deed: Deed) -> bound.Bound:
    b = honest.copy()
    before = b.files["log.txt"]
    deed.act(b)
    if deed.who == "operator" and b.files["log.txt"] != before and not_yet_signed(b, honest):
        b.sealed()
    return b


def not_yet_signed(b: bound.Bound, honest: bound.Bound) -> bool:
    return b.files["checkpoint"] == honest.files["checkpoint"]


def fails(b: bound.Bound, folder, **how: bool) -> list[int]:
    status, said = bound.checked(b, folder, **how)
    failed = bundles.numbers(said, "FAIL")
    assert (status == 1) == bool(failed), said
    return failed


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: f"{deed.who} {deed.words}")
def test_a_deed_is_caught_by_what_the_table_says(honest, tmp_path, deed):
    b = bent(honest, deed)
    public, auditor, kept = deed.caught
    found = fails(b, tmp_path)
    assert public in found if public else not found
    if auditor != public:
        found = fails(b, tmp_path, auditor=True)
        assert auditor in found if auditor else not found
    if kept != auditor:
        assert kept in fails(b, tmp_path, auditor=True, kept=True)


def test_the_honest_wave_is_verified_by_everybody(honest, tmp_path):
    assert fails(honest, tmp_path) == []
    assert fails(honest, tmp_path, auditor=True, kept=True) == []


def test_what_nothing_catches_says_why_and_what_is_done():
    for deed in DEEDS:
        assert any(deed.caught) or deed.why


def test_a_deed_stands_once():
    assert len({(deed.who, deed.words) for deed in DEEDS}) == len(DEEDS) >= 40


def test_a_wave_is_asked_for_by_its_label(honest, tmp_path, capsys):
    words = bound.words(honest, tmp_path, auditor=False)
    with pytest.raises(SystemExit) as ended:
        verify.main([word for word in words if word not in {"--wave", bound.WAVE}])
    assert (ended.value.code, "--wave" in capsys.readouterr().err) == (2, True)
    status, said = bundles.run(bound.words(honest, tmp_path, auditor=False, wave="w6"))
    assert (status, bundles.numbers(said, "FAIL")) == (1, [22])


def test_the_first_line_names_wave_and_dates(honest, tmp_path):
    _, said = bound.checked(honest, tmp_path)
    assert said.splitlines()[0] == "wave w7 2026-12-02 – 2026-12-10"


def test_more_witnesses_may_be_asked_for_never_fewer(honest, tmp_path):
    words = bound.words(honest, tmp_path, auditor=False)
    assert bundles.numbers(bundles.run([*words, "--quorum", "2"])[1], "FAIL") == [1, 25]
    b = honest.copy()
    b.witnessed = False
    words = bound.words(b.sealed(), tmp_path, auditor=False)
    assert bundles.numbers(bundles.run([*words, "--quorum", "0"])[1], "FAIL") == [1, 25]
