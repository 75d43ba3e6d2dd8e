"""A frame of 6,194 units is drawn and released by command line alone, and is what anybody computes."""

from __future__ import annotations

import csv
import hmac
import io
import random
import zipfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from huying.base.errors import Refused
from huying.store.db import Database
from survey.commands import register
from survey.drawing.codes import encode
from survey.waves.queries import waves
from tests.survey.stories import HEADING, sheet

POPULATION = Path(__file__).parents[2] / "reference" / "data" / "apipop.csv"
SIZES = {"E": (100, 20), "H": (40, 10), "M": (60, 10)}
SECRET = "5a" * 32
PARTS = {"operator": "c3" * 32, "audit-office": "7e" * 32}
BEFORE, AFTER = datetime(2026, 11, 28, tzinfo=UTC), datetime(2026, 12, 1, 3, tzinfo=UTC)
OVER = AFTER + timedelta(days=61)
SOURCE, VALUE = "dice:2026-12-01T10:00+08:00,20d10", "31415926535897932384"


def schools() -> list[tuple[str, str]]:
    with POPULATION.open(encoding="utf-8", newline="") as file:
        return [(row["cds"], row["stype"]) for row in csv.DictReader(file)]


SCHOOLS = schools()
UNITS = {code: "H" + encode(place * 7919, characters=13) for place, (code, _) in enumerate(SCHOOLS)}


def number(place: int) -> str:
    return f"+86138{place:08d}"


def registry(seed: int | None) -> bytes:
    rows = [
        (code, grid, f"No. {code}", number(place), "roster", "2026-11-01", "clerk")
        for place, (code, grid) in enumerate(SCHOOLS)
    ]
    if seed is not None:
        random.Random(seed).shuffle(rows)
    return sheet(rows, heading=HEADING[:-1])


def expected_sample() -> bytes:
    """The sample by the published rules, with nothing but the standard library."""
    frame = []
    for place, (code, grid) in enumerate(SCHOOLS):
        salt = hmac.new(bytes.fromhex(SECRET), UNITS[code].encode(), sha256).digest()[:16].hex()
        record = f'{{"addr":"No. {code}","tel":"{number(place)}"}}'
        sealed = sha256(f"huying-household/v1\n{salt}\n{record}\n".encode()).hexdigest()
        frame.append((UNITS[code], grid, sealed))
    lines = ["\t".join(row).encode() for row in sorted(frame)]
    design = "".join(
        f"{grid}\t{sum(each == grid for _, each in SCHOOLS)}\t{n}\t{r}\n" for grid, (n, r) in SIZES.items()
    )
    text = (
        f"huying-draw/v1\nwave api\nframe {len(lines)} {root(lines).hex()}\n"
        f"design {sha256(design.encode()).hexdigest()}\nbeacon {SOURCE} {VALUE}\n"
        + "".join(f"part {party} {part}\n" for party, part in sorted(PARTS.items()))
    )
    key = sha256(text.encode()).hexdigest()
    rows = []
    for grid, (n, _) in SIZES.items():
        tickets = sorted(
            (sha256((key + unit).encode()).hexdigest(), unit) for unit, at, _ in frame if at == grid
        )
        rows += [f"{grid}\t{rank}\t{ticket}\t{unit}\n" for rank, (ticket, unit) in enumerate(tickets[:n], 1)]
    return "".join(rows).encode()


def root(lines: list[bytes]) -> bytes:
    if len(lines) == 1:
        return sha256(b"\x00" + lines[0]).digest()
    half = 1 << (len(lines) - 1).bit_length() - 1
    return sha256(b"\x01" + root(lines[:half]) + root(lines[half:])).digest()


class CommandLine:
    """`huying survey …` on one database; files lie in a folder of its own."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder = folder
        url = database.engine.url.render_as_string(hide_password=False)
        self.environment = {"HUYING_DATA": str(folder / "var"), "HUYING_SURVEY_DATABASE_URL": url}

    def file(self, name: str, content: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(0o600)
        return str(path)

    def run(self, *arguments: str, at: datetime = BEFORE) -> str:
        with time_machine.travel(at, tick=True):
            return self._run(*arguments)

    def _run(self, *arguments: str) -> str:
        result = CliRunner().invoke(register, arguments, env=self.environment, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def draws(self, data: bytes) -> list[str]:
        """Every step from the registry to the release; return what the commands said."""
        design = "".join(f"{grid}\t{n}\t{r}\n" for grid, (n, r) in SIZES.items())
        codes = "".join(f"{code}\t{unit}\n" for code, unit in UNITS.items())
        files = {party: self.file(party, f"{part}\n") for party, part in PARTS.items()}
        said = [
            self.run("import-households", self.file("registry.csv", data)),
            self.run(
                "wave", "freeze", "api", "--design", self.file("sizes.tsv", design), "--beacon", SOURCE,
                "--codes", self.file("codes.tsv", codes), "--secret", self.file("secret", SECRET),
                "--out", str(self.folder / "public"), "--unworked", "1000",
            ),
        ]  # fmt: skip
        said += [
            self.run("wave", "commit", "api", "--party", by, "--part", file) for by, file in files.items()
        ]
        said.append(self.run("wave", "beacon", "api", "--value", VALUE, at=AFTER))
        said += [
            self.run("wave", "reveal", "api", "--party", by, "--part", file, at=AFTER)
            for by, file in files.items()
        ]
        return [*said, *(self.run("wave", step, "api", at=AFTER) for step in ("draw", "release"))]


@pytest.mark.parametrize("seed", [None, 7], ids=["as filed", "shuffled"])
def test_the_sample_is_the_expected_one_however_the_rows_are_ordered(
    survey_db: Database, tmp_path: Path, seed: int | None
) -> None:
    said = CommandLine(survey_db, tmp_path).draws(registry(seed))
    assert "读入 6194 户：新增 6194，" in said[0]
    assert "首批已放出：200 户。" in said[-1]
    with survey_db.reading() as session:
        assert waves.sample_tsv(session, "api") == expected_sample()
    assert len((tmp_path / "public" / "frame.tsv").read_bytes().splitlines()) == 6194
    told = "".join(said)
    assert not any(row.split("\t")[3] in told for row in expected_sample().decode().splitlines())
    check_the_bundle(survey_db, tmp_path)


def check_the_bundle(database: Database, folder: Path) -> None:
    line = CommandLine(database, folder)
    with pytest.raises(Refused, match="还没有结束"):
        line.run("wave", "bundle", "api", "--out", str(folder / "early.zip"))
    assert not (folder / "early.zip").exists()
    line.run("wave", "close", "api", at=OVER)
    line.run("estimate", "api", at=OVER)
    line.run("wave", "bundle", "api", "--out", str(folder / "api.zip"))
    with zipfile.ZipFile(io.BytesIO((folder / "api.zip").read_bytes())) as bundle:
        assert bundle.read("sample.tsv") == expected_sample()
        assert bundle.read("frame.tsv") == (folder / "public" / "frame.tsv").read_bytes()
