"""The demo city: all is invented and every page says so; its truth is known, and the scores come near."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

import demo.survey
import survey.app
from demo import commands, people
from demo.city import build
from demo.serve import both
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.deposits import rules as deposit_keys
from survey.letters.queries import frame_answers
from survey.models.deposited import ListEntry
from survey.models.scores import ScoreRelease
from survey.models.waves import SampleUnit, Wave
from survey.scores.queries import biases as biases_of
from survey.scores.queries import releases
from survey.waves.queries import terms
from tests.support import street as streets
from tests.support.browser import DESK, chromium, keep, picture, violations, window
from tests.support.crawl import visitor
from tests.support.street import street

pytestmark = pytest.mark.server
__all__ = ["street"]

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def city():
    """One street of the city."""
    return streets.city()


@pytest.fixture(scope="module")
def place(tmp_path_factory, street):
    """The demo of that street."""
    return streets.copied(street, tmp_path_factory.mktemp("demo") / "data")


@pytest.fixture
def survey_session(place):
    """The independent side's database."""
    database = Database(place.survey().database_url)
    with database.reading() as session:
        yield session
    database.dispose()


def test_the_greeting_gives_a_letter_s_code_and_the_page_knows_it(place, survey_session):
    story = place.story()
    said = commands._greeting(place, story)
    assert f"{place.survey_url}/frame" in said
    assert story["letter"] in said
    assert frame_answers.at_newest_freeze(survey_session, story["letter"]).inside
    # A demo that was made before there were letters has none to tell of.
    assert "/frame" not in commands._greeting(place, {k: v for k, v in story.items() if k != "letter"})


def test_grids_with_a_list_are_drawn_apart(survey_session):
    wave = survey_session.get_one(Wave, "demo-1")
    split = terms.split(survey_session, wave.label)
    assert split == {
        grid
        for _staff, grid in survey_session.execute(
            select(ListEntry.staff_code, ListEntry.grid_code).distinct()
        )
    }
    assert split


def test_equal_seeds_give_equal_cities(city):
    assert build(streets.SEED, size=streets.SIZE) == city
    assert build(streets.SEED + 1, size=streets.SIZE) != city


def test_equal_seeds_draw_the_same_households_after_the_same_event(tmp_path, city):
    samples = []
    for name, at in {"one": NOW, "two": NOW}.items():
        keys = Keyring(tmp_path / name)
        database = Database(f"sqlite:///{tmp_path / name}.db")
        upgrade("survey", database)
        bench = demo.survey.Bench(database, Vault(keys), deposit_keys.opener(keys), city)
        demo.survey.found(bench, now=at)
        demo.survey.ceremony(bench, "w", now=at)
        with database.reading() as session:
            samples.append(session.scalars(select(SampleUnit.unit).order_by(SampleUnit.unit)).all())
        database.dispose()
    assert samples[0]
    assert samples[0] == samples[1]


def test_one_wave_is_called_and_one_is_ready_to_call(survey_session):
    states = survey_session.scalars(select(Wave.state).order_by(Wave.frozen_at)).all()
    assert states == ["closed", "drawn"]


def test_the_score_of_the_whole_comes_near_the_truth(survey_session, city):
    release = survey_session.scalars(select(ScoreRelease)).one()
    whole = next(
        row
        for row in releases.rows_of(release)
        if (row.level, row.den, row.item) == ("city", "rated", "overall")
    )
    # One draw, another in each run, and the content are somewhat more willing to talk: three points too high.
    # How often intervals hold the truth is judged over many cities (`python -m demo.check`), not by one.
    wide = 2 * max(whole.high - whole.estimate, whole.estimate - whole.low)
    assert abs(whole.estimate - city.truth) <= wide


def test_a_table_from_outside_weighs_so_that_no_row_says_nobody_corrected_for_who_answers(survey_session):
    made = survey_session.scalars(select(ScoreRelease)).one()
    used = releases.margins(made)
    assert used.met == ["age", "tenure"]
    assert not [row for row in releases.rows_of(made) if "19" in row.footnotes.split(";")]


def test_the_lists_page_says_by_how_much_and_how_surely(place):
    app = survey.app.create_app(place.survey())
    shown = html.unescape(visitor(app, "assessor").get("/scores/demo-1/lists").text)
    assert re.search(r"只问名单上的人，满意的比例会偏高约 [0-9.]+ 个百分点（95% 置信区间 .+）", shown)
    app.extensions["huying"].database.dispose()


def test_two_places_are_compared_by_their_difference_and_unlike_ones_not_at_all(place):
    app = survey.app.create_app(place.survey())
    assessor = visitor(app, "assessor")
    path = "/scores/demo-1/differences"
    offered = re.findall(r'value="((?:city|street|community)/[^"]+)"', assessor.get(path).text)
    one, other = [each for each in offered if each.startswith("community/")][:2]
    compared = html.unescape(assessor.get(path, query_string={"one": one, "other": other}).text)
    assert re.search(
        "相比，总体满意的比例估计(一样高|[高低] [0-9.]+ 个百分点)（95% 区间 .+），(超出误差|在误差以内)",
        compared,
    )
    unlike = assessor.get(path, query_string={"one": one, "other": offered[0]}).text
    assert "只比较同一层级的两个地方" in unlike
    nowhere = assessor.get(path, query_string={"one": one, "other": "grid/nowhere"}).text
    assert "公布的数里没有“nowhere”" in nowhere
    app.extensions["huying"].database.dispose()


def test_distorted_lists_are_seen_to_be_biased(survey_session, city):
    distorted = {worker.code for worker in city.workers if worker.distorted}
    label = survey_session.scalars(select(ScoreRelease.wave_label)).one()
    biases = {each.staff_code: each.bias for each in biases_of.list_bias(survey_session, label)}
    shown = [bias for code, bias in biases.items() if code in distorted and bias is not None]
    assert shown
    assert sum(shown) / len(shown) > 0.1


def test_a_made_demo_is_served_as_it_was_made_and_ctrl_c_ends_both_sides(place):
    ports = ("--public-port", str(place.public_port), "--survey-port", str(place.survey_port))
    command = [sys.executable, "-m", "huying", "demo", "--data", str(place.data), *ports]
    made = (place.data / "demo.json").stat().st_mtime_ns
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    for url in (place.public_url, place.survey_url):
        _await(f"{url}/healthz")
    text = "".join(iter(process.stdout.readline, "按 Ctrl-C 结束。\n"))
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0
    for url in (place.public_url, place.survey_url):
        with pytest.raises(urllib.error.URLError):
            urllib.request.urlopen(url, timeout=2)
    assert all(person.login in text for person in (*people.PUBLIC, *people.SURVEY))
    assert json.loads((place.data / "demo.json").read_text(encoding="utf-8"))["poster"] in text
    assert (place.data / "demo.json").stat().st_mtime_ns == made, "nothing is made anew"


def _await(url: str) -> None:
    for _ in range(400):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    message = f"{url} doesn't answer"
    raise AssertionError(message)


LOOKS = (
    ("public", None, "/receipt/{receipt}", "receipt"),
    ("public", "worker", "/worker/", "worker"),
    ("public", "office", "/office/", "office"),
    ("survey", "drawer", "/waves/", "waves"),
    ("survey", "assessor", "/scores/{wave}", "scores"),
    ("survey", "assessor", "/scores/{wave}/lists", "lists"),
)


@pytest.mark.browser
def test_its_pages_are_accessible_and_fit_a_narrow_screen(place, survey_session):
    label = survey_session.scalars(select(ScoreRelease.wave_label)).one()
    names = {**place.story(), "wave": label}
    with both(place), chromium() as browser:
        for side, login, path, name in LOOKS:
            page = window(browser, script=True).new_page()
            url = getattr(place, f"{side}_url")
            if login:
                page.goto(f"{url}/sign-in")
                page.get_by_label("登录名").fill(login)
                page.get_by_label("密码").fill(people.PASSWORD)
                page.get_by_role("button", name="登录").click()
            page.goto(url + path.format(**names))
            picture(page, f"demo-{name}")
            if name == "scores":
                page.set_viewport_size(DESK)
                keep(page, "readme", scale="css")
            assert violations(page) == [], name
            page.context.close()
