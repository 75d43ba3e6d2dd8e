"""The public package adds up to every figure of streets and above, made of the published table alone."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from survey.handover.rules import limits_again, public_package
from survey.handover.rules.public_package import Place
from survey.scores.rules.release import ScoreRow
from tests.survey.browsing import Visitor
from tests.survey.world import ORIGIN, WAVE

ROW = ScoreRow(
    "w", "city", "C", "云川市", "", "overall", "rated", 600, 150, 0.7, 0.62, 0.77, 0.69, 1.0, None, "", "A"
)
FRAME = [
    Place("C", "city", None, 9_000),
    Place("S1", "street", "C", 4_000),
    Place("S2", "street", "C", 5_000),
    Place("K1", "community", "S1", 2_500),
    Place("K2", "community", "S1", 1_500),
]
HIDDEN = {"n": None, "estimate": None, "low": None, "high": None, "unweighted": None, "status": "Q"}


SILENCE = 0.09


def shown(row: ScoreRow, estimate: float, n: int, unweighted: float, *, den: str) -> ScoreRow:
    low, high = limits_again.limits(estimate, n, silence=SILENCE)
    figures = {"estimate": estimate, "n": n, "unweighted": unweighted, "low": low, "high": high}
    return replace(row, den=den, **figures)


def rows() -> list[ScoreRow]:
    """A city, one street shown with a community of its two, and one hidden, with both denominators."""
    street = replace(ROW, level="street", unit="S1", name="一", asked=250)
    community = replace(street, level="community", unit="K1", asked=150)
    hidden = [replace(street, unit="S2", **HIDDEN), replace(street, level="community", unit="K2", **HIDDEN)]
    return [
        shown(ROW, 0.7, 150, 0.69, den="rated"),
        shown(street, 0.712, 60, 0.69, den="rated"),
        shown(community, 0.65, 40, 0.66, den="rated"),
        shown(ROW, 0.2, 590, 0.175, den="all"),
        shown(street, 0.21, 250, 0.166, den="all"),
        shown(community, 0.18, 150, 0.176, den="all"),
        *hidden,
        *(replace(row, den="all") for row in hidden),
    ]


def made(table: list[ScoreRow]) -> dict[str, bytes]:
    return public_package.files(table, FRAME, digest="0" * 64, response_rate=0.4, odds=0.15)


def checked(files: dict[str, bytes], folder: Path) -> tuple[int, str]:
    for name, data in files.items():
        (folder / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "check.py")], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_what_too_few_answered_is_merged_and_all_that_is_shown_adds_up(tmp_path: Path) -> None:
    files = made(rows())
    cells = [line.split(",")[1] for line in files["cells.csv"].decode().splitlines()[1:]]
    assert cells == ["K1", "S1*", "*"]
    status, said = checked(files, tmp_path)
    assert (status, said.strip()) == (0, "as printed 4, different 0, not made 0"), said


def test_a_figure_changed_after_the_package_was_made_is_named(tmp_path: Path) -> None:
    files = made(rows())
    files["scores.csv"] = files["scores.csv"].replace(b"0.712", b"0.713")
    status, said = checked(files, tmp_path)
    assert status == 1
    assert "differs: S1 overall rated" in said


def test_two_cities_that_print_the_same_table_have_the_same_package() -> None:
    """It takes rows and sizes of the frame, and nothing else: a solver that has the table gains nothing."""
    assert made(rows()) == made(rows())
    assert set(public_package.files.__annotations__) == {
        "rows",
        "frame",
        "digest",
        "response_rate",
        "odds",
        "return",
    }


@given(
    share=st.integers(1, 999).map(lambda each: each / 1000),
    worth=st.floats(5, 5_000),
    off=st.floats(-0.0004, 0.0004),
)
@settings(max_examples=40)
def test_limits_as_printed_come_out_again(share: float, worth: float, off: float) -> None:
    printed = limits_again.limits(min(max(share + off, 0.0005), 0.9995), worth, silence=0.09)
    found = limits_again.found(share, *printed, silence=0.09)
    assert found is not None
    assert limits_again.limits(*found, silence=0.09) == printed
    assert abs(found[0] - share) < 0.0005


def test_on_the_page_of_a_result_it_is_linked_and_agrees_with_the_table(
    visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    anybody = visit("closed")
    path = f"/results/{WAVE}/package.zip"
    assert path in anybody.open(f"/results/{WAVE}").html
    with zipfile.ZipFile(io.BytesIO(anybody.client.get(path, base_url=ORIGIN).data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    status, said = checked(files, tmp_path)
    assert status == 0, said
    assert visit("open").client.get(path, base_url=ORIGIN).status_code == 404
