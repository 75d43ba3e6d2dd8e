"""Days and times as people and spreadsheet programs write them; what may mean two days is refused."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.personal_numbers import quoted

EPOCH_1900, EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""Where the two kinds of spreadsheet programs begin to count days."""

SERIAL = re.compile(r"(?P<days>[1-9][0-9]{4})(?:[.](?P<part>[0-9]+))?")
SERIALS = range(20_000, 80_000)
"""Numbers that are days of 1954 to 2119 to a spreadsheet program."""

NUMBERED = re.compile(
    r"(?P<y>[0-9]{4})(?P<sign>[-/.年])(?P<m>[0-9]{1,2})(?:(?P=sign)|月)(?P<d>[0-9]{1,2})[日号]?"
)
SHORT = re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NAMED = re.compile(
    rf"(?P<d>[0-9]{{1,2}})[- ](?P<m>{'|'.join(MONTHS)})[a-z]*[- ,]+(?P<y>[0-9]{{2}}(?:[0-9]{{2}})?)"
)
DOUBTFUL = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{1,2}|[0-9]{4})")
CLOCK = re.compile(
    r"(?P<half>[上下]午|凌晨|中午|晚上)? ?(?P<h>[0-9]{1,2})[:时点](?P<min>[0-9]{1,2})?分?"
    r"(?::?(?P<s>[0-9]{1,2})(?:[.][0-9]+)?秒?)? ?(?P<english>[ap]m)?z?"
)
AFTERNOON = {"下午", "晚上", "pm"}
DAY_SECONDS = 86_400

EARLIEST = date(1980, 1, 1)
"""Before this day nobody kept the registers that are brought here."""

MOST_AHEAD = 20
"""Years ahead that a plan may reach."""

Moment = tuple[date, time | None]


@lru_cache(maxsize=20_000)
def read_moment(text: str, *, since: date = EPOCH_1900) -> Moment:
    """Return the day that a text names, with its time where there is one; raise Invalid where it is unclear.

    `since` is the day from which the file's spreadsheet program counts.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    try:
        found = _serial(plain, since) or _written(plain)
    except (ValueError, OverflowError):
        found = None
    if found is not None:
        return found
    if DOUBTFUL.fullmatch(plain.partition(" ")[0]):
        raise Invalid(_("“%(text)s”分不清哪个是月、哪个是日：请写成 2026-11-03 这样。", text=quoted(text)))
    raise Invalid(_("“%(text)s”不是日期，写法如 2026-11-03。", text=quoted(text)))


def read_day(text: str, *, since: date = EPOCH_1900) -> date:
    """Return the day that a text names; its time is left out."""
    return read_moment(text, since=since)[0]


def read_clock(text: str) -> time:
    """Return a time of day; raise ValueError where a text is none."""
    found = CLOCK.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if found is None:
        raise ValueError(text)
    hour = int(found["h"])
    if (found["half"] in AFTERNOON or found["english"] in AFTERNOON) and hour < 12:
        hour += 12
    return time(hour, int(found["min"] or 0), int(found["s"] or 0))


def check_past(day: date, *, today: date) -> date:
    """Return a day on which something was recorded; raise Invalid where it can't have been."""
    if day > today:
        raise Invalid(_("日期在今天以后，请核对。"))
    return _since_registers(day)


def check_planned(day: date, *, today: date) -> date:
    """Return a day of a plan; raise Invalid where no plan can mean it."""
    if day.year > today.year + MOST_AHEAD:
        raise Invalid(_("日期太远（%(year)d 年），请核对。", year=day.year))
    return _since_registers(day)


def _since_registers(day: date) -> date:
    if day < EARLIEST:
        raise Invalid(_("日期太早（%(year)d 年），请核对。", year=day.year))
    return day


def _serial(plain: str, since: date) -> Moment | None:
    found = SERIAL.fullmatch(plain)
    if found is None or int(found["days"]) not in SERIALS:
        return None
    day = since + timedelta(days=int(found["days"]))
    if not found["part"]:
        return day, None
    at = datetime.combine(day, time()) + timedelta(seconds=round(float(f"0.{found['part']}") * DAY_SECONDS))
    return at.date(), at.time()


def _written(plain: str) -> Moment | None:
    days, clock = _parted(plain)
    found = NUMBERED.fullmatch(days) or SHORT.fullmatch(days) or NAMED.fullmatch(days)
    if found is None:
        return None
    month = MONTHS.index(found["m"]) + 1 if found["m"].isalpha() else int(found["m"])
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    return date(year, month, int(found["d"])), read_clock(clock) if clock else None


def _parted(plain: str) -> tuple[str, str]:
    """Return a text's day and its clock, which begins with digits and a colon or a word of the day."""
    begun = re.search(
        r"(?:(?<=[0-9日号])t|[ ]|(?<=[日号])) ?(?=(?:[上下]午|凌晨|中午|晚上)? ?[0-9]{1,2}[:时点])", plain
    )
    return (plain[: begun.start()], plain[begun.end() :].strip()) if begun else (plain, "")
