"""The wall in the code: contracts hold, a planted import breaks them, the public process loads no numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("huying", "feedback", "survey", "sampling", "demo")
FORBIDDEN = ("survey", "sampling", "numpy", "scipy")


def _contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [lint, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their contracts, elsewhere."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_hold(copy):
    done = _contracts(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("feedback/codes.py", "import survey.roles"),
        ("survey/roles.py", "import feedback.roles"),
        ("huying/clock.py", "import feedback.roles"),
        ("feedback/roles.py", "import sampling.draws.tickets"),
        ("sampling/draws/tickets.py", "import flask"),
    ],
)
def test_a_planted_import_breaks_them(copy, module, line):
    path = copy / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    done = _contracts(copy)
    assert done.returncode != 0
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("sampling/weights/base.py", "import sampling.areas.direct", "import those below them alone"),
        ("sampling/errors.py", "import sampling.designs.arrays", "import those below them alone"),
        ("sampling/designs/arrays.py", "import sampling.designs.labels", "nothing in a circle"),
        ("sampling/estimates/stages.py", "import sampling.estimates.linearisation", "nothing in a circle"),
    ],
)
def test_a_planted_import_upwards_or_in_a_circle_breaks_the_order_of_the_mathematics(
    copy, module, line, contract
):
    path = copy / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    done = _contracts(copy)
    broken = [each for each in done.stdout.splitlines() if each.endswith("BROKEN")]
    assert any(contract in each for each in broken), done.stdout


def test_a_new_part_of_the_mathematics_needs_its_place_in_the_order(copy):
    (copy / "sampling" / "elsewhere").mkdir()
    (copy / "sampling" / "elsewhere" / "__init__.py").touch()
    done = _contracts(copy)
    assert done.returncode != 0
    assert "elsewhere" in done.stdout


def test_a_fresh_public_process_knows_neither_the_survey_nor_numbers(tmp_path):
    program = (
        "import sys; from feedback.app import create_app; create_app();"
        f"print([name for name in sys.modules if name.split('.')[0] in {FORBIDDEN}])"
    )
    environment = {**os.environ, "HUYING_DATA": str(tmp_path), "HUYING_DEMO": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_the_ground_names_no_side():
    for path in (ROOT / "huying").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "import feedback" not in text
        assert "import survey" not in text
        assert "from feedback" not in text
        assert "from survey" not in text
