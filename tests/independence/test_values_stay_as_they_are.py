"""What rules hand on is a value: nobody changes it behind the back of whoever holds it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from bench.mutants import policy
from bench.mutation.imports import sources

ROOT = Path(__file__).parents[2]
COUNTING = {
    "feedback.oversight.rules.figures.Exceptions",
    "survey.drawing.work._Field",
    "survey.fieldwork.rules.board.seat_work.SeatWork",
    "survey.fieldwork.rules.replay._Entry",
    "survey.scores.rules.published.Layers",
}
"""What is counted up row by row."""


def _changing() -> Iterator[str]:
    files, wanted = sources(ROOT), tuple(f"{name}." for name in policy())
    for name in files:
        if f"{name}.".startswith(wanted):
            yield from _of(name, ast.parse(files[name].read_bytes()))


def _of(name: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for decorator in node.decorator_list:
                told = ast.unparse(decorator)
                if told.startswith("dataclass") and "frozen=True" not in told:
                    yield f"{name}.{node.name}"


def test_every_value_of_the_policy_is_frozen_but_what_counts_up():
    assert set(_changing()) == COUNTING
