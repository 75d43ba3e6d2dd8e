"""The city as offices would bring it: CSV files of areas, staff, departments and households."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from demo.city import DEPARTMENTS, TYPE_NAMES, City
from demo.households import LIVED_IN
from huying.base import clock

CITY, DISTRICT = ("YC", "云川市（虚构）"), ("YC-0", "示范区（虚构）")


def areas(city: City) -> bytes:
    """Return the tree of areas from city to grid."""
    rows = {
        CITY[0]: (CITY[0], "", "city", CITY[1], ""),
        DISTRICT[0]: (*DISTRICT[:1], CITY[0], "district", DISTRICT[1], ""),
    }
    for grid in city.grids:
        street, community = grid.code[:4], grid.code[:5]
        rows.setdefault(street, (street, DISTRICT[0], "street", grid.street, ""))
        rows.setdefault(community, (community, street, "community", grid.community, ""))
        rows[grid.code] = (grid.code, community, "grid", grid.name, TYPE_NAMES[grid.kind])
    return _csv(("编号", "上级编号", "层级", "名称", "网格类型"), rows.values())


VACANT, STALE = 8, 9
"""Which of the workers has left without a successor, and whose number nobody has checked for long."""
STALE_FOR = timedelta(days=120)


def staff(city: City, *, since: datetime, verified: datetime) -> bytes:
    """Return a row a post: who holds which grid from when, with a number checked at `verified`.

    One has left the day before: their grid is vacant. One number was checked long ago.
    """
    heading = ("工号", "姓名", "网格编号", "电话", "电话核对日期", "值守开始", "值守结束")
    start, left = clock.day(since), clock.day(verified)
    return _csv(
        heading,
        (
            (
                each.code,
                each.name,
                each.grid,
                each.number,
                _checked(verified, n),
                start,
                left if n == VACANT else "",
            )
            for n, each in enumerate(city.workers)
        ),
    )


def _checked(verified: datetime, number: int) -> str:
    at = verified - STALE_FOR if number == STALE else verified
    return clock.local(at).strftime("%Y-%m-%d %H:%M")


AGES = ("18-39岁", "40-59岁", "60岁及以上")


def margins(city: City) -> str:
    """Return households by age, tenure and telephone, as the city's statistics office counts them."""
    there = [home for home in city.households.values() if home.home == LIVED_IN]
    counted = Counter(
        name
        for home in there
        for name in (
            AGES[home.age],
            "租住" if home.renting else "户籍",
            "有能用的电话" if home.number else "没有能用的电话",
        )
    )
    return "\n".join(f"{name} {number}" for name, number in sorted(counted.items()))


def departments() -> bytes:
    """Return the departments that whistles call."""
    return _csv(("编号", "名称"), DEPARTMENTS)


def households(city: City, *, recorded: datetime) -> bytes:
    """Return the household registry, each number with its source, date and author."""
    heading = ("户编号", "网格编号", "地址", "电话", "电话来源", "电话登记日期", "登记人")
    return _csv(
        heading,
        (
            (
                each.code,
                each.grid,
                each.address,
                each.number,
                "物业登记" if each.number else "",
                clock.day(recorded - timedelta(days=index % 300)) if each.number else "",
                "名册演示员",
            )
            for index, each in enumerate(city.households.values())
        ),
    )


def _csv(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
