"""The public side of the demo, made in a process of its own that loads nothing of the independent side."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from demo import public
from demo.cases import Cases
from demo.city import City, CitySize, build
from demo.hotline import Hotline
from demo.place import DemoFolder
from demo.progress import DemoCalendar, DemoWatch, Teller, calendar
from feedback.deposit import operations
from feedback.models import db as public_tables
from huying.base import clock
from huying.base.phones import Vault
from huying.deposit.periods import period_of
from huying.store.db import Database
from huying.store.migrate import upgrade


def tell_story(place: DemoFolder, seed: int, size: CitySize, now: datetime, tell: Teller) -> dict[str, str]:
    """Make the public side in a process of its own."""
    city = build(seed, size=size)
    return _public(place, city, calendar(city, now=now), DemoWatch(tell))


def _public(place: DemoFolder, city: City, dates: DemoCalendar, watch: DemoWatch) -> dict[str, str]:
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


def leave(place: DemoFolder, database: Database, *, now: datetime) -> Path:
    """Make the deposit of the week before `now`, leave it as a file in a folder, and return which."""
    settings, file = place.public(), deposited(place, now)
    with database.transaction() as session:
        made = operations.make(
            session, period=_period(now), keys=settings.keys, origin=settings.origin, now=now
        )
        data = made.file
    file.parent.mkdir(exist_ok=True)
    draft = file.with_suffix(".draft")
    draft.write_bytes(data)
    return draft.replace(file)


def _period(now: datetime) -> str:
    return period_of(clock.local(now).date() - timedelta(weeks=1))


def deposited(place: DemoFolder, now: datetime) -> Path:
    """Return where the deposit that is made at `now` lies."""
    return place.data / "deposits" / f"deposit-{_period(now)}.zip"
