"""Damaged, missing, huge, hostile: every bundle ends in findings and exit status 1, never in a traceback."""

from __future__ import annotations

import io
import os
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey import verify
from survey.drawing.bundle import bundle_zip
from tests.support.examples import examples
from tests.survey.verify import bundles
from tests.survey.verify.bundles import Bundle

NAMES = [
    "checkpoint", "log.txt", "frame.tsv", "design.tsv", "draw.txt", "exclude.tsv", "sample.tsv", "tally.tsv",
]  # fmt: skip
DAMAGES = {
    "empty": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "without its last LF": lambda data: data[:-1],
    "with CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "with a BOM": lambda data: b"\xef\xbb\xbf" + data,
    "with an empty line": lambda data: data + b"\n",
    "with bytes that are no UTF-8": lambda data: data[:-1] + b"\xff\xfe\n",
    "of zeros": lambda data: b"\0" * 1000,
    "with a line twice": lambda data: data + data.splitlines(keepends=True)[-1],
}
SAYS = re.compile(r"(ok  |skip|FAIL) [0-9]{1,2} .+|note .+|(NOT VERIFIED|verified) .+")


@pytest.fixture(scope="module")
def honest() -> Bundle:
    return bundles.honest()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, honest) -> Path:
    place = tmp_path_factory.mktemp("bundle")
    bundles.store(honest, place)
    return place


def words_for(folder: Path, path: Path | None = None) -> list[str]:
    keys = [word for key in bundles.KEYS for word in ("--key", key)]
    return [str(path or folder / "bundle.zip"), *keys, "--quorum", "2", "--seen", str(folder / "seen")]


def check(folder: Path, data: bytes) -> list[int]:
    """Check these bytes as a bundle; return the failed numbers, at least one."""
    path = folder / "bent.zip"
    path.write_bytes(data)
    return check_path(folder, path)


def check_path(folder: Path, path: Path) -> list[int]:
    status, said = bundles.run(words_for(folder, path))
    failed = bundles.numbers(said, "FAIL")
    assert (status, bool(failed)) == (1, True), said
    every = sorted(failed + bundles.numbers(said, "ok") + bundles.numbers(said, "skip"))
    assert every == list(range(1, 22))
    assert all(SAYS.fullmatch(line) for line in said.splitlines())
    return failed


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file(honest, folder, name, damage):
    if (name, damage) == ("checkpoint", "with a line twice"):
        return  # whoever signs twice still counts once
    check(folder, bundle_zip(honest.files | {name: DAMAGES[damage](honest.files[name])}))


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file(honest, folder, name):
    files = {other: data for other, data in honest.files.items() if other != name}
    check(folder, bundle_zip(files))
    place = folder / f"without {name}"
    place.mkdir()
    for other, data in files.items():
        (place / other).write_bytes(data)
    _, said = bundles.run(words_for(folder, place))
    assert re.search(f"FAIL [0-9]+ not checked: {name} is missing", said)


def test_a_missing_list_of_keys_is_no_fault(honest, folder):
    (folder / "short.zip").write_bytes(bundle_zip({n: d for n, d in honest.files.items() if n != "vkeys"}))
    assert bundles.run(words_for(folder, folder / "short.zip"))[0] == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"no zip", b"PK\5\6" + b"\0" * 18, b"PK\3\4" * 100, b"\x1f\x8b" + b"\0" * 50],
    ids=["empty", "text", "a zip of nothing", "signatures alone", "gzip"],
)
def test_what_is_no_zip_or_holds_nothing(folder, data):
    assert {1, 2, 5, 10} <= set(check(folder, data))


def test_every_cut_of_a_zip(honest, folder):
    data = bundle_zip(honest.files)
    for stop in range(0, len(data), len(data) // 60):
        check(folder, data[:stop])


def test_an_empty_folder(folder, tmp_path):
    assert {1, 2, 5, 10} <= set(check_path(folder, tmp_path))


def test_a_folder_in_place_of_a_file(honest, folder, tmp_path):
    for name, data in honest.files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "frame.tsv").unlink()
    (tmp_path / "frame.tsv").mkdir()
    assert 5 in check_path(folder, tmp_path)


def test_a_file_that_nobody_may_read_or_that_never_ends(honest, folder, tmp_path):
    for name, data in honest.files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "log.txt").unlink()
    os.mkfifo(tmp_path / "log.txt")
    (tmp_path / "frame.tsv").unlink()
    (tmp_path / "frame.tsv").symlink_to("/dev/zero")
    assert {2, 5} <= set(check_path(folder, tmp_path))


def test_a_huge_file_in_a_folder_is_not_read(honest, folder, tmp_path):
    for name, data in honest.files.items():
        (tmp_path / name).write_bytes(data)
    with (tmp_path / "frame.tsv").open("r+b") as file:
        file.truncate(2**31 + 1)
    _, said = bundles.run(words_for(folder, tmp_path))
    assert "FAIL 5 frame.tsv: can't be read: too large" in said
    assert 5 in check_path(folder, tmp_path)


def declared(data: bytes, name: str, size: int) -> bytes:
    """The zip with another size of a file declared in its directory."""
    place = data.index(name.encode(), data.index(b"PK\1\2")) - 46
    assert data[place : place + 4] == b"PK\1\2"
    return data[: place + 24] + struct.pack("<I", size) + data[place + 28 :]


@pytest.mark.parametrize(("name", "number"), [("frame.tsv", 5), ("checkpoint", 1), ("draw.txt", 8)])
def test_a_huge_file_in_a_zip_is_not_read(honest, folder, name, number):
    path = folder / "bent.zip"
    path.write_bytes(declared(bundle_zip(honest.files), name, 2**32 - 2))
    assert number in check_path(folder, path)
    _, said = bundles.run(words_for(folder, path))
    assert f"FAIL {number} {name}: can't be read: too large" in said


def test_a_checkpoint_above_its_limit(honest, folder):
    data = honest.files["checkpoint"] + b"\xe2\x80\x94 x AAAAAAAA\n" * 5000
    assert check(folder, bundle_zip(honest.files | {"checkpoint": data}))[0] == 1


def packed(files: dict[str, bytes], *, how: int) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return whole.getvalue()


def test_a_zip_bomb_that_declares_little_is_not_unpacked(honest, folder):
    data = packed(honest.files | {"frame.tsv": b"\0" * 2**26}, how=zipfile.ZIP_DEFLATED)
    assert 5 in check(folder, declared(data, "frame.tsv", 100))


def test_a_compressed_zip_is_as_good(honest, folder):
    path = folder / "packed.zip"
    path.write_bytes(packed(honest.files, how=zipfile.ZIP_DEFLATED))
    assert bundles.run(words_for(folder, path))[0] == 0


def test_compressed_bytes_that_are_bent(honest, folder):
    data = bytearray(packed(honest.files, how=zipfile.ZIP_DEFLATED))
    place = data.index(b"log.txt") + 40
    data[place : place + 30] = b"\xaa" * 30
    assert 2 in check(folder, bytes(data))


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_might_unpack_without_end_is_refused(honest, folder, how):
    assert 5 in check(folder, packed(honest.files, how=how))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_stands_twice_in_the_zip(honest, folder):
    whole = io.BytesIO(bundle_zip(honest.files))
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("sample.tsv", honest.files["sample.tsv"])
    assert check(folder, whole.getvalue()) == [10]


def test_a_zip_under_a_password(honest, folder):
    data = bytearray(bundle_zip(honest.files))
    for head, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        for match in re.finditer(re.escape(head), bytes(data)):
            data[match.start() + flags] |= 1
    check(folder, bytes(data))


@pytest.mark.parametrize("name", ["draw.txt", "checkpoint"])
@pytest.mark.parametrize("text", ["\x1b[31m", "\u202e", "９", "\0", "+", " "])
def test_odd_characters_in_a_name(honest, folder, name, text):
    lines = honest.files[name].decode().split("\n")
    lines[1 if name == "draw.txt" else 0] += text
    check(folder, bundle_zip(honest.files | {name: "\n".join(lines).encode()}))


@pytest.mark.parametrize("size", ["", "-1", "056", "1e3", "９", "9" * 6000])
def test_odd_sizes_in_a_checkpoint(honest, folder, size):
    lines = honest.files["checkpoint"].decode().split("\n")
    lines[1] = size
    assert {1, 2} <= set(check(folder, bundle_zip(honest.files | {"checkpoint": "\n".join(lines).encode()})))


EXAMPLES = examples(60)


@EXAMPLES
@given(name=st.sampled_from(NAMES), where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_any_byte_of_any_file_flipped(honest, folder, name, where, flip):
    data = bytearray(honest.files[name])
    data[int(where * len(data))] ^= flip
    check(folder, bundle_zip(honest.files | {name: bytes(data)}))


@EXAMPLES
@given(data=st.data())
def test_any_piece_of_any_file_replaced(honest, folder, data):
    name = data.draw(st.sampled_from(NAMES))
    whole = honest.files[name]
    place, gone = data.draw(st.integers(0, len(whole))), data.draw(st.integers(0, 99))
    bent = whole[:place] + data.draw(st.binary(max_size=40)) + whole[place + gone :]
    if bent != whole:
        check(folder, bundle_zip(honest.files | {name: bent}))


@EXAMPLES
@given(where=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255), stop=st.floats(0, 1))
def test_any_byte_of_the_zip_flipped_and_its_end_cut(honest, folder, where, flip, stop):
    data = bytearray(bundle_zip(honest.files))
    data[int(where * len(data))] ^= flip
    path = folder / "bent.zip"
    path.write_bytes(data[: int(stop * len(data))] if stop < 0.5 else data)
    status, said = bundles.run(words_for(folder, path))
    assert status in {0, 1}  # a flip in a time or in `vkeys` changes nothing that counts
    assert said.count("\n") >= 22


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@EXAMPLES
@given(kind=st.sampled_from(sorted(verify.FIELDS)), data=st.data())
def test_any_value_in_any_field(honest, folder, kind, data):
    """All sign it, so that the other checks meet it as well."""
    b = Bundle(dict(honest.files), honest.seen, honest.openings, honest.earlier)
    entries = b.entries
    places = [i for i, each in enumerate(entries) if each["t"] == kind]
    entry = entries[places[-1]] if places else {"t": kind, "op": "add", "role": "log", "vkey": "x"}
    field = data.draw(st.sampled_from(sorted(set(entry) - {"t"})))
    entry[field] = data.draw(JSON)
    b.files["log.txt"] = b"".join(line_of(each) + b"\n" for each in entries)
    b.seal()
    path = folder / "bent.zip"
    path.write_bytes(bundle_zip(b.files))
    status, said = bundles.run(words_for(folder, path))
    assert status in {0, 1}
    assert said.count("\n") >= 22


def line_of(entry: dict[str, object]) -> bytes:
    return verify.json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        errors="replace"
    )


def test_alone_in_an_empty_folder(folder, tmp_path):
    """Copied out, isolated, with nothing else of the project in reach."""
    program = tmp_path / "verify.py"
    program.write_bytes(Path(verify.__file__).read_bytes())
    (tmp_path / "bundle.zip").write_bytes((folder / "bundle.zip").read_bytes())
    words = [sys.executable, "-I", "-W", "error", "verify.py", "bundle.zip", "--quorum", "2"]
    for key in bundles.KEYS:
        words += ["--key", key]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False, env={"LC_ALL": "C"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[-1].startswith("verified")
    (tmp_path / "bundle.zip").write_bytes(b"PK\3\4")
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    done = subprocess.run([*words, "--key", "nonsense"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
