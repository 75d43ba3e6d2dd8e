"""The making of the demo: both sides from their beginnings, each in a process, deposits between them."""

from __future__ import annotations

import time
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context

from demo import survey
from demo.city import City, CitySize, WaveSize
from demo.other_side import deposited, tell_story
from demo.place import DemoFolder
from demo.progress import DemoCalendar, DemoWatch, Teller, calendar
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.ledger.keys import verifier_key
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.deposits import rules as deposit_keys
from survey.deposits.operations import accept
from survey.models import db as survey_tables


def make(place: DemoFolder, city: City, *, now: datetime, tell: Teller) -> dict[str, str]:
    """Make the whole demo of `city` as of `now`; return what the greeting names."""
    dates = calendar(city, now=now)
    exchange_keys(place)
    # Started anew and told seed and size alone: nothing of this process's threads, nor its city, goes over.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        story = other.submit(tell_story, place, city.seed, city.size, now, tell)
        letter = _survey(place, city, dates, story=story, watch=DemoWatch(tell))
        wave = dates.label(dates.called[-1])
        made = {"letter": letter, "wave": wave, "seed": str(city.seed), "size": city.size.name}
        return {**story.result(), **made}


def _survey(
    place: DemoFolder, city: City, dates: DemoCalendar, *, story: Future[dict[str, str]], watch: DemoWatch
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
        survey.attribute(bench, of=dates.deposits[-1], now=dates.now)
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


def _calling(watch: DemoWatch, work: _Work, number: int, label: str) -> survey.Told:
    def tell(share: float, calls: int) -> None:
        watch.sometimes(f"独立端：{label} 打了 {calls} 次电话", share=work.at(number, 0.1 + 0.9 * share))

    return tell


def _awaited(place: DemoFolder, now: datetime, story: Future[dict[str, str]]) -> bytes:
    """Return the deposit made at `now` once the other side has left it."""
    file = deposited(place, now)
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


def exchange_keys(place: DemoFolder) -> None:
    """Bring each side the other's public key, as two people would on paper."""
    ours, theirs = place.public(), place.survey()
    ours.keys.put("survey-recipient", deposit_keys.public_key(theirs.keys))
    vkey = verifier_key(ours.origin, key=ours.keys.signing("deposit-signing")).text
    theirs.keys.put(deposit_keys.DEPOSITOR, vkey)
    theirs.keys.put(deposit_keys.PUBLIC_LEDGER, _ledger_key(ours))
