"""A list that a worker hands in is kept whole and sealed."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from feedback.models import LEDGER, ListRow
from feedback.worker.operations import lists
from feedback.worker.queries import lists as list_queries
from huying.base.errors import Invalid

ROWS = [("+99913800001", "和平里3号楼201"), ("+99913800002", "和平里3号楼202")]


def _hand_in(town, rows, worker="W1"):
    with town.database.transaction() as session:
        return lists.hand_in(session, worker_code=worker, rows=rows, vault=town.vault, now=town.now)


def test_it_is_kept_sealed_and_opens_to_what_was_handed_in(town):
    _hand_in(town, ROWS)
    with town.database.reading() as session:
        stored = session.scalars(select(ListRow).order_by(ListRow.code)).all()
        opened = [
            (list_queries.number_of(row, vault=town.vault), list_queries.address_of(row, vault=town.vault))
            for row in stored
        ]
        assert opened == ROWS
        everything = b"".join(row.sealed_number + row.sealed_address for row in stored)
        everything += b"".join(LEDGER.lines(session))
    for number, address in ROWS:
        assert number.encode() not in everything
        assert address.encode() not in everything


def test_a_second_list_stands_beside_the_first(town):
    assert _hand_in(town, ROWS).id != _hand_in(town, ROWS).id
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ListRow)) == 4


@pytest.mark.parametrize(
    ("rows", "worker"),
    [([], "W1"), ([ROWS[0], ROWS[0]], "W1"), ([("+99913800001", " ")], "W1"), (ROWS, "nobody")],
)
def test_a_list_with_a_fault_is_not_stored(town, rows, worker):
    with pytest.raises(Invalid):
        _hand_in(town, rows, worker)
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ListRow)) == 0
