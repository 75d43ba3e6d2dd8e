"""Files as they come: each ends in a correct import or in a sentence, and nothing is ever half written."""

from __future__ import annotations

from functools import cache

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.imports.operations import bringing, kinds
from feedback.imports.operations.scope import ImportScope
from feedback.models import Area, Base, Contact, Duty, Worker
from huying.base.errors import Invalid
from huying.sheets import Table, read
from tests.feedback.town import Town
from tests.huying.sheets import hostile
from tests.huying.sheets.hostile import Hostile

GROUND = (
    ("C01", None, "city", "云川市"),
    ("S01", "C01", "street", "和平街道"),
    ("M01", "S01", "community", "和平里社区"),
)
KINDS = {"areas": (Area,), "staff": (Worker, Duty, Contact)}


class _UndoneError(Exception):
    """The import went through; the next file finds the town as it was."""


@pytest.fixture
def town(public_db, vault, now) -> Town:
    with public_db.transaction() as session:
        for code, above, level, name in GROUND:
            session.add(Area(code=code, parent_code=above, level=level, name=name))
        session.add(Area(code="G0101", parent_code="M01", level="grid", name="某网格"))
    return Town(public_db, vault, now)


@cache
def _files(kind: str) -> tuple[tuple[Hostile, Table | Invalid], ...]:
    """Return the files made for a kind's layout, each with what reading it gives."""
    layout = kinds.find(kind).layout
    return tuple((each, _read(kind, each)) for each in hostile.files(layout))


def _read(kind: str, each: Hostile) -> Table | Invalid:
    try:
        return read(each.data, file=each.file, layout=kinds.find(kind).layout)
    except Invalid as refused:
        return refused


def _everything(town: Town) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, as the database holds it."""
    with town.database.reading() as session:
        return {
            table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def _outcome(town: Town, kind: str, each: Hostile, given: Table | Invalid) -> str:
    """Return the sentence that a file is refused with, or `N rows` after it went in whole."""
    scope = ImportScope(now=town.now, by="office", vault=town.vault, region="CN", allowed="real")
    try:
        with town.database.transaction() as session:
            if isinstance(given, Invalid):
                raise given
            counts, run = bringing.bring(session, kinds.find(kind), given, data=each.data, scope=scope)
            assert counts.created + counts.changed == counts.read
            assert (run is not None) == (counts.read > 0)
            assert all(_count(session, model) for model in KINDS[kind] if counts.read)
            raise _UndoneError(f"{counts.read} rows")
    except Invalid as refused:
        return refused.message
    except _UndoneError as undone:
        return str(undone)


def _count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("kind", KINDS)
def test_each_ends_in_an_import_or_a_sentence_and_nothing_is_half_written(town: Town, kind: str) -> None:
    before = _everything(town)
    wrong = {}
    for each, given in _files(kind):
        outcome = _outcome(town, kind, each, given)
        right = all(word in outcome for word in each.says) if each.says else outcome == f"{each.rows} rows"
        if not right or _everything(town) != before:
            wrong[each.name] = outcome
    assert wrong == {}


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_forty_of_them(kind: str) -> None:
    assert len(_files(kind)) >= 40
