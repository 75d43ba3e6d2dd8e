"""Plant one small fault after the other in the policy modules and see whether their tests notice.

python bench/mutants.py                     # all policy; exit 1 below 95 %
python bench/mutants.py --module survey.fieldwork.rules --list
python bench/mutants.py --sample 400 --seed 1   # an estimate, with its interval
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path

from bench.mutation.covering import Plan
from bench.mutation.reporting import report
from bench.mutation.running import Sample, listed, run

ROOT = Path(__file__).resolve().parents[1]
CONTRACT = "Policy is plain Python"
TESTS = ("tests/feedback", "tests/survey", "tests/huying")
"""Where plain tests lie; what needs one of FIXTURES or bears one of MARKS is left out."""

FIXTURES = frozenset({"cluster", "database_url", "engine_name", "public_db", "survey_db"})
DATABASES = frozenset({"seeds"})
"""Fixtures of whatever has a database: such tests run too slowly to judge some ten thousand mutants."""
MARKS = frozenset({"browser", "postgres", "prism", "r", "server", "spark"})
SLOW = frozenset({"slow"})
ACCEPTED = Path(__file__).parent / "mutation" / "accepted.toml"
LEAST = 0.95


def policy() -> tuple[str, ...]:
    """Return the modules that the contract of that name keeps plain; a package stands for its modules."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (plain,) = (each for each in contracts if each["name"] == CONTRACT)
    found = [path for name in plain["source_modules"] for path in ROOT.glob(name.replace(".", "/") + "*")]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in found if _is_module(path)}
    return tuple(sorted(names))


def _is_module(path: Path) -> bool:
    return path.suffix == ".py" or (path / "__init__.py").is_file()


def main() -> int:
    """Judge what is asked for and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--module", action="extend", nargs="+", help="judge these alone")
    parser.add_argument(
        "--tests", action="extend", nargs="+", help="by the tests below these folders or files"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument(
        "--sample", type=int, help="judge so many, spread evenly over all, and print an interval"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--fresh", action="store_true", help="try those again whose verdict is kept in var/")
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    options = parser.parse_args()
    plan = Plan(
        tuple(options.module or policy()),
        tuple(options.tests or TESTS),
        FIXTURES | DATABASES,
        MARKS | SLOW,
        policy(),
    )
    if options.list:
        print("\n".join(listed(plan, root=Path.cwd())))
        return 0
    sample = Sample(options.sample, options.seed) if options.sample else None
    judged = run(plan, root=Path.cwd(), jobs=options.jobs, sample=sample, fresh=options.fresh)
    return report(judged, accepted=ACCEPTED, least=LEAST, sampled=sample is not None)


if __name__ == "__main__":
    sys.exit(main())
