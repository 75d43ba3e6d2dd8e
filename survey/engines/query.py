"""The draw in SQL: the parts that databases spell differently are filled in."""

from __future__ import annotations

TEXT = """
WITH ticketed AS {materialized} (
  SELECT frame.stratum, frame.unit, {ticket} AS ticket FROM frame
), near AS (
  SELECT ticketed.stratum, ticketed.unit, ticketed.ticket, bound.wanted
  FROM ticketed JOIN bound ON bound.stratum = ticketed.stratum
  WHERE {within}
), ranked AS (
  SELECT stratum, unit, ticket, wanted,
         row_number() OVER (PARTITION BY stratum ORDER BY ticket, unit) AS rank_in_stratum
  FROM near
)
SELECT stratum, rank_in_stratum, {shown} AS ticket, unit FROM ranked WHERE rank_in_stratum <= wanted
"""


def text(*, ticket: str, within: str, shown: str = "ticket", materialized: str = "") -> str:
    """Return the query over tables frame(stratum, unit) and bound(stratum, wanted, prefix).

    `ticket` makes a unit's ticket, `within` compares its beginning with the bound's, `shown` prints
    it in hexadecimal.
    """
    return TEXT.format(ticket=ticket, within=within, shown=shown, materialized=materialized)


HEX_WITHIN = "substr(ticketed.ticket, 1, 8) <= bound.prefix"
"""Where a ticket is hexadecimal text that sorts by its bytes."""
