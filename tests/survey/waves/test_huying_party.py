"""`huying party` makes a part, keeps it for its owner alone, and needs neither database nor web framework."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from huying.base.errors import Conflict, Invalid, Refused
from survey.drawing import parts, thrown_part
from survey.waves.commands.party import register
from survey.waves.rules.parties import digest_of

THROWN = "35421" * 10


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "office" / "part"


def run(*words: str | Path, typed: str | None = None) -> Result:
    done = CliRunner().invoke(register, [str(word) for word in words], input=typed, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def test_a_part_is_made_kept_and_opened_again(file):
    digest = run("make", file).stdout.strip()
    part = run("reveal", file, "--event", "6041").stdout.strip()
    assert digest_of(digest) == parts.seal(part)
    assert run("digest", file).stdout.strip() == digest
    assert part not in digest


def test_its_file_is_for_its_owner_alone(file):
    run("make", file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    file.chmod(0o640)
    for words in (("digest", file), ("reveal", file, "--event", "6041")):
        with pytest.raises(Refused, match="chmod 600"):
            run(*words)


def test_a_part_is_never_overwritten(file):
    run("make", file)
    kept = file.read_bytes()
    with pytest.raises(Conflict, match="不覆盖"):
        run("make", file)
    assert file.read_bytes() == kept


def test_two_parts_are_never_alike(tmp_path):
    assert len({run("make", tmp_path / str(at)).stdout for at in range(5)}) == 5


def test_dice_are_typed_twice_and_not_shown(file):
    done = run("make", file, "--dice", typed=f"{THROWN}\n{THROWN}\n")
    assert THROWN not in done.output
    assert file.read_text().strip() == thrown_part.part_of(THROWN)


def test_too_few_dice_leave_no_file(file):
    with pytest.raises(Invalid, match="骰子太少"):
        run("make", file, "--dice", typed="123\n123\n")
    assert not file.exists()


def test_a_file_that_holds_no_part_is_named(file):
    run("make", file)
    file.write_text("AB" * 32)
    with pytest.raises(Invalid, match="part 里应当是"):
        run("digest", file)


def test_it_loads_neither_a_database_nor_a_web_framework(file):
    code = (
        "import sys; from survey.waves.commands.party import register; "
        f"register(['make', {str(file)!r}], standalone_mode=False); "
        "print(sorted({'sqlalchemy', 'flask', 'numpy', 'socket'} & {*sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"
