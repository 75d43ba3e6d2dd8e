"""Small faults are planted in plain Python, one at a time, and tests that look at nothing are found out."""

from __future__ import annotations

import ast
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

import pytest

from bench.mutation.covering import Coverage, Record
from bench.mutation.operators import ARITHMETIC, COMPARISONS, JUNCTIONS
from bench.mutation.planting import Mutant, mutants
from bench.mutation.reporting import interval, report
from bench.mutation.running import Sample
from bench.mutation.source import Source
from bench.mutation.verdicts import KILLED, SURVIVED, Known, Task, Verdict

ROOT = Path(__file__).parents[2]
SMALL = """
LIMIT = 3


def grown_up(age):
    return age >= 18


def few(number):
    return number < LIMIT
"""
TESTS = """
import small


def test_at_eighteen_one_is_grown_up():
    assert small.grown_up(18)
    assert not small.grown_up(17)


def test_something_is_few():
    assert small.few(1)
"""
FROZEN = """
import gc


def pytest_collection_finish():
    gc.freeze()
"""
"""Our own tests do so: what is put aside must be found again, or no fault reaches it."""


def planted(text: str) -> list[tuple[str, str, str]]:
    found = mutants(Source("small", Path("small.py"), dedent(text).encode()))
    return [(each.operator, each.before, each.after) for each in found]


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        ("comparison", "x = a < b", "x = a <= b"),
        ("comparison", "x = a == b", "x = a != b"),
        ("comparison", "x = a is not b", "x = a is b"),
        ("comparison", "x = 0 < a <= b", "x = 0 < a < b"),
        ("boolean", "x = a and b", "x = a or b"),
        ("boolean", "x = not a", "x = a"),
        ("arithmetic", "x = a + b", "x = a - b"),
        ("arithmetic", "x = (a) * (b)", "x = (a) / (b)"),
        ("arithmetic", "x = a @ b", "x = a * b"),
        ("arithmetic", "x -= y", "x += y"),
        ("arithmetic", "x = -y", "x = +y"),
        ("constant", "x = 3", "x = 4"),
        ("constant", "x = True", "x = False"),
        ("constant", "x = '人'", "x = '~人'"),
        ("constant", "x = rb'n'", "x = rb'~n'"),
        ("constant", "x = f'{a}: {b}'", "x = f'~{a}: {b}'"),
        ("return", "def f(): return a", "def f(): return None"),
        ("return", "def f() -> list[int]: return a", "def f() -> list[int]: return []"),
        ("return", "def f() -> bool: return a", "def f() -> bool: return False"),
        ("raise", "def f(): raise Refused(a)", "def f(): pass"),
        ("condition", "if a: b()", "if True: b()"),
        ("condition", "x = a if b else c", "x = a if False else c"),
        ("condition", "x = [a for a in b if a]", "x = [a for a in b if True]"),
        ("condition", "while a: b()", "while False: b()"),
        ("decorator", "@property", "(nothing)"),
    ],
)
def test_each_operator_plants_its_fault(operator, before, after):
    text = f"{before}\ndef f(self): ..." if operator == "decorator" else before
    assert (operator, before, "" if after == "(nothing)" else after) in planted(text)


@pytest.mark.parametrize(
    ("kind", "faults"), [(ast.cmpop, COMPARISONS), (ast.operator, ARITHMETIC), (ast.boolop, JUNCTIONS)]
)
def test_no_operator_of_the_language_is_without_a_fault(kind, faults):
    assert set(faults) == set(kind.__subclasses__())


@pytest.mark.parametrize(
    "text",
    [
        '"""A docstring."""',
        'def f():\n    """A docstring."""',
        "def f(x: 'int' = y) -> 'int': ...",
        "__all__ = ['f']",
        "x: Literal['a', 1]",
        "Kind = Literal['a', 'b']",
        "raise_ = Refused(_('一句话'), why)",
        "x = lazy('一句话')",
        "if TYPE_CHECKING:\n    x = 1",
        "T = TypeVar('T')",
        "x = dataclass(frozen=True, slots=True)",
        "@cache\ndef f(): ...",
        "def f(): return None",
    ],
)
def test_what_only_explains_is_left_alone(text):
    assert planted(text) == []


def test_a_fault_keeps_every_other_line_in_its_place():
    text = b"def f():\n    if (\n        a\n        and b\n    ):\n        return 1\n"
    source = Source("small", Path("small.py"), text)
    for mutant in mutants(source):
        changed = source.replaced(*mutant.edit).splitlines()
        assert len(changed) == len(text.splitlines())
        assert changed[0] == b"def f():"


@pytest.mark.parametrize("name", ["small", "nested.small"])
def test_good_tests_kill_and_bad_ones_let_live(tmp_path, name):
    module = tmp_path.joinpath(*name.split(".")).with_suffix(".py")
    module.parent.mkdir(exist_ok=True)
    module.write_text(SMALL)
    tests = tmp_path / "tests"
    tests.mkdir()
    wanted = "from nested import small" if "." in name else "import small"
    (tests / "test_small.py").write_text(TESTS.replace("import small", wanted))
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    (tests / "conftest.py").write_text(FROZEN)
    words = [str(ROOT / "bench" / "mutants.py"), "--module", name, "--tests", "tests", "--jobs", "1"]
    done = subprocess.run([sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 1
    assert survivors(done.stdout) == {
        "return number < LIMIT → return number <= LIMIT",
        "LIMIT = 3 → LIMIT = 4",
    }
    assert "killed 4 of 6" in done.stdout
    assert module.read_text() == SMALL


def test_what_was_tried_is_not_tried_again_until_a_test_changes(tmp_path):
    source = Source("small", tmp_path / "small.py", SMALL.encode())
    tasks = [Task(source, mutant, ("test_small.py::test_one",), live=True) for mutant in mutants(source)]
    verdicts = [tasks[0].verdict(KILLED, "test_small.py::test_one"), tasks[1].verdict(SURVIVED)]
    known = kept(tmp_path, tests="as they were")
    for task, verdict in zip(tasks[:2], verdicts, strict=True):
        known.keep(task, verdict)
    assert [kept(tmp_path, tests="as they were").of(task) for task in tasks[:3]] == [*verdicts, None]
    assert [kept(tmp_path, tests="changed").of(task) for task in tasks[:2]] == [None, None]


def test_a_verdict_falls_with_its_module(tmp_path):
    before, after = (Source("small", tmp_path, text.encode()) for text in (SMALL, SMALL + "\n"))
    tasks = [Task(source, mutants(source)[0], (), live=True) for source in (before, after)]
    known = kept(tmp_path, tests="")
    known.keep(tasks[0], tasks[0].verdict(SURVIVED))
    assert known.of(tasks[0])
    assert known.of(tasks[1]) is None


def kept(folder: Path, *, tests: str) -> Known:
    return Known(folder / "verdicts.jsonl", Coverage({"test_small.py": Record("", own=tests)}))


def test_a_sample_is_spread_evenly_and_the_same_for_a_seed():
    everything = list(range(1000))
    chosen = Sample(100, seed=4).of(everything)
    assert chosen == Sample(100, seed=4).of(everything) != Sample(100, seed=5).of(everything)
    assert [part // 10 for part in chosen] == list(range(100))
    assert Sample(5, seed=1).of(everything[:3]) == [0, 1, 2]


@pytest.mark.parametrize(
    ("part", "whole", "bounds"), [(15, 20, (0.5313, 0.8881)), (0, 10, (0.0, 0.2775)), (10, 10, (0.7225, 1.0))]
)
def test_the_interval_of_a_share_is_wilsons(part, whole, bounds):
    assert interval(part, whole) == pytest.approx(bounds, abs=5e-5)


def entry(verdict: str, mutant: Mutant) -> str:
    where, before, after = map(repr, mutant.key)
    return f"[[{verdict}]]\nwhere = {where}\nbefore = {before}\nafter = {after}\nreason = 'so it is'\n"


def survivors(text: str) -> set[str]:
    lines = [line.strip() for line in text.splitlines()]
    pairs = pairwise(lines)
    return {f"{one[2:]} → {other[2:]}" for one, other in pairs if one[:2] == "- " and other[:2] == "+ "}


def test_an_equivalent_one_leaves_the_rate_and_an_accepted_one_stays_in_it(tmp_path, capsys):
    first, second, *others = mutants(Source("small", Path("small.py"), SMALL.encode()))
    verdicts = [
        Verdict(first, SURVIVED),
        Verdict(second, SURVIVED),
        *(Verdict(each, KILLED) for each in others),
    ]
    table = tmp_path / "accepted.toml"
    table.write_text(entry("equivalent", first) + entry("accepted", second))
    assert report([("small", verdicts)], accepted=table, least=0.9) == 1
    printed = capsys.readouterr().out
    assert "killed 4 of 6: 66.7 %" in printed
    assert "without 1 equivalent: 80.0 %; accepted: 1" in printed
    assert report([("small", verdicts)], accepted=table, least=0.8) == 0
    assert "no survivor any more" not in printed


def test_an_entry_for_what_was_killed_is_named(tmp_path, capsys):
    first, *_ = mutants(Source("small", Path("small.py"), SMALL.encode()))
    table = tmp_path / "accepted.toml"
    table.write_text(entry("accepted", first))
    report([("small", [Verdict(first, KILLED)])], accepted=table, least=1)
    assert "no survivor any more" in capsys.readouterr().out
