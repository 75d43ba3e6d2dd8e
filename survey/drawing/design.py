"""`design.tsv`: how many units each stratum has, how many are drawn, and how large its replicates are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from hashlib import sha256
from operator import attrgetter

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing import tables
from survey.drawing.fields import STRATUM, decimal


@dataclass(frozen=True, slots=True)
class DesignRow:
    """One stratum: N_h units in the frame, n_h in the main sample, r_h in a replicate (0: none)."""

    stratum: str
    units: int
    sample: int
    replicate: int

    def released(self, replicates: int, *, late: int = 0) -> int:
        """How many units are out after so many replicates and a late one: min(N_h, n_h + k·r_h + late)."""
        return min(self.units, self.sample + replicates * self.replicate + late)

    def replicate_of(self, rank: int) -> int:
        """The replicate to which a rank belongs by its place; 0 is the main sample."""
        return 0 if rank <= self.sample else (rank - self.sample - 1) // max(self.replicate, 1) + 1


def build(rows: Iterable[DesignRow]) -> bytes:
    """Return `design.tsv` of the rows, whatever their order; raise Invalid for a wrong field or size."""
    data = tables.build(astuple(row) for row in sorted(rows, key=attrgetter("stratum")))
    parse(data)
    return data


def parse(data: bytes) -> tuple[DesignRow, ...]:
    """Return the rows of `design.tsv`, sorted by stratum; raise Invalid naming the first wrong line."""
    return tables.parse(data, name="design.tsv", width=4, read=_row, order=lambda row: (row.stratum,))


def _row(fields: Sequence[str]) -> DesignRow:
    row = DesignRow(
        STRATUM.check(fields[0]),
        units=decimal(fields[1], name=_("户数")),
        sample=decimal(fields[2], name=_("样本数"), least=1),
        replicate=decimal(fields[3], name=_("补充批大小")),
    )
    if row.sample > row.units:
        raise Invalid(
            _("样本数 %(sample)s 超过了这一层的户数 %(units)s。", sample=row.sample, units=row.units)
        )
    return row


def digest(data: bytes) -> str:
    """Return the hash (64 hex digits) that the `design` entry and `draw.txt` record."""
    return sha256(data).hexdigest()


def check(rows: Sequence[DesignRow], *, sizes: Mapping[str, int]) -> None:
    """Raise Invalid unless the design has exactly the frame's strata with the frame's N_h."""
    planned = {row.stratum: row.units for row in rows}
    for stratum in sorted(planned.keys() | sizes.keys()):
        if stratum not in sizes:
            raise Invalid(_("设计里的层 %(stratum)s 在抽样框里没有住户。", stratum=stratum))
        if stratum not in planned:
            raise Invalid(_("抽样框里的层 %(stratum)s 没有写进设计。", stratum=stratum))
        if planned[stratum] != sizes[stratum]:
            raise Invalid(
                _(
                    "层 %(stratum)s 在设计里是 %(planned)s 户，在抽样框里是 %(sizes)s 户。",
                    stratum=stratum,
                    planned=planned[stratum],
                    sizes=sizes[stratum],
                )
            )


def single_unit_strata(rows: Iterable[DesignRow]) -> tuple[str, ...]:
    """Strata that draw one unit though they have more: they give no variance of their own."""
    return tuple(row.stratum for row in rows if row.sample < 2 <= row.units)
