"""Accepting the deposits of a city, each beside the limit of 60 s. Prints Markdown.

python bench/deposit.py FOLDER     # where `huying demo --size city --data FOLDER` has made one
"""

from __future__ import annotations

import json
import platform
import resource
import sys
import tempfile
import time
from pathlib import Path

from huying.base import clock
from huying.base.keys import Keyring
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.deposits import rules as deposit_keys
from survey.deposits.operations import accept

LIMIT = 60


def main() -> None:
    """Accept every deposit of the city into an empty database and print what each took."""
    city = Path(sys.argv[1])
    keys = Keyring(city / "keys" / "survey")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/survey.db")
        upgrade("survey", database)
        print(f"Python {platform.python_version()}, SQLite\n")
        print("| deposit | cases | KiB | s | of the limit |")
        print("|---|---|---|---|---|")
        for file in sorted((city / "deposits").glob("*.zip")):
            data, begin = file.read_bytes(), time.perf_counter()
            with database.transaction() as session:
                found = accept.accept(
                    session,
                    data,
                    vkey=keys.find(deposit_keys.DEPOSITOR) or "",
                    log_vkey=keys.find(deposit_keys.PUBLIC_LEDGER) or "",
                    now=clock.now(),
                )
                cases = json.loads(found.counts)["cases"]
            took = time.perf_counter() - begin
            print(f"| {found.period} | {cases:,} | {len(data) >> 10:,} | {took:.1f} | {took / LIMIT:.2f} |")
        database.dispose()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"\nmost memory {most} MiB")


main()
