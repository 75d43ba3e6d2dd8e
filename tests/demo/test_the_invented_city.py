"""The demo's city: who lives there, what is wrong in its registry, what its waves ask, all from one seed."""

from __future__ import annotations

from collections import Counter
from statistics import mean

import pytest

from demo import tables
from demo.city import CITY, SMALL, build
from demo.households import DEAD_LINE, LIVED_IN, MOVED_AWAY
from demo.progress import DemoWatch
from demo.respondent import Respondent
from survey.scores.rules.suppression import LEAST
from survey.scores.rules.waves_pooled import MOST


@pytest.fixture(scope="module")
def city():
    return build(7, size=SMALL)


def test_faults_of_the_registry_are_there_to_be_seen(city):
    homes = list(city.households.values())
    numbers = Counter(home.number for home in homes if home.number)
    assert any(not home.number for home in homes)
    assert any(held > 1 for held in numbers.values())
    assert any(worker.number in numbers for worker in city.workers)


def test_nobody_answers_for_an_empty_home(city):
    by = {
        life: [home for home in city.households.values() if home.home == life]
        for life in (DEAD_LINE, MOVED_AWAY)
    }
    for home in by[DEAD_LINE]:
        respondent = Respondent(home, city.seed)
        assert not any(respondent.picks_up(attempt) for attempt in range(1, 7))
        assert respondent.miss(1) == "number_suspect"
    assert by[DEAD_LINE]
    assert by[MOVED_AWAY]
    assert not any(Respondent(home, city.seed).lives_there for home in by[MOVED_AWAY])


def test_the_statistics_office_counts_who_lives_there(city):
    counted = dict(line.rsplit(" ", 1) for line in tables.margins(city).splitlines())
    living = sum(home.home == LIVED_IN for home in city.households.values())
    for margin in (tables.AGES, ("户籍", "租住"), ("有能用的电话", "没有能用的电话")):
        assert sum(int(counted[name]) for name in margin) == living


def test_older_people_and_owners_are_more_content_and_talk_more_readily(city):
    homes = list(city.households.values())

    def share(chosen, what):
        return mean(what(home) for home in homes if chosen(home))

    for what in (lambda home: home.satisfied, lambda home: home.willing):
        assert share(lambda home: home.age == 2, what) > share(lambda home: home.age == 0, what)
        assert share(lambda home: not home.renting, what) > share(lambda home: home.renting, what)


def test_a_list_names_each_number_once(city):
    for worker in city.workers:
        numbers = [city.households[code].number for code in worker.listed]
        assert len(set(numbers)) == len(numbers)
        assert all(numbers)


def test_the_waves_that_the_last_release_pools_ask_enough_to_show_grids():
    plans = [wave.plan for wave in CITY.waves]
    assert len(plans) == 2 * MOST
    assert sum(plans[-MOST:]) > LEAST
    # What was shown before would hide what differs from it by few.
    assert all(sum(plans[max(0, at - MOST) : at]) < LEAST for at in range(1, len(plans)))
    assert all(wave.sample > wave.plan for wave in CITY.waves)


def test_a_long_step_says_how_far_it_is_and_not_each_time():
    heard = []
    watch = DemoWatch(heard.append)
    watch("one", share=0.25)
    watch.sometimes("two", share=0.5)
    assert [text.split()[-2:] for text in heard] == [["25%", "one"]]
