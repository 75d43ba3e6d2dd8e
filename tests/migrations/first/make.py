"""Make what lies beside this: both sides' databases and keys as the first version left them.

It runs the demo of that version on a street of two grids, once on SQLite and once on PostgreSQL; everybody in
it is invented. Run it in a checkout of that version, with an environment that has its dependencies:

    git archive 964e211c --prefix=first/ | tar x -C /tmp
    cd /tmp/first && PYTHONPATH=$PWD python …/tests/migrations/first/make.py
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

from demo import cases, city, survey
from demo.make import CALLED, make
from demo.place import Place

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SEED = 20261123
OF_ITS_SERVER = re.compile(r"^(\\(un)?restrict .*|SET transaction_timeout.*|--.*)\n", re.MULTILINE)
LEDGER_KEY = "ledger-signing"
SIDES = ("public", "survey")


def small() -> city.City:
    """Make one community of two grids with a dozen and a half households each, one of them with a list."""
    city.COMMUNITIES, city.FEWEST, city.MOST, city.LISTS, city.DISTORTED = "一", 16, 20, 1, 1
    cases.CASES = 16
    survey.SAMPLE, survey.SAMPLE_WHERE_LISTED, survey.REPLICATE = 10, 12, 3
    return city.build(SEED, streets=("春",))


def on_sqlite(folder: Path) -> dict[str, str]:
    """Return the statements that make each side's database again."""
    make(Place(folder), small(), now=NOW, tell=print)
    made = {}
    for side in SIDES:
        with closing(sqlite3.connect(folder / f"{side}.db")) as base:
            made[side] = "\n".join(base.iterdump())
    return made


def on_postgresql(folder: Path) -> dict[str, str]:
    """Return the same of a PostgreSQL in which each side's role owns its tables, as was the rule then."""
    from tests.support.postgres import cluster

    with cluster() as server:
        names = {side: server.create(f"huying_{side}") for side in SIDES}
        for side, name in names.items():
            os.environ[f"HUYING_{side.upper()}_DATABASE_URL"] = server.url(name, f"huying_{side}")
        make(Place(folder), small(), now=NOW, tell=print)
        return {side: _dumped(server.url(name)) for side, name in names.items()}


def _dumped(url: str) -> str:
    address = url.replace("postgresql+psycopg", "postgresql")
    command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", address]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.sub(r"\n{2,}", "\n", OF_ITS_SERVER.sub("", said))


def keys(folder: Path) -> str:
    """Return what the files of keys hold, by their names."""
    files = sorted(path for path in (folder / "keys").rglob("*") if path.is_file())
    held = {str(path.relative_to(folder / "keys")): path.read_text(encoding="ascii") for path in files}
    return json.dumps(held, indent=1) + "\n"


def bundle(folder: Path) -> str:
    """Return the SHA-256 of every file of the called wave's bundle, as that version wrote it."""
    environment = Place(folder).environment() | {
        "HUYING_SURVEY_DATABASE_URL": f"sqlite:///{folder / 'survey.db'}"
    }
    command = [sys.executable, "-m", "huying", "survey", "wave", "bundle", CALLED, "--out", folder / "b.zip"]
    subprocess.run(command, check=True, env=environment)
    with ZipFile(folder / "b.zip") as files:
        digests = {name: sha256(files.read(name)).hexdigest() for name in sorted(files.namelist())}
    return json.dumps(digests, indent=1) + "\n"


def main() -> None:
    """Write everything beside this file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for settings in (Place(folder).public(), Place(folder).survey()):
            settings.keys.signing(LEDGER_KEY)
        for engine, made in (("sqlite", on_sqlite(folder)), ("postgresql", on_postgresql(folder))):
            for side, text in made.items():
                (HERE / f"{side}.{engine}.sql.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        (HERE / "digests.json").write_text(bundle(folder), encoding="ascii")
        (HERE / "keys.json").write_text(keys(folder), encoding="ascii")


if __name__ == "__main__":
    main()
