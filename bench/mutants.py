"""Plant one small fault after the other in the policy modules and see whether their tests notice.

python bench/mutants.py                     # all of MODULES; exit 1 below 95 %
python bench/mutants.py --module survey.attempts --list
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.mutation.covering import Plan
from bench.mutation.reporting import report
from bench.mutation.running import listed, run

MODULES = (
    *("feedback.categories", "feedback.codes", "feedback.contact_choice", "feedback.custody"),
    *("feedback.deadlines", "feedback.gaps", "feedback.guesses", "feedback.ivr", "feedback.lifecycle"),
    *("feedback.pasted", "feedback.pinging", "feedback.qr", "feedback.scans", "feedback.silence"),
    *("huying.clock", "huying.errors", "huying.i18n", "huying.identity_provider", "huying.imports"),
    *("huying.keys", "huying.phones", "huying.settings", "huying.telephony.voice"),
    *("huying.ledger.canonical", "huying.ledger.keys", "huying.ledger.note", "huying.ledger.tree"),
    *("survey.attempts", "survey.dispositions", "survey.drawing", "survey.hours", "survey.questionnaire"),
)
"""Plain Python that decides; a package stands for its modules."""

TESTS = (
    *("tests/feedback/policy", "tests/survey/policy", "tests/huying/ledger", "tests/huying/telephony"),
    *("tests/huying/test_imports.py", "tests/huying/test_keys.py", "tests/huying/test_languages.py"),
    *("tests/huying/test_phones.py", "tests/huying/test_settings.py"),
    *("tests/huying/test_time_and_refusals.py", "tests/huying/test_values_stay_as_they_were_made.py"),
)
"""Where plain tests lie; what needs one of FIXTURES or bears one of MARKS is left out."""

FIXTURES = frozenset({"cluster", "database_url", "engine_name", "public_db", "survey_db"})
MARKS = frozenset({"browser", "postgres", "prism", "r", "server", "spark"})
ACCEPTED = Path(__file__).parent / "mutation" / "accepted.toml"
LEAST = 0.95


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
    parser.add_argument("--list", action="store_true", help="print the mutants and run nothing")
    options = parser.parse_args()
    plan = Plan(tuple(options.module or MODULES), tuple(options.tests or TESTS), FIXTURES, MARKS)
    if options.list:
        print("\n".join(listed(plan, root=Path.cwd())))
        return 0
    return report(run(plan, root=Path.cwd(), jobs=options.jobs), accepted=ACCEPTED, least=LEAST)


if __name__ == "__main__":
    sys.exit(main())
