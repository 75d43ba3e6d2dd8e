"""Whatever fails, in whatever order, under whatever clock: one cause is one message at the most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from feedback.models import OutboxMessage
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.messaging import outbox
from huying.messaging.sending import Mailroom, drain
from tests.conftest import NOW
from tests.huying.messaging.providers import Gateway, Robot
from tests.support.seeds import EMPTY, Seeds

FACTS = {"place": "第3网格", "matter": "水电气热", "code": "7K3M9Q"}
FATES = st.sampled_from(["", "429", "500", "reset_before", "reset_after"])
JUMPS = st.sampled_from([0, 1, 2, 10, 100, 1000, -5, -600, 50_000, -50_000])
OUTSIDE = settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture(params=["http", "wecom"])
def world(request, seeds: Seeds, tmp_path: Path, keys: Keyring) -> Iterator[tuple]:
    made = Gateway() if request.param == "http" else Robot("wecom")
    with made.serving(), seeds.copy("sqlite", EMPTY["public"], folder=tmp_path, keys=keys) as database:
        yield made, database, Vault(keys), iter(range(10**6))


@OUTSIDE
@given(st.lists(st.tuples(FATES, JUMPS), max_size=8))
def test_one_cause_is_one_message_at_the_most(world, story):
    provider, database, vault, numbers = world
    provider.taken.clear()
    at, subject = NOW, str(next(numbers))
    with database.transaction() as session:
        # What an earlier example left waiting isn't this one's.
        session.execute(update(OutboxMessage).values(state="dropped", settled_at=NOW, due_at=None))
        cause = {"purpose": "notice", "subject": subject, "number": provider.number, "template": "ring"}
        for _time in range(2):
            outbox.post(
                session, OutboxMessage, vault=vault, params=FACTS, priority="urgent", now=NOW, **cause
            )
    for fate, minutes in [*story, ("", 1), ("", 600)]:
        at += timedelta(minutes=minutes)
        provider.failures[:] = [fate] if fate else []
        with time_machine.travel(at, tick=False):
            drain(Mailroom(database, OutboxMessage, {"sms": provider.carrier}, vault), now=at)
    assert len(provider.taken) <= 1
    with database.reading() as session:
        message = session.query(OutboxMessage).filter_by(subject=subject).one()
        assert (message.state == "sent") <= (len(provider.taken) == 1)
        assert message.state in {"sent", "unknown", "dropped", "failed", "queued"}
