"""`huying deposit inspect FILE` shows what a deposit holds, and stores nothing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from huying.base.errors import Invalid
from huying.deposit.commands import register
from tests.huying.deposit import samples


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "deposit-2026W48.zip"
    path.write_bytes(samples.deposit())
    return path


def inspect(*words: str) -> str:
    done = CliRunner().invoke(register, ["inspect", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_it_names_origin_period_and_totals(file):
    said = inspect(str(file))
    assert "public.example" in said
    assert "2026W48" in said
    assert "areas.tsv             3" in said


def test_without_a_key_it_says_that_the_signature_wasnt_checked(file):
    assert "签名没有核对" in inspect(str(file))
    assert "签名有效" in inspect(str(file), "--key", samples.VKEY)


def test_a_key_may_lie_in_a_file(file, tmp_path):
    (tmp_path / "vkey").write_text(samples.VKEY + "\n")
    assert "签名有效" in inspect(str(file), "--key", str(tmp_path / "vkey"))


def test_rows_are_shown_with_their_contacts_sealed(file):
    said = inspect(str(file), "--rows", "posts")
    assert samples.contact("posts", "P1") in said
    assert "13800000000" not in said


def test_an_unknown_table_is_wrong_usage(file):
    assert CliRunner().invoke(register, ["inspect", str(file), "--rows", "people"]).exit_code == 2


def test_a_damaged_file_is_refused_without_a_key_too(file):
    file.write_bytes(file.read_bytes().replace(b"\tG1\t", b"\tG9\t", 1))
    with pytest.raises(Invalid, match="不是完整的交存文件"):
        inspect(str(file))
