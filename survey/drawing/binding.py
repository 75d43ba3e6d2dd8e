"""What a design binds beside the draw: days, hours, effort, codes, groups, auditors, witnesses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing import fields
from survey.drawing.canonical import Json

VERSION = 2
NOTHING = "none"
MOST_SHARE = 1000


@dataclass(frozen=True, slots=True)
class LateReplicate:
    """On `day`, `size` more units of each stratum are released, whatever the others said."""

    day: str
    size: int


@dataclass(frozen=True, slots=True)
class Binding:
    """The field from its first to its last day, and all that the score must follow from.

    `leastwindows` a household that nobody reached was tried in; `unworked` the largest share (per mille)
    that may be left; after `lastrelease` no replicate goes out; `armcap` (per mille) bounds a listed arm.
    `groups`, `terms`, `codes` are digests of their files; `auditors` are verifier keys; `quorum` witnesses.
    """

    first: str
    last: str
    lastrelease: str
    hours: Sequence[str]
    days: Sequence[int]
    leastwindows: int
    unworked: int
    armcap: int
    groups: str
    terms: str
    codes: str
    late: LateReplicate | None = None
    auditors: Sequence[str] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        if not self.first <= self.last:
            raise Invalid(_("访问的第一天不能晚于最后一天。"))
        if max(self.unworked, self.armcap) > MOST_SHARE:
            raise Invalid(_("比例按千分之几写，最多 1000。"))
        if not self.days or not set(self.days) <= set(range(1, 8)):
            raise Invalid(_("拨打的日子写 1 到 7，1 是星期一。"))
        if self.late and not self.first <= self.late.day <= self.last:
            raise Invalid(_("晚批要在访问期内放出。"))

    def as_fields(self) -> dict[str, Json]:
        """Return the fields of the `design` entry."""
        late: Json = NOTHING
        if self.late:
            late = {
                "day": fields.day(self.late.day),
                "r": fields.whole(self.late.size, name=_("晚批户数"), least=1),
            }
        auditors: Json = [fields.VKEY.check(each) for each in self.auditors] or NOTHING
        return {
            "v": VERSION,
            "from": fields.day(self.first),
            "until": fields.day(self.last),
            "lastrelease": self.lastrelease if self.lastrelease == NOTHING else fields.day(self.lastrelease),
            "hours": [fields.SPAN.check(span) for span in self.hours],
            "days": [*sorted(self.days)],
            "leastwindows": fields.whole(self.leastwindows, name=_("时段数")),
            "unworked": fields.whole(self.unworked, name=_("千分比")),
            "armcap": fields.whole(self.armcap, name=_("千分比")),
            "late": late,
            "groups": fields.HASH.check(self.groups),
            "terms": fields.HASH.check(self.terms),
            "codes": fields.HASH.check(self.codes),
            "auditors": auditors,
            "quorum": fields.whole(self.quorum, name=_("见证单位数")),
        }


def codes_txt(codes: Iterable[str]) -> bytes:
    """Return `codes.txt`: the closed list of outcomes, one a line, sorted."""
    return "".join(f"{fields.OUTCOME.check(code)}\n" for code in sorted(set(codes))).encode()


def digest(data: bytes) -> str:
    """Return the hash (64 hex digits) by which a file is sealed."""
    return sha256(data).hexdigest()
