"""What a token may read, for how long and how often, and who may hand out which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.base.errors import Forbidden, Invalid
from huying.base.i18n import Lazy, _, lazy
from survey.roles import ADMINISTRATOR
from survey.scores.rules.pipeline import CITY, COMMUNITY, GRID, STREET

PUBLISHED, FROZEN = "published", "frozen"
READS: Mapping[str, Lazy] = {
    PUBLISHED: lazy("已公布的得分"),
    FROZEN: lazy("已定下的得分，没有公布的也在内"),
}
LEVELS = (CITY, STREET, COMMUNITY, GRID)
"""From the largest areas to the smallest."""
OPEN_TO_ALL = frozenset({CITY, STREET})
"""What the pages of results show to everybody."""
FINEST: Mapping[str, Lazy] = {
    CITY: lazy("只到全市"),
    STREET: lazy("到街道"),
    COMMUNITY: lazy("到社区"),
    GRID: lazy("到网格"),
}
PREFIX = "huying_"
"""How a token begins, so that whoever finds one in a file knows what it is."""
USUAL_DAYS, MOST_DAYS = 90, 366
USUAL_AN_HOUR, MOST_AN_HOUR = 600, 10_000
LONGEST_NAME, LONGEST_PURPOSE = 64, 200


@dataclass(frozen=True, slots=True)
class TokenScope:
    """What a token reads: which releases, and areas down to which level."""

    reads: str
    finest: str

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels that it reads, the largest areas first."""
        return LEVELS[: LEVELS.index(self.finest) + 1]

    @property
    def only_published(self) -> bool:
        """Whether a release that isn't published doesn't exist for it."""
        return self.reads == PUBLISHED

    def check_level(self, level: str) -> None:
        """Raise Forbidden for a level below those that it reads."""
        if level not in self.levels:
            raise Forbidden(_("这个令牌不能读这一级的数据：%(level)s。", level=level))


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A token that is asked for: its name, what for, what it reads, for how many days, how often an hour."""

    name: str
    purpose: str
    scope: TokenScope
    days: int = USUAL_DAYS
    per_hour: int = USUAL_AN_HOUR

    def check(self) -> None:
        """Raise Invalid where a name, purpose or number is missing or out of bounds."""
        if not 0 < len(self.name.strip()) <= LONGEST_NAME:
            raise Invalid(_("请写明令牌的名称，至多 %(n)s 字。", n=LONGEST_NAME))
        if not 0 < len(self.purpose.strip()) <= LONGEST_PURPOSE:
            raise Invalid(_("请写明用途，至多 %(n)s 字。", n=LONGEST_PURPOSE))
        if not 1 <= self.days <= MOST_DAYS:
            raise Invalid(_("有效期是 1 到 %(n)s 天。", n=MOST_DAYS))
        if not 1 <= self.per_hour <= MOST_AN_HOUR:
            raise Invalid(_("每小时的次数是 1 到 %(n)s。", n=MOST_AN_HOUR))


def check_giver(role: str, scope: TokenScope) -> None:
    """Raise Forbidden where an administrator hands out more than everybody may see: they see no data."""
    if role == ADMINISTRATOR and not (scope.only_published and OPEN_TO_ALL.issuperset(scope.levels)):
        raise Forbidden(_("管理员只能发读取已公布得分、到街道为止的令牌；更细的请评估员来发。"))


def expiry(request: TokenRequest, *, now: datetime) -> datetime:
    """Return when a token that is made now ends."""
    return now + timedelta(days=request.days)


def hour_of(now: datetime) -> datetime:
    """Return the beginning of the hour that a use counts for."""
    return now.replace(minute=0, second=0, microsecond=0)


def seconds_left(now: datetime) -> int:
    """Return how many seconds of this hour are left, 1 at least."""
    return max(1, 3600 - now.minute * 60 - now.second)
