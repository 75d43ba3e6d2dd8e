"""Margins from outside: households of the city by age, tenure and telephone, as others count them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import Lazy, _, lazy
from survey.drawing.canonical import Object, canonical

CATEGORIES: Mapping[str, Sequence[str]] = {
    "age": ("18-39", "40-59", "60+"),
    "tenure": ("registered", "renting"),
    "phone": ("none", "works"),
}
"""By margin, in the order in which rare categories are merged with the next."""
WORDS: Mapping[str, Lazy] = {
    "18-39": lazy("18-39岁"),
    "40-59": lazy("40-59岁"),
    "60+": lazy("60岁及以上"),
    "registered": lazy("户籍"),
    "renting": lazy("租住"),
    "none": lazy("没有能用的电话"),
    "works": lazy("有能用的电话"),
}
SPELT = {
    "18-39岁": "18-39",
    "40-59岁": "40-59",
    "60岁以上": "60+",
    "60岁及以上": "60+",
    "60+岁": "60+",
    "户籍": "registered",
    "租住": "renting",
    "没有能用的电话": "none",
    "有能用的电话": "works",
} | {name: name for names in CATEGORIES.values() for name in names}
"""What a file calls a category."""
GROUP_WORDS: Mapping[str, Lazy] = {"age": lazy("年龄"), "tenure": lazy("户籍和租住"), "phone": lazy("电话")}
APART = 10
"""The sums of the margins may differ by so many per mille: each rounds in its own way."""
LINE = re.compile(r"(.+?)[\s,;:]+(\S+?)\s*户?")
TO = re.compile("[到至~–—]")
MOST = 9
"""Digits of a count."""


@dataclass(frozen=True, slots=True)
class CityMargins:
    """Households of the city by category, in the order of CATEGORIES, as a source counts them on a day."""

    source: str
    day: date
    counts: Mapping[str, Sequence[int]]

    @property
    def content(self) -> Object:
        """What is sealed."""
        counts: Object = {name: list(self.counts[name]) for name in CATEGORIES}
        return {"counts": counts, "day": self.day.isoformat(), "source": self.source}

    @property
    def sha256(self) -> str:
        """Digest of what is sealed, 64 hexadecimal digits."""
        return sha256(canonical(self.content)).hexdigest()

    @property
    def without_phone(self) -> float:
        """The share of households without a working telephone."""
        none, works = self.counts["phone"]
        return none / (none + works)

    @property
    def sealed(self) -> Object:
        """Return the margins as `terms.json` has them: counts, source, day, and the digest of these."""
        return {**self.content, "sha256": self.sha256}


def of_sealed(said: object) -> CityMargins | None:
    """Return what `terms.json` says of margins; None where it names none."""
    if not isinstance(said, dict):
        return None
    counts = {name: tuple(map(int, said["counts"][name])) for name in CATEGORIES}
    return CityMargins(str(said["source"]), date.fromisoformat(str(said["day"])), counts)


def read(text: str) -> Mapping[str, Sequence[int]]:
    """Return the counts of lines such as `40-59岁 8220`; raise Invalid with what is wrong, in a sentence."""
    found: dict[str, int] = {}
    for number, raw in enumerate(unicodedata.normalize("NFKC", text).splitlines(), start=1):
        if line := raw.strip():
            category, count = _line(line, number=number)
            if category in found:
                raise Invalid(
                    _("第 %(number)s 行：%(name)s 写了两次。", number=number, name=str(WORDS[category]))
                )
            found[category] = count
    missing = [str(WORDS[name]) for names in CATEGORIES.values() for name in names if name not in found]
    if missing:
        raise Invalid(_("缺少：%(names)s。每一类都要有户数。", names="、".join(missing)))
    counts = {margin: tuple(found[name] for name in names) for margin, names in CATEGORIES.items()}
    _check_sums(counts)
    return counts


def _line(line: str, *, number: int) -> tuple[str, int]:
    parts = LINE.fullmatch(line)
    name = TO.sub("-", parts[1].replace(" ", "")) if parts else ""
    if parts is None or name not in SPELT:
        raise Invalid(_("第 %(number)s 行看不懂，写法如：40-59岁 8220", number=number))
    given = parts[2].replace(",", "")
    if given.startswith(("-", "−")):
        raise Invalid(_("第 %(number)s 行：户数不能是负数。", number=number))
    if not (given.isascii() and given.isdecimal() and len(given) <= MOST and int(given)):
        raise Invalid(_("第 %(number)s 行：户数应当是大于 0 的整数。", number=number))
    return SPELT[name], int(given)


def _check_sums(counts: Mapping[str, Sequence[int]]) -> None:
    """Raise Invalid where the margins don't count the same households."""
    sums = {name: sum(held) for name, held in counts.items()}
    if (max(sums.values()) - min(sums.values())) * 1000 > APART * max(sums.values()):
        told = "，".join(f"{GROUP_WORDS[name]} {total}" for name, total in sums.items())
        raise Invalid(_("三组加起来应当是同样多的住户，现在是：%(told)s。", told=told))
