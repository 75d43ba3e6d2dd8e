"""The making of the demo: both sides from their beginnings, and the deposit carried between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from demo import public, survey
from demo.cases import Cases
from demo.city import City
from demo.place import Place
from feedback.operations import deposit
from huying import clock
from huying.db import Database
from huying.deposit.periods import period_of
from huying.ledger.keys import verifier_key
from huying.migrate import upgrade
from huying.phones import Vault
from survey.operations import accept, recipient

FIRST_DEPOSIT = timedelta(weeks=6)
NEXT_WAVE = timedelta(days=3)
CALLED, READY = "demo-1", "demo-2"
"""Labels of the wave that was called and of the one that is ready to call."""

Teller = Callable[[str], object]


def make(place: Place, city: City, *, now: datetime, tell: Teller) -> dict[str, str]:
    """Make the whole demo of `city` as of `now`; return what the greeting names."""
    ours, theirs = Database(place.public().database_url), Database(place.survey().database_url)
    try:
        tell("正在生成演示城市：网格、住户、诉求……")
        upgrade("feedback", ours)
        upgrade("survey", theirs)
        exchange_keys(place)
        return _tell(place, city, ours, theirs, now=now, tell=tell)
    finally:
        ours.dispose()
        theirs.dispose()


def _tell(
    place: Place,
    city: City,
    ours: Database,
    theirs: Database,
    *,
    now: datetime,
    tell: Callable[[str], object],
) -> dict[str, str]:
    vault, cases = Vault(place.public().keys), Cases(city, now=now)
    bench = survey.Bench(theirs, Vault(place.survey().keys), recipient.opener(place.survey().keys), city)
    then = now - FIRST_DEPOSIT
    poster = public.found(ours, city, vault=vault, now=now)
    cases.until(ours, then, vault=vault)
    carry(place, ours, theirs, now=then)
    tell("正在演示第一轮：冻结、抽样、拨打、评分……")
    survey.found(bench, now=then)
    begin = survey.ceremony(bench, CALLED, now=then + timedelta(hours=1))
    survey.call(bench, CALLED, begin=begin)
    tell("正在准备下一轮……")
    cases.until(ours, now, vault=vault)
    carry(place, ours, theirs, now=now - NEXT_WAVE)
    survey.ceremony(bench, READY, now=now - NEXT_WAVE)
    shown = public.show(ours, poster, vault=vault, now=now)
    return {"poster": shown.poster, "receipt": shown.receipt, "rating": shown.rating, "seed": str(city.seed)}


def carry(place: Place, ours: Database, theirs: Database, *, now: datetime) -> None:
    """Make the deposit of the week before `now` and carry it over, as a file in a folder."""
    period = period_of(clock.local(now).date() - timedelta(weeks=1))
    settings = place.public()
    with ours.transaction() as session:
        made = deposit.make(session, period=period, keys=settings.keys, origin=settings.origin, now=now)
        data = made.file
    folder = place.data / "deposits"
    folder.mkdir(exist_ok=True)
    (folder / f"deposit-{period}.zip").write_bytes(data)
    vkey = verifier_key(settings.origin, key=settings.keys.signing("deposit-signing")).text
    with theirs.transaction() as session:
        accept.accept(session, (folder / f"deposit-{period}.zip").read_bytes(), vkey=vkey, now=now)


def exchange_keys(place: Place) -> None:
    """Bring each side the other's public key, as two people would on paper."""
    ours, theirs = place.public(), place.survey()
    ours.keys.put("survey-recipient", recipient.public_key(theirs.keys))
    vkey = verifier_key(ours.origin, key=ours.keys.signing("deposit-signing")).text
    theirs.keys.put(recipient.DEPOSITOR, vkey)
