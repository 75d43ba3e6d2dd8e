"""The making of the demo: both sides from their beginnings, each in a process, deposits between them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from demo import public, survey
from demo.cases import Cases
from demo.city import City, CitySize, WaveSize, build
from demo.hotline import Hotline
from demo.place import DemoFolder
from feedback.deposit import operations
from feedback.models import db as public_tables
from huying.base import clock
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.deposit.periods import period_of
from huying.ledger.keys import verifier_key
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.deposits import rules as deposit_keys
from survey.deposits.operations import accept
from survey.models import db as survey_tables

BETWEEN_WAVES = timedelta(weeks=4)
LAST_CALLED = timedelta(weeks=6)
NEXT_WAVE = timedelta(days=3)
WEEKS_BEFORE = 2
QUIET = 5.0
"""Seconds after which a long step says how far it is."""

Teller = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class DemoCalendar:
    """When the waves of a city are frozen; the last is called no more, it is ready to be."""

    now: datetime
    called: tuple[datetime, ...]
    ready: datetime

    @property
    def deposits(self) -> tuple[datetime, ...]:
        """Return when deposits are made: right before each wave."""
        return (*self.called, self.ready)

    @property
    def weeks(self) -> int:
        """Return for how many weeks cases come in before now."""
        return (self.now - self.called[0]).days // 7 + WEEKS_BEFORE

    def label(self, at: datetime) -> str:
        """Return the label of the wave that is frozen at `at`."""
        return f"demo-{self.deposits.index(at) + 1}"


def calendar(city: City, *, now: datetime) -> DemoCalendar:
    """Return the calendar of a city's waves."""
    last = now - LAST_CALLED
    called = tuple(last - BETWEEN_WAVES * back for back in reversed(range(len(city.size.waves))))
    return DemoCalendar(now, called, now - NEXT_WAVE)


def make(place: DemoFolder, city: City, *, now: datetime, tell: Teller) -> dict[str, str]:
    """Make the whole demo of `city` as of `now`; return what the greeting names."""
    dates = calendar(city, now=now)
    exchange_keys(place)
    # Started anew and told seed and size alone: nothing of this process's threads, nor its city, goes over.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        story = other.submit(_told, place, city.seed, city.size, now, tell)
        letter = _survey(place, city, dates, story=story, watch=_Watch(tell))
        return {**story.result(), "letter": letter, "seed": str(city.seed), "size": city.size.name}


class _Watch:
    """Tells what was done, after how many seconds, and how much of one side that is."""

    def __init__(self, tell: Teller) -> None:
        self.tell, self.begin, self.last = tell, time.monotonic(), 0.0

    def __call__(self, text: str, *, share: float) -> None:
        self.last = time.monotonic() - self.begin
        self.tell(f"{self.last:5.0f} 秒 {100 * share:3.0f}%  {text}")

    def sometimes(self, text: str, *, share: float) -> None:
        """Tell it unless something was told a moment ago."""
        if time.monotonic() - self.begin - self.last > QUIET:
            self(text, share=share)


def _told(place: DemoFolder, seed: int, size: CitySize, now: datetime, tell: Teller) -> dict[str, str]:
    """Make the public side in a process of its own."""
    city = build(seed, size=size)
    return _public(place, city, calendar(city, now=now), _Watch(tell))


def _public(place: DemoFolder, city: City, dates: DemoCalendar, watch: _Watch) -> dict[str, str]:
    settings = place.public()
    database, vault = Database(settings.database_url, db=public_tables), Vault(settings.keys)
    cases = Cases(city, weeks=dates.weeks, now=dates.now)
    hotline = Hotline(city, weeks=dates.weeks, now=dates.now)
    try:
        upgrade("feedback", database)
        founded = public.found(database, city, vault=vault, now=dates.now)
        steps = len(dates.deposits) + 1
        watch(f"公众端：{len(city.grids)} 个网格、网格员、海报", share=0.1 / steps)
        for done, moment in enumerate(dates.deposits, start=1):
            cases.until(database, moment, vault=vault)
            brought = hotline.until(database, moment)
            leave(place, database, now=moment)
            watch(f"公众端：{cases.opened + brought} 件诉求，交存文件一份", share=done / steps)
        cases.until(database, dates.now, vault=vault)
        hotline.until(database, dates.now)
        shown = public.show(database, founded.poster, vault=vault, now=dates.now)
        watch(f"公众端：{cases.opened + hotline.brought} 件诉求，做好了", share=1.0)
        return {
            "poster": shown.poster,
            "dial": shown.dial,
            "badge": founded.badge,
            "receipt": shown.receipt,
            "rating": shown.rating,
        }
    finally:
        database.dispose()


def _survey(
    place: DemoFolder, city: City, dates: DemoCalendar, *, story: Future[dict[str, str]], watch: _Watch
) -> str:
    settings = place.survey()
    database = Database(settings.database_url, db=survey_tables)
    bench = survey.Bench(database, Vault(settings.keys), deposit_keys.opener(settings.keys), city)
    try:
        upgrade("survey", database)
        survey.found(bench, now=dates.called[0])
        work = _Work(city.size)
        watch(f"独立端：住户名册 {len(city.households)} 户", share=work.at(0, 0.0))
        for number, moment in enumerate(dates.deposits):
            label = dates.label(moment)
            take(place, database, _awaited(place, moment, story), now=moment)
            begin = survey.ceremony(bench, label, now=moment, asked=work.asked(number))
            watch(f"独立端：{label} 已冻结、抽样", share=work.at(number, 0.1))
            if moment in dates.called:
                called = survey.call(bench, label, begin=begin, tell=_calling(watch, work, number, label))
                text = f"独立端：{label} 打了 {called.calls} 次电话，完成 {called.completes} 份，已评分"
                watch(text, share=work.at(number, 1.0))
        return survey.letter(bench, now=dates.now)
    finally:
        database.dispose()


@dataclass(frozen=True, slots=True)
class _Work:
    """How much of the independent side's work each wave is: the registry, then completes wanted."""

    size: CitySize

    def asked(self, number: int) -> WaveSize:
        """Return what a wave asks; the one that is only made ready, as much as the last."""
        return self.size.waves[min(number, len(self.size.waves) - 1)]

    def at(self, number: int, share: float) -> float:
        """Return which part of all is done once a share of the wave of a number is."""
        plans = [1, *(1 + wave.plan for wave in self.size.waves), 1]
        return (sum(plans[: number + 1]) + share * plans[number + 1]) / sum(plans)


def _calling(watch: _Watch, work: _Work, number: int, label: str) -> survey.Told:
    def tell(share: float, calls: int) -> None:
        watch.sometimes(f"独立端：{label} 打了 {calls} 次电话", share=work.at(number, 0.1 + 0.9 * share))

    return tell


def leave(place: DemoFolder, database: Database, *, now: datetime) -> Path:
    """Make the deposit of the week before `now`, leave it as a file in a folder, and return which."""
    settings, file = place.public(), _file(place, now)
    with database.transaction() as session:
        made = operations.make(
            session, period=_period(now), keys=settings.keys, origin=settings.origin, now=now
        )
        data = made.file
    file.parent.mkdir(exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_bytes(data)
    return draft.replace(file)


def _awaited(place: DemoFolder, now: datetime, story: Future[dict[str, str]]) -> bytes:
    """Return the deposit made at `now` once the other side has left it."""
    file = _file(place, now)
    while not file.exists():
        if story.done():
            story.result()
        time.sleep(0.05)
    return file.read_bytes()


def take(place: DemoFolder, database: Database, data: bytes, *, now: datetime) -> None:
    """Accept a deposit on the independent side."""
    settings = place.public()
    vkey = verifier_key(settings.origin, key=settings.keys.signing("deposit-signing")).text
    log_vkey = _ledger_key(settings)
    with database.transaction() as session:
        accept.accept(session, data, vkey=vkey, log_vkey=log_vkey, now=now)


def _ledger_key(settings: Settings) -> str:
    return verifier_key(f"{settings.origin}/log", key=settings.keys.signing("ledger-signing")).text


def _period(now: datetime) -> str:
    return period_of(clock.local(now).date() - timedelta(weeks=1))


def _file(place: DemoFolder, now: datetime) -> Path:
    return place.data / "deposits" / f"deposit-{_period(now)}.zip"


def exchange_keys(place: DemoFolder) -> None:
    """Bring each side the other's public key, as two people would on paper."""
    ours, theirs = place.public(), place.survey()
    ours.keys.put("survey-recipient", deposit_keys.public_key(theirs.keys))
    vkey = verifier_key(ours.origin, key=ours.keys.signing("deposit-signing")).text
    theirs.keys.put(deposit_keys.DEPOSITOR, vkey)
    theirs.keys.put(deposit_keys.PUBLIC_LEDGER, _ledger_key(ours))
