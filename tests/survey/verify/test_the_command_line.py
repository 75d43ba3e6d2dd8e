"""What may be asked of the checker, and how it answers a wrong command: status 2 and a sentence."""

from __future__ import annotations

import base64
import hashlib
import shutil
from pathlib import Path

import pytest

from survey import verify
from tests.survey.verify import bundles

EXAMPLE = Path(__file__).parents[2] / "vectors" / "draw" / "example_bundle"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("bundle")
    bundles.store(bundles.honest(), place)
    return place


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        verify.main(list(words))
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    return said.err


def vkey(name: str, kind: int, public: bytes) -> str:
    typed = bytes([kind]) + public
    ident = hashlib.sha256(f"{name}\n".encode() + typed).hexdigest()[:8]
    return f"{name}+{ident}+{base64.b64encode(typed).decode()}"


def test_the_published_example_is_accepted_with_everything_given():
    keys = [word for key in (EXAMPLE / "vkeys").read_text().split() for word in ("--key", key)]
    more = ["--seen", str(EXAMPLE / "checkpoint.before-draw"), "--openings", str(EXAMPLE / "openings.tsv")]
    status, said = bundles.run([str(EXAMPLE), *keys, "--quorum", "2", *more])
    assert (status, bundles.numbers(said, "ok")) == (0, list(range(1, 17)))
    assert bundles.numbers(said, "skip") == [17, 18, 19, 20, 21]
    assert said.splitlines()[-1] == "verified 核查通过 (failed: none, skipped: 17 18 19 20 21)"
    assert "the score follows from the tally: 1154581/300000 = 3.8486" in said
    assert said.count("checkpoint.before-draw: witnessed 2026-") == 3


def test_a_folder_and_a_zip_tell_the_same(folder, tmp_path):
    keys = [word for key in bundles.KEYS for word in ("--key", key)]
    shutil.unpack_archive(folder / "bundle.zip", tmp_path)
    assert bundles.run([str(tmp_path), *keys]) == bundles.run([str(folder / "bundle.zip"), *keys])


def test_one_witness_is_asked_for_unless_told(folder):
    log = ["--key", bundles.KEYS[0]]
    path = str(folder / "bundle.zip")
    assert bundles.run([path, *log])[0] == 1
    assert bundles.run([path, *log, "--quorum", "0"])[0] == 0
    assert bundles.run([path, *log, "--key", bundles.KEYS[1]])[0] == 0


def test_checks_without_their_input_are_skipped_and_said_so(folder):
    status, said = bundles.run([str(folder / "bundle.zip"), *(w for k in bundles.KEYS for w in ("--key", k))])
    assert (status, bundles.numbers(said, "skip")) == (0, [3, 15])
    assert "skipped: 3 15" in said.splitlines()[-1]
    assert "compared with --earlier: none" in said


def test_a_kept_checkpoint_of_another_log_or_without_a_signature_fails(folder, tmp_path):
    words = bundles.store(bundles.honest(), tmp_path)
    for text in (bundles.checkpoint(b"", origin="other.example/log"), b"a photo\n", b""):
        (tmp_path / "seen").write_bytes(text)
        status, said = bundles.run(words)
        assert (status, bundles.numbers(said, "FAIL")) == (1, [3])


@pytest.mark.parametrize("words", [[], ["--quorum", "two"], ["--quorum"], ["--colour"]])
def test_a_command_that_makes_no_sense(folder, capsys, words):
    refused(capsys, str(folder / "bundle.zip"), "--key", bundles.KEYS[0], *(words or ["another"]))


def test_a_command_without_a_key_or_a_bundle(folder, capsys):
    assert "--key" in refused(capsys, str(folder / "bundle.zip"))
    assert "bundle" in refused(capsys, "--key", bundles.KEYS[0])


@pytest.mark.parametrize("option", ["", "--seen", "--openings", "--earlier"])
def test_a_path_that_leads_nowhere(folder, capsys, option):
    words = [str(folder / "bundle.zip"), "--key", bundles.KEYS[0]]
    nowhere = str(folder / "nowhere")
    said = refused(capsys, *(words if option else words[1:]), *([option] if option else []), nowhere)
    assert "nowhere" in said


def test_a_folder_where_a_file_is_asked(folder, capsys):
    refused(capsys, str(folder / "bundle.zip"), "--key", bundles.KEYS[0], "--seen", str(folder))


PUBLIC = bundles.LOG.public_key().public_bytes_raw()
X_IS_ZERO = (1 + 2**255).to_bytes(32, "little")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "log",
        "log+00000000",
        "log+00000000+AAAA",
        "+" + vkey("", 1, PUBLIC)[1:],
        vkey("log", 1, PUBLIC)[:-4],
        vkey("log", 1, PUBLIC).replace("log", "lag"),
        vkey("log", 1, PUBLIC[:31]),
        vkey("log", 1, PUBLIC + b"\0"),
        vkey("log", 1, b"\xff" * 32),
        vkey("log", 1, X_IS_ZERO),
        vkey("log", 1, (2).to_bytes(32, "little")),
        "l\udcffg+00000000+AAAA",
        "log+00000000+",
    ],
)
def test_a_key_that_is_none(folder, capsys, key):
    assert "not a key" in refused(capsys, str(folder / "bundle.zip"), f"--key={key}")


@pytest.mark.parametrize("kind", [0x06, 0xFF, 0x02])
def test_a_key_of_a_kind_that_is_not_known_yet_stops_the_check(folder, capsys, kind):
    words = [str(folder / "bundle.zip"), "--key", bundles.KEYS[0], "--key", vkey("new", kind, b"\1" * 40)]
    said = refused(capsys, *words)
    assert f"type 0x{kind:02x} is not supported: 'new'" in said
