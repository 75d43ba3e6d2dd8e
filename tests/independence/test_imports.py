"""The wall in the code: contracts hold, a planted import breaks them, the public process loads no numbers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
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


PLANTS = {
    "The judged and the judges know nothing of each other": (
        "feedback/codes.py: import survey.roles",
        "survey/roles.py: import feedback.roles",
    ),
    "The ground is below both sides and mentions neither": ("huying/base/clock.py: import feedback.roles",),
    "Only the independent side and the demo reach the mathematics": (
        "feedback/roles.py: import sampling.draws.tickets",
    ),
    "The mathematics has no framework": ("sampling/draws/tickets.py: import flask",),
    "The parts of the mathematics import those below them alone": (
        "sampling/weights/base.py: import sampling.areas.direct",
        "sampling/errors.py: import sampling.designs.arrays",
    ),
    "Nothing imports in a circle": ("sampling/designs/arrays.py: import sampling.designs.labels",),
    "The rooms of the public side import those below them alone": (
        "feedback/duty/queries.py: import feedback.contacts.rules",
    ),
    "The rooms of the independent side import those below them alone": (
        "survey/registry/queries/quality.py: import survey.waves.queries.waves",
    ),
    "The rooms of the ground import those below them alone": (
        "huying/store/db.py: import huying.web.current",
    ),
    "A room's doors open one way: from pages to rules": (
        "feedback/cases/operations/steps.py: import feedback.cases.views.labels",
        "survey/waves/rules/effort.py: import survey.waves.queries.terms",
        "feedback/duty/rules.py: import feedback.duty.queries",
    ),
    "Forms know rules, no tables": ("survey/letters/forms.py: import survey.letters.queries",),
    "Pages ask queries, not the database": (
        "feedback/scan/views/scan.py: from sqlalchemy import select",
        "survey/web/views/home.py: import sqlalchemy.orm",
    ),
    "Whom to call now knows nothing of scans or cases": (
        "feedback/contacts/queries/answer.py: import feedback.models.cases",
    ),
    "Policy is plain Python": (
        "feedback/cases/rules/custody.py: import sqlalchemy",
        "survey/fieldwork/questionnaire/items.py: import flask",
    ),
    "The server carries neither typesetter nor decoder nor a carrier's client": (
        "feedback/posters/views/fleet.py: import typst",
    ),
    "A carrier's client is known to its adapter alone": ("feedback/calls/views/webhooks.py: import twilio",),
    "The stranger's checker shares no code with what it checks": (
        "survey/verify.py: import survey.drawing.tables",
    ),
}
"""Each contract, and imports that break it where they are planted."""


def _broken(said: str) -> set[str]:
    return {line.removesuffix(" BROKEN") for line in said.splitlines() if line.endswith(" BROKEN")}


@pytest.mark.parametrize(
    ("contract", "plant"), [(contract, plant) for contract, plants in PLANTS.items() for plant in plants]
)
def test_a_planted_import_breaks_its_contract(copy, contract, plant):
    module, _colon, line = plant.partition(": ")
    path = copy / module
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert contract in _broken(_contracts(copy).stdout)


def test_every_contract_is_broken_by_a_plant():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert {contract["name"] for contract in contracts} == PLANTS.keys()


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
