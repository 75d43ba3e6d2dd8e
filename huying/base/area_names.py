"""The areas that a file may name: by code, or by a name that only one of them has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.nearest import nearest
from huying.base.personal_numbers import quoted
from huying.base.register_codes import folded


@dataclass(frozen=True, slots=True)
class AreaNames:
    """Areas by code, and the codes of those that share a name."""

    names: Mapping[str, str]
    by_name: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> AreaNames:
        """Return the areas of some pairs of code and name."""
        names = dict(pairs)
        by_name: dict[str, tuple[str, ...]] = {}
        for code, name in sorted(names.items()):
            by_name[folded(name)] = (*by_name.get(folded(name), ()), code)
        return cls(names, by_name)

    def code(self, text: str, *, unknown: str) -> str:
        """Return the code that a cell means; raise Invalid, which says `unknown` and who is near."""
        if text in self.names:
            return text
        namesakes = self.by_name.get(folded(text), ()) if text else ()
        if len(namesakes) == 1:
            return namesakes[0]
        if namesakes:
            codes = "、".join(namesakes[:3])
            raise Invalid(
                _("有几个网格或区域都叫“%(name)s”：请写编号（%(codes)s）。", name=text, codes=codes)
            )
        raise Invalid(unknown + self._hint(text))

    def _hint(self, text: str) -> str:
        near = nearest(text, [*self.names, *filter(None, self.by_name)]) if text else ""
        if not near:
            return ""
        code = near if near in self.names else self.by_name[near][0]
        name = self.names[code]
        return _("最接近的是 %(code)s。", code=f"{code}（{name}）" if name else code)


def no_grid(text: str) -> str:
    """Return the sentence that there is no such grid."""
    return _("没有编号为“%(code)s”的网格。", code=quoted(text, longest=40))


NO_NAMES = AreaNames.of(())
