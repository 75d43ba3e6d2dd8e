"""Nothing but the scores' pipeline estimates: a published figure has no other way to come about."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ESTIMATES = tuple(f"sampling.{part}" for part in ("areas", "biases", "estimates", "intervals", "weights"))
RULES = "survey/scores/rules/"
PLANNING = {
    "survey/waves/rules/planning.py": "how many calls a score needs, before there is one",
    "survey/waves/queries/control.py": "errors of the registry, no score",
}
ENTRANCES = {"figures", "pooled"}
CALLERS = {f"{RULES}estimation.py", f"{RULES}waves_pooled.py"}


@cache
def _modules() -> dict[str, ast.Module]:
    files = [path for side in ("survey", "feedback", "huying") for path in (ROOT / side).rglob("*.py")]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in files}


def _imported(module: ast.Module) -> set[str]:
    """Every name that a module imports, with where it is from."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{name.name}" for name in node.names}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def test_nothing_but_the_pipelines_rules_estimates():
    strangers = {
        path
        for path, module in _modules().items()
        if any(name.startswith(ESTIMATES) for name in _imported(module))
    }
    assert {path for path in strangers if not path.startswith(RULES)} == set(PLANNING)


def test_the_pipeline_has_two_entrances_and_each_one_caller():
    callers = {
        path
        for path, module in _modules().items()
        if _imported(module) & {f"survey.scores.rules.pipeline.{name}" for name in ENTRANCES}
    }
    assert callers == CALLERS


def test_pages_and_files_read_the_release_alone():
    for path, module in _modules().items():
        if path.startswith(("survey/scores/views/", "survey/scores/queries/export")):
            rules = {name for name in _imported(module) if name.startswith("survey.scores.rules.")}
            assert not rules & {"survey.scores.rules.estimation", "survey.scores.rules.waves_pooled"}, path
