"""The assessor's desk over a large city: size and CPU of its pages, first and second view. Markdown.

python -m bench.desk [--grids 20000]
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

from flask.testing import FlaskClient

from bench.contest import machine
from demo import people
from huying.base import settings
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.app import create_app
from survey.drawing import entries
from survey.models import LEDGER, ScoreRelease, Wave, WaveArea
from survey.models import db as tables
from survey.scores.rules.release import ScoreRow
from survey.scores.rules.release_making import FORMAT

WAVE, NOW = "w1", datetime(2026, 11, 23, tzinfo=UTC)
ITEMS = ("overall", "conduct", "result", "department", "resolved", "resolved_partly")
STREETS, COMMUNITIES = 20, 10
LIMIT_KB, LIMIT_MS = 300, 300
PATHS = {
    "city and streets": f"/scores/{WAVE}",
    "areas, first page": f"/scores/{WAVE}/areas",
    "areas below their type": f"/scores/{WAVE}/areas?standing=low",
    "a street": f"/scores/{WAVE}/areas/S00",
    "a community": f"/scores/{WAVE}/areas/S00C0",
    "a grid": f"/scores/{WAVE}/areas/G00000",
    "differences": f"/scores/{WAVE}/differences",
}


def areas(grids: int) -> Iterator[tuple[str, str | None, str, str, str]]:
    """Yield code, parent, level, name and type of each area."""
    yield "C", None, "city", "城市", ""
    for street in range(STREETS):
        yield f"S{street:02d}", "C", "street", f"第{street}街道", ""
        for community in range(COMMUNITIES):
            yield f"S{street:02d}C{community}", f"S{street:02d}", "community", f"第{community}社区", ""
    for grid in range(grids):
        above = f"S{grid % STREETS:02d}C{grid // STREETS % COMMUNITIES}"
        yield (
            f"G{grid:05d}",
            above,
            "grid",
            f"第{grid}网格",
            ("老旧小区", "商品房小区", "城乡结合部")[grid % 3],
        )


def rows(grids: int) -> list[dict[str, object]]:
    """Return the rows of a release with every item and both denominators of each area."""
    made = []
    for number, (code, _above, level, name, kind) in enumerate(areas(grids)):
        share = 0.5 + number % 40 / 100
        position = ("inside", "below_95", "above_95", "inside")[number % 4] if level == "grid" else None
        for item in ITEMS:
            for den in ("rated", "all"):
                figures = (100, 50, share, share - 0.1, share + 0.1, share, 1.0)
                row = ScoreRow(WAVE, level, code, name, kind, item, den, *figures, position, "3", "A")
                made.append(asdict(row))
    return made


def stored(database: Database, grids: int) -> None:
    """Store a wave that is over, its areas and its release."""
    with database.transaction() as session:
        people.enrol_survey(session, now=NOW)
        for line in (
            entries.frame(n=grids * 500, root="0" * 64, wave=WAVE),
            entries.design(attempts=6, sha256="0" * 64),
            entries.close(result="done", why="0" * 64),
            entries.score(mean=None, publishable=False),
        ):
            LEDGER.append(session, line, at=NOW)
        session.add(
            Wave(
                label=WAVE,
                state="closed",
                frame_root="0" * 64,
                frame_size=grids * 500,
                design_sha256="0" * 64,
                rules="{}",
                beacon_source="dice",
                frozen_at=NOW,
                closed_at=NOW,
                first_entry=0,
                last_entry=3,
            )
        )
        session.flush()
        for code, above, level, name, kind in areas(grids):
            area = {"code": code, "parent_code": above, "level": level, "name": name, "grid_type": kind}
            session.add(WaveArea(wave_label=WAVE, **area))
        body = json.dumps({"format": FORMAT, "rows": rows(grids), "response_rates": {WAVE: 0.4}})
        session.add(ScoreRelease(wave_label=WAVE, made_at=NOW, inputs_sha256="0" * 64, body=body))


def signed_in(client: FlaskClient) -> FlaskClient:
    """Return a browser of the assessor."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    given = {"login": "assessor", "password": people.PASSWORD, "csrf_token": found[1] if found else ""}
    client.post("/sign-in", data=given)
    return client


def main() -> int:
    """Make the city, open each page twice, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grids", type=int, default=20_000)
    grids = parser.parse_args().grids
    print(
        f"{machine()}\n\n| page | kB | first view, CPU ms | second, CPU ms | within |\n|---|---|---|---|---|"
    )
    held = True
    with tempfile.TemporaryDirectory() as folder:
        environ = {"HUYING_DATA": folder, "HUYING_DEMO": "1", "HUYING_SURVEY_BASE_URL": "http://127.0.0.1:1"}
        made = settings.load("survey", "HUYING_SURVEY", environ)
        database = Database(made.database_url, db=tables)
        upgrade("survey", database)
        stored(database, grids)
        database.dispose()
        client = signed_in(create_app(made).test_client())
        for name, path in PATHS.items():
            times = []
            for _view in range(2):
                begin = time.process_time()
                answer = client.get(path)
                times.append(1000 * (time.process_time() - begin))
            kb = len(answer.data) / 1000
            within = answer.status_code == 200 and kb <= LIMIT_KB and times[1] <= LIMIT_MS
            held = held and within
            print(f"| {name} | {kb:.0f} | {times[0]:.0f} | {times[1]:.0f} | {'yes' if within else 'no'} |")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
