"""The making of the demo: both sides from their beginnings, each in a process, deposits between them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from demo import public, survey
from demo.cases import Cases
from demo.city import City
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
    called = tuple(last - BETWEEN_WAVES * back for back in reversed(range(city.size.waves)))
    return DemoCalendar(now, called, now - NEXT_WAVE)


def make(place: DemoFolder, city: City, *, now: datetime, tell: Teller) -> dict[str, str]:
    """Make the whole demo of `city` as of `now`; return what the greeting names."""
    dates = calendar(city, now=now)
    exchange_keys(place)
    with ProcessPoolExecutor(1) as other:
        story = other.submit(_public, place, city, dates, _Watch(tell))
        letter = _survey(place, city, dates, story=story, watch=_Watch(tell))
        return {**story.result(), "letter": letter, "seed": str(city.seed), "size": city.size.name}


class _Watch:
    """Tells what was done, and after how many seconds."""

    def __init__(self, tell: Teller) -> None:
        self.tell, self.begin = tell, time.monotonic()

    def __call__(self, text: str) -> None:
        self.tell(f"{time.monotonic() - self.begin:5.0f} 秒  {text}")


def _public(place: DemoFolder, city: City, dates: DemoCalendar, watch: _Watch) -> dict[str, str]:
    settings = place.public()
    database, vault = Database(settings.database_url, db=public_tables), Vault(settings.keys)
    cases = Cases(city, weeks=dates.weeks, now=dates.now)
    hotline = Hotline(city, weeks=dates.weeks, now=dates.now)
    try:
        upgrade("feedback", database)
        founded = public.found(database, city, vault=vault, now=dates.now)
        watch(f"公众端：{len(city.grids)} 个网格、网格员、海报")
        for moment in dates.deposits:
            cases.until(database, moment, vault=vault)
            brought = hotline.until(database, moment)
            leave(place, database, now=moment)
            watch(f"公众端：{cases.opened + brought} 件诉求，交存文件一份")
        cases.until(database, dates.now, vault=vault)
        hotline.until(database, dates.now)
        shown = public.show(database, founded.poster, vault=vault, now=dates.now)
        watch(f"公众端：{cases.opened + hotline.brought} 件诉求，做好了")
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
        watch(f"独立端：住户名册 {len(city.households)} 户")
        for moment in dates.deposits:
            label = dates.label(moment)
            take(place, database, _awaited(place, moment, story), now=moment)
            begin = survey.ceremony(bench, label, now=moment)
            watch(f"独立端：{label} 已冻结、抽样")
            if moment in dates.called:
                called = survey.call(bench, label, begin=begin)
                watch(f"独立端：{label} 打了 {called.calls} 次电话，完成 {called.completes} 份，已评分")
        return survey.letter(bench, now=dates.now)
    finally:
        database.dispose()


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
