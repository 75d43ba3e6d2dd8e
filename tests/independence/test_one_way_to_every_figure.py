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
    "survey/fieldwork/rules/agreement.py": "interviews and their call-backs agree, no score",
    "survey/campaigns/rules/second_phase.py": "both phases, in the campaign's release alone",
    "survey/campaigns/queries/second_phase.py": "what they are computed from",
    "survey/attribution/rules/checks.py": "claimed visits and test calls, in the attribution's release alone",
    "survey/attribution/rules/parts.py": "parts of a composite, in the attribution's release alone",
}
NO_SHARES = {
    "survey/scores/views/assessor.py": "response rates",
    "survey/handover/press/method.py": "response rates",
    "survey/datafiles/rules/report.py": "response rates",
    "survey/datafiles/rules/order_effects.py": "what the order of questions does to answers",
    "survey/fieldwork/rules/board/field_rates.py": "response rates while the field runs",
    "survey/fieldwork/rules/agreement.py": "interviews and their call-backs agree",
    "survey/campaigns/rules/figures.py": "what calls confirm of cases, visits and posters",
    "survey/attribution/rules/custody.py": "whose hours unresolved cases were",
    "survey/attribution/rules/departments.py": "composites of parts that are there",
    "survey/attribution/rules/places.py": "what calls confirm of cases",
    "survey/attribution/rules/sharing.py": "whose hours unresolved cases were",
    "survey/attribution/rules/weights.py": "whether composites' weights may stand",
    "survey/attribution/rules/workers.py": "composites of parts that are there",
}
SHORTCUTS = {
    "survey/waves/rules/allocation.py": {"sampling.allocate"},
    "survey/waves/rules/planning.py": {"sampling.sizes"},
    "survey/waves/queries/control.py": {"sampling.intervals"},
}
"""What is taken from the library's top, where estimators have names too."""
MAKERS = {
    f"survey.scores.rules.{name}"
    for name in (
        "estimation",
        "waves_pooled",
        "concealing",
        "detail",
        "shares",
        "grid_model",
        "weighting",
        "release_making.make",
        "release_making.figures",
    )
}
MADE_BY = {
    "survey/scores/operations/computing.py": "makes the release that is frozen",
    "survey/laws.py": "makes each release once more and compares",
    "survey/judged/queries/recounts.py": "held against what was frozen, told as equal or not",
    "survey/scores/queries/score_inputs.py": "which margins weigh",
    "survey/scores/queries/biases.py": "weights of listed and others",
    "survey/datafiles/queries/packages.py": "the weight of each complete, for statisticians",
    "survey/handover/rules/rows.py": "the units in a package for auditors",
    "survey/handover/queries/packages.py": "makes a release again, for auditors",
}
UNROUNDED = {
    "survey/waves/queries/last_fit.py": "the planner: how grids differed",
    "survey/scores/queries/standings.py": "the six conditions: what refuses, never by how much",
    "survey/judged/queries/recounts.py": "held against what was counted again",
    "survey/laws.py": "compared with what is made again",
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


def test_no_page_command_or_bundle_calls_what_makes_figures():
    callers = {
        path
        for path, module in _modules().items()
        if any(
            name == maker or name.startswith(f"{maker}.") for name in _imported(module) for maker in MAKERS
        )
    }
    assert {path for path in callers if not path.startswith(RULES)} == set(MADE_BY)


def test_no_estimator_is_taken_from_the_librarys_top():
    taken = {}
    for path, module in _modules().items():
        names = {name for name in _imported(module) if name.split(".")[0] == "sampling"}
        if short := {name for name in names if name.count(".") <= 1}:
            taken[path] = short
    assert taken == SHORTCUTS


def test_comparisons_are_the_pipelines_too():
    comparing = {
        path
        for path, module in _modules().items()
        if any(name.startswith("sampling.comparing") for name in _imported(module))
    }
    assert {path for path in comparing if not path.startswith(RULES)} == set(NO_SHARES)


def test_unrounded_figures_are_read_where_none_of_them_is_shown():
    readers = {
        path
        for path, module in _modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr == "detail"
        and isinstance(node.value, ast.Name)
        and node.value.id in {"ScoreRelease", "release", "made"}
    }
    assert readers == set(UNROUNDED)
