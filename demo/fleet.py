"""What hangs and is worn in the city: posters scanned by chance, one of them silent; badges, a duty phone."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from demo.city import City
from feedback.contacts import operations as contact_numbers
from feedback.posters.operations import badges, fleet
from feedback.posters.queries import badges as badge_queries
from feedback.posters.queries import posters as poster_queries
from feedback.posters.rules.requests import InspectionFinding
from feedback.remit import operations as powers
from feedback.remit import rules as powers_rules
from feedback.remit.rules import PowerLine
from huying.base.phones import Vault

WEEKS = 8
BUSY_HOURS = (8, 9, 11, 12, 17, 18, 19)
"""Hours of the day, as the city's clocks say, at which people pass and scan."""
HOURS_TO_UTC = 8
SILENT_FOR = timedelta(weeks=6)
LOOKED_AT = timedelta(days=40)


def equip(session: Session, city: City, hung: dict[str, str], *, vault: Vault, now: datetime) -> str:
    """Give the workers badges and the streets leaders; return the first worker's badge, as it is dialled."""
    for worker in city.workers:
        badges.issue(session, worker_code=worker.code, now=now - timedelta(weeks=20))
    shown = badge_queries.of_worker(session, city.workers[0].code)[0].dial_code
    checked = now - timedelta(days=1)
    for index, street in enumerate(sorted({grid.code[:4] for grid in city.grids})):
        contact_numbers.set_office(
            session,
            area_code=street,
            position=9,
            name=f"网格长（虚构）{index + 1}",
            number=f"+99913{index:06d}",
            vault=vault,
            verified_at=checked,
            leader=True,
        )
    phone = city.grids[2].code
    contact_numbers.set_post_phone(
        session, grid_code=phone, number="+99914000001", vault=vault, verified_at=checked
    )
    for line in (*powers_rules.SEED, PowerLine("can", "每周三上午在社区服务站值班")):
        powers.add(session, line, now=now - timedelta(weeks=20))
    _look_after(session, city, hung, now=now)
    return shown


def _look_after(session: Session, city: City, hung: dict[str, str], *, now: datetime) -> None:
    chance = random.Random(city.seed)  # noqa: S311  (invented passers-by)
    codes = [hung[grid.code] for grid in city.grids]
    silent = codes[3]
    counts: Counter[tuple[str, datetime]] = Counter()
    for code in codes:
        counts.update(_scans(chance, code, until=now - (SILENT_FOR if code == silent else timedelta())))
    fleet.store_scans(session, counts)
    for code in codes:
        poster = poster_queries.find(session, code)
        seen = now - (SILENT_FOR + LOOKED_AT if code == silent else LOOKED_AT)
        fleet.look(session, poster, InspectionFinding(genuine=True), by="keeper", now=seen)
    fleet.open_due(session, now=now)


def _scans(chance: random.Random, code: str, *, until: datetime) -> list[tuple[str, datetime]]:
    """Return a poster's scans, some eight a week, each as its hour."""
    begin = until.replace(minute=0, second=0, microsecond=0) - timedelta(weeks=WEEKS)
    found = []
    for day in range(WEEKS * 7):
        for _scan in range(chance.choice((0, 1, 1, 2))):
            hour = (chance.choice(BUSY_HOURS) - HOURS_TO_UTC) % 24
            at = (begin + timedelta(days=day)).replace(hour=hour)
            if at < until:
                found.append((code, at))
    return found
