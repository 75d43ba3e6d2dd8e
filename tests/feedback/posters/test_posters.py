"""A poster is found by either of its codes, however typed, and is never issued twice."""

from __future__ import annotations

import pytest

from feedback import codes
from feedback.posters.operations import posters
from feedback.posters.queries import posters as poster_queries
from huying.base.errors import Conflict, Invalid, NotFound


@pytest.mark.parametrize("typed", ["7K3M9QDA", "7k3m 9qda", "7K3M-9QDA", "７K3M9QDA", "572 004", "572004"])
def test_either_code_finds_it(town, typed):
    dial = codes.complete_dial("57200")
    with town.database.reading() as session:
        found = poster_queries.find(session, dial if typed.startswith("572") else typed)
        assert (found.code, found.dial_code) == ("7K3M9QDA", dial)


@pytest.mark.parametrize("typed", ["7K3M9QDB", "HAPPY7CM", "123456", "", "没有", "7K3M9QDA7K3M9QDA", "\x00"])
def test_a_wrong_code_finds_nothing(town, typed):
    with town.database.reading() as session, pytest.raises(NotFound, match=r"^没有这个编号。$"):
        poster_queries.find(session, typed)


def test_fresh_codes_are_valid_and_distinct(town):
    with town.database.transaction() as session:
        made = [posters.issue(session, grid_code="G2", location="门口", now=town.now) for _ in range(20)]
    assert len({poster.code for poster in made} | {poster.dial_code for poster in made}) == 40
    assert all(codes.is_poster_code(poster.code) and codes.is_dial_code(poster.dial_code) for poster in made)


@pytest.mark.parametrize("again", [{"payload": "7K3M9Q"}, {"dial_payload": "57200"}])
def test_a_code_is_never_used_again(town, again):
    with town.database.transaction() as session, pytest.raises(Conflict, match="已经用过"):
        posters.issue(session, grid_code="G2", location="门口", now=town.now, **again)


@pytest.mark.parametrize("wrong", [{"grid_code": "M"}, {"location": "  "}])
def test_a_poster_hangs_somewhere_in_a_grid(town, wrong):
    with town.database.transaction() as session, pytest.raises(Invalid):
        posters.issue(session, **({"grid_code": "G2", "location": "门口", "now": town.now} | wrong))


def test_a_retired_poster_leads_on_and_retires_once(town):
    with town.database.transaction() as session:
        new = posters.issue(session, grid_code="G1", location="新车棚", now=town.now)
        old = posters.retire(session, "7K3M9QDA", reason="moved", replaced_by=new.dial_code, now=town.now)
        assert (old.replaced_by, poster_queries.find(session, "7K3M9QDA").retired_at) == (new.code, town.now)
        with pytest.raises(Conflict, match="已经停用"):
            posters.retire(session, "7K3M9QDA", reason="torn", replaced_by=None, now=town.now)
        with pytest.raises(Conflict, match="已经停用"):
            posters.mark_posted(session, "7K3M9QDA", now=town.now)


def test_it_is_not_replaced_by_itself_or_for_no_reason(town):
    with town.database.transaction() as session:
        with pytest.raises(Invalid):
            posters.retire(session, "7K3M9QDA", reason="torn", replaced_by="7K3M9QDA", now=town.now)
        with pytest.raises(Invalid):
            posters.retire(session, "7K3M9QDA", reason="", replaced_by=None, now=town.now)
        assert posters.mark_posted(session, "7K3M9QDA", now=town.now).posted_at == town.now
