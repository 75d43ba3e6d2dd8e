"""Among whom a wave is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _

MOST_REST = 50


@dataclass(frozen=True, slots=True)
class FrameScope:
    """Grids under these areas, of these types (none named: all); units of the last `rest` waves stay out."""

    areas: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    rest: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.rest <= MOST_REST:
            raise Invalid(_("最近几轮打过的户不再抽：请填 0 到 %(most)s。", most=MOST_REST))


EVERYBODY = FrameScope()
