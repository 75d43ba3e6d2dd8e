"""Say which branches of the policy its plain tests take: those that need no database, server or browser.

python bench/covered.py                     # exit 1 below 98 %
python bench/covered.py --tests tests/survey/waves --module survey.waves.rules
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import coverage
import pytest

from bench.mutants import FIXTURES, MARKS, TESTS, policy
from bench.mutation.covering import Plan
from bench.mutation.imports import sources

LEAST = 98.0
REWRITTEN = "ignore::pytest.PytestAssertRewriteWarning"


class _Plain:
    """A pytest plugin that leaves out what is no plain test."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._plan.plain(item)]


def _files(plan: Plan) -> list[str]:
    found = sources(Path.cwd())
    wanted = tuple(f"{module}." for module in plan.modules)
    return [str(path) for name, path in found.items() if f"{name}.".startswith(wanted)]


def main() -> int:
    """Run the tests under a watch and print what no test takes."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--module", action="extend", nargs="+", help="watch these alone")
    parser.add_argument(
        "--tests", action="extend", nargs="+", help="by the tests below these folders or files"
    )
    options = parser.parse_args()
    plan = Plan(tuple(options.module or policy()), tuple(options.tests or TESTS), FIXTURES, MARKS)
    watch = coverage.Coverage(branch=True, data_file=None, config_file=False, include=_files(plan))
    os.environ.setdefault("HYPOTHESIS_PROFILE", "quick")
    watch.start()
    failed = pytest.main(
        ["-q", "-n", "0", "-m", "not slow", "-W", REWRITTEN, *plan.tests], plugins=[_Plain(plan)]
    )
    watch.stop()
    share = watch.report(show_missing=True, skip_covered=True, skip_empty=True)
    print(f"{share:.2f} %")
    return 1 if failed or share < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())
