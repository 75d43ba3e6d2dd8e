"""A damaged bundle of version 2 ends in findings and exit status 1, never in a traceback."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from survey import verify
from survey.drawing.bundle import bundle_zip
from tests.survey.verify import bound, bundles

FILES = ("log.txt", "frame.tsv", "design.tsv", "draw.txt", "sample.tsv", "tally.tsv", "groups.tsv")
MORE = ("terms.json", "codes.txt", "checkpoint")
SAYS = re.compile(r"wave .+|(ok  |skip|FAIL) [0-9]{1,2} .+|note .+|(NOT VERIFIED|verified) .+")
ODD = (
    0,
    -1,
    2**53,
    "none",
    "",
    [],
    {},
    [[]],
    [["A", 1], ["A", 2]],
    {"day": "x", "r": -1},
    ["00:00-99:99"],
    None,
    True,
)
DEEP = b"[" * 5000 + b"]" * 5000


@pytest.fixture(scope="module")
def whole() -> bound.Bound:
    return bound.honest()


@pytest.fixture(scope="module")
def honest(whole) -> bound.Bound:
    """The wave without its checkpoints, whose signatures would cost more than all else; check 25 fails."""
    b = whole.copy()
    b.files = {name: data for name, data in b.files.items() if not name.startswith("checkpoints/")}
    return b


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("bundle")


def ends(b: bound.Bound, folder: Path) -> int:
    """Check as an auditor; whatever is found, it is said in whole lines."""
    status, said = bundles.run(bound.words(b, folder, auditor=True))
    assert status in {0, 1}
    assert all(SAYS.fullmatch(line) for line in said.splitlines())
    assert (status == 1) == bool(bundles.numbers(said, "FAIL"))
    return status


def fields() -> list[tuple[str, str]]:
    kinds = {
        kind: text.split() for kind, text in verify.FIELDS_2.items() if kind in {"frame", "design", "score"}
    }
    kinds["attempt"], kinds["final"] = ["day", "w", "m"], ["how", "a"]
    kinds["close"], kinds["attest"], kinds["beacon"] = ["unworked"], ["by", "sig", "tally"], ["at", "source"]
    return [(kind, text.split("=")[0].rstrip("?")) for kind, texts in kinds.items() for text in texts]


@pytest.mark.parametrize(("kind", "name"), fields())
def test_odd_values_in_a_field_that_is_signed(honest, folder, kind, name):
    for odd in ODD:
        b = honest.copy()
        try:
            b.change(b.at(kind, 0), **{name: odd})
        except Exception:  # noqa: BLE001  (what has no canonical line can't be written by this way)
            continue
        b.files["checkpoint"] = b.signed(len(b.log), "2026-12-21T09:00:00+08:00")
        ends(b, folder)


@pytest.mark.parametrize("name", [*FILES, *MORE])
@pytest.mark.parametrize("data", [b"", b"\n", DEEP, b"\xff\xfe\n", b'{"slots":7}\n', b"{}\n", b"a\tb\n" * 3])
def test_another_file_in_the_place_of_one(honest, folder, name, data):
    b = honest.copy()
    b.files[name] = data
    assert ends(b, folder) == 1


@pytest.mark.parametrize(
    "data", [b"[[[]]]", b'{"slots":[[1,2,3,4]]}', b'{"slots":[],"holidays":7}', b'{"split":[[]]}', DEEP]
)
def test_odd_terms_that_are_sealed(honest, folder, data):
    b = honest.copy()
    b.files["terms.json"] = data
    b.change(b.at("design"), terms=verify.hexsha(data))
    assert ends(b.sealed(), folder) == 1


def test_a_missing_file(honest, folder):
    for name in (*FILES, *MORE):
        b = honest.copy()
        del b.files[name]
        assert ends(b, folder) == 1


def test_openings_and_minutes_that_are_no_tables(whole, folder):
    words = bound.words(whole, folder, auditor=True)
    for file in ("openings.tsv", "minutes.tsv"):
        for data in (b"", b"\0", b"a\tb\tc\n", DEEP):
            bound.words(whole, folder, auditor=True)
            (folder / file).write_bytes(data)
            assert bundles.run(words)[0] == 1


def test_a_folder_tells_the_same_as_a_zip(whole, folder, tmp_path):
    words = bound.words(whole, folder, auditor=False)
    for name, data in whole.files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert bundles.run([str(tmp_path), *words[1:]]) == bundles.run(words)
    assert bundle_zip(whole.files) == (folder / "bundle.zip").read_bytes()
    assert json.loads(whole.files["log.txt"].splitlines()[-1])["tally"] == "full"
