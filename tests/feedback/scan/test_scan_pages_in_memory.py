"""Scan pages that are kept in memory are at every second what a fresh one would be."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.test import Client

from feedback.app import create_app
from feedback.contacts.queries import numbers
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.models import Duty
from feedback.posters.operations import posters
from feedback.posters.queries import posters as poster_queries
from feedback.reach.operations import reports
from feedback.remit import operations as powers
from feedback.remit import rules as powers_rules
from feedback.scan.rules import stamps
from feedback.scan.views import cache as scan_cache
from huying.base import clock
from tests.feedback.browsing import ORIGIN
from tests.feedback.neighbourhood import NOW, POSTER, RETIRED, settings_in
from tests.support.examples import examples

WORKERS = ("w1", "w2")


class Counting:
    """The app, counting what reaches it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.asked = app, 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.asked += 1
        return self.app(environ, start_response)


@pytest.fixture
def app(data: Path) -> Iterator[Flask]:
    """The app over a database with its triggers."""
    made = create_app(settings_in(data))
    _add_triggers(made)
    yield made
    made.extensions["huying"].database.dispose()


def _add_triggers(app: Flask) -> None:
    reach_revision = importlib.import_module("feedback.migrations.versions.0008_reach")
    with app.extensions["huying"].database.transaction() as session:
        for statement in reach_revision._triggers("sqlite"):
            session.execute(text(statement))


@pytest.fixture
def kept(app: Flask) -> scan_cache.ScanCache:
    """A cache that looks for changes at every request, before an app that counts."""
    installation = app.extensions["huying"]
    return scan_cache.ScanCache(
        Counting(app), database=installation.database, key=installation.keys.raw(stamps.KEY), every=0
    )


@pytest.fixture
def place(app: Flask) -> Any:
    return app.extensions["huying"]


def stamped(app: Flask, code: str = POSTER) -> str:
    key = app.extensions["huying"].keys.raw(stamps.KEY)
    return f"/p/{code}/{stamps.make(key, code=code, at=clock.now())}"


def get(app: Any, path: str, **headers: str) -> Any:
    return Client(app).get(path, base_url=ORIGIN, headers=headers)


def test_the_second_request_is_answered_from_memory_by_the_very_same_bytes(app, kept) -> None:
    path = stamped(app)
    first, second = get(kept, path), get(kept, path)
    assert kept._app.asked == 1
    assert (first.data, first.status) == (second.data, second.status)
    assert dict(first.headers) == dict(second.headers)
    assert first.data == get(app, path).data


def test_another_stamp_gets_its_own_time(app, kept, moment) -> None:
    first = get(kept, stamped(app))
    moment.shift(120)
    second = get(kept, stamped(app))
    assert kept._app.asked == 1
    assert "10:00 生成" in first.text
    assert "10:02 生成" in second.text
    assert f'data-until="{(int(NOW.timestamp()) + 720) * 1000}"' in second.text


def test_languages_and_large_type_are_pages_of_their_own(app, kept) -> None:
    path = stamped(app)
    texts = {
        get(kept, path).text,
        get(kept, f"{path}?big=1").text,
        get(kept, f"{path}?lang=en").text,
    }
    assert len(texts) == 3
    assert get(kept, path, **{"Accept-Language": "en"}).headers["Content-Language"] == "en"


def test_a_forged_or_old_stamp_is_never_answered_from_memory(app, kept, moment) -> None:
    path = stamped(app)
    get(kept, path)
    assert get(kept, path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 303
    moment.shift(601)
    assert get(kept, path).status_code == 303


def _close_duty(session: Any) -> None:
    row = duty_queries.current(session, "g3", at=NOW)
    duty.close(session, row.id, at=NOW, by="x", now=NOW)


def _cover(session: Any) -> None:
    put(session, "w2", layer=1, start=NOW - timedelta(hours=1), end=NOW + timedelta(hours=1))


def _fail(session: Any) -> None:
    reports.fail(session, numbers.of_worker(session, "w1")[0].id, now=NOW)


def _doubt(session: Any) -> None:
    reports.doubt(session, numbers.of_worker(session, "w1")[0].id, now=NOW)


def _checked(session: Any) -> None:
    numbers.of_worker(session, "w1")[0].verified_at = NOW


def _retire(session: Any) -> None:
    posters.retire(session, POSTER, reason="torn", replaced_by=None, now=NOW)


def _power(session: Any) -> None:
    powers.add(session, powers_rules.PowerLine("can", "帮您跑腿"), now=NOW - timedelta(minutes=1))


def put(session: Any, worker: str, *, layer: int, start: Any, end: Any) -> None:
    session.add(
        Duty(
            grid_code="g3",
            worker_code=worker,
            layer=layer,
            valid_from=start,
            valid_to=end,
            recorded_at=NOW,
            recorded_by="x",
        )
    )


@pytest.mark.parametrize(
    "change", [_close_duty, _cover, _fail, _doubt, _checked, _retire, _power], ids=lambda each: each.__name__
)
def test_every_change_that_a_page_hangs_on_is_seen_at_the_next_look(app, kept, place, change) -> None:
    path = stamped(app)
    get(kept, path)
    with place.database.transaction() as session:
        change(session)
    after, fresh = get(kept, path), get(app, path)
    assert (after.status_code, after.data) == (fresh.status_code, fresh.data)
    assert kept._app.asked == 2


def test_what_a_page_does_not_hang_on_leaves_it_in_memory(app, kept, place) -> None:
    path = stamped(app)
    get(kept, path)
    with place.database.transaction() as session:
        poster_queries.find(session, POSTER).posted_at = NOW
    get(kept, path)
    assert kept._app.asked == 1


def test_between_two_looks_a_page_may_live_on_for_a_second(app, place) -> None:
    cache = scan_cache.before(app)
    path = stamped(app)
    assert "王网格员" in get(cache, path).text
    with place.database.transaction() as session:
        _close_duty(session)
    get(cache, path)
    cache._changes._looked -= scan_cache.LOOK_EVERY
    assert "现在没有网格员" in get(cache, path).text


def test_a_retired_poster_is_not_kept(app, kept) -> None:
    for _twice in range(2):
        assert get(kept, f"/{RETIRED}").status_code == 410
    assert kept._app.asked == 2


@examples(10)
@given(
    edges=st.lists(st.integers(1, 3000), min_size=2, max_size=8, unique=True),
    looks=st.lists(st.integers(0, 3000), min_size=5, max_size=12),
)
def test_at_every_second_around_every_edge_it_says_what_a_fresh_page_says(
    data: Path, tmp_path_factory: pytest.TempPathFactory, edges: list[int], looks: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("edges")
    shutil.copytree(data, folder / "data")
    app = create_app(settings_in(folder / "data"))
    _add_triggers(app)
    installation = app.extensions["huying"]
    cache = scan_cache.ScanCache(
        app, database=installation.database, key=installation.keys.raw(stamps.KEY), every=3600
    )
    ordered = sorted(edges)
    with installation.database.transaction() as session:
        numbers.of_worker(session, "w2")[0].verified_at = NOW
        for place_, (start, end) in enumerate(zip(ordered[::2], ordered[1::2], strict=False)):
            put(
                session,
                WORKERS[place_ % 2],
                layer=1,
                start=NOW + timedelta(seconds=start),
                end=NOW + timedelta(seconds=end),
            )
    moments = sorted({*looks, *(edge + near for edge in ordered for near in (-1, 0, 1))})
    for second in moments:
        with time_machine.travel(NOW + timedelta(seconds=second), tick=False):
            path = stamped(app)
            assert get(cache, path).data == get(app, path).data
    installation.database.dispose()
