"""Parts of a questionnaire's file, read with a sentence for what is missing or of another kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from huying.base.errors import Invalid
from huying.base.i18n import _

LONGEST = 2000
"""No sentence that is read aloud is longer."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """An object of the file and where it stands, for the sentence that a fault gets."""

    where: str
    given: Mapping[str, object]

    def only(self, *names: str) -> None:
        """Raise Invalid where the part holds a name that nothing reads: it may be a misspelt one."""
        unknown = sorted(set(self.given) - set(names))
        if unknown:
            raise Invalid(_("%(where)s：不认识“%(name)s”这一项。", where=self.where, name=unknown[0][:40]))

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text; without `default` it has to be there."""
        found = self.given.get(name, default)
        if not isinstance(found, str) or len(found) > LONGEST:
            self._fail(name, _("一段文字"))
        return found

    def whole(self, name: str, default: int | None = None) -> int:
        """Return a whole number of up to three digits."""
        found = self.given.get(name, default)
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= 999:
            self._fail(name, _("0 到 999 的整数"))
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        found = self.given.get(name, default)
        if not isinstance(found, bool):
            self._fail(name, _("true 或 false"))
        return found

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; empty where there is none."""
        found = self.given.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
            self._fail(name, _("一列文字"))
        return tuple(found)

    def part(self, name: str) -> FilePart:
        """Return a part of this one; empty where there is none."""
        return FilePart(f"{self.where} {name}".strip(), self._object(name))

    def parts(self, name: str) -> tuple[FilePart, ...]:
        """Return a list of parts; empty where there is none."""
        found = self.given.get(name, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self._fail(name, _("一列对象"))
        return tuple(
            FilePart(f"{self.where} {name}[{place}]".strip(), each)
            for place, each in enumerate(found, start=1)
        )

    def texts(self, name: str) -> dict[str, str]:
        """Return texts by name; empty where there are none."""
        part = self.part(name)
        return {each: part.text(each) for each in part.given}

    def _object(self, name: str) -> Mapping[str, object]:
        found = self.given.get(name, {})
        if not isinstance(found, dict):
            self._fail(name, _("一个对象"))
        return found

    def _fail(self, name: str, wanted: str) -> NoReturn:
        if name not in self.given:
            raise Invalid(_("%(where)s：缺少“%(name)s”。", where=self.where or _("文件"), name=name))
        raise Invalid(
            _(
                "%(where)s：“%(name)s”应当是%(wanted)s。",
                where=self.where or _("文件"),
                name=name[:40],
                wanted=wanted,
            )
        )
