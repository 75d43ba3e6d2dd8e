"""A wave comes back from a backup as it was: answers of a field at work, scores and bundle to the byte."""

from __future__ import annotations

from threading import Event, Thread

from sqlalchemy import func, select

from huying.base import clock
from survey.models import Answer, ScoreRelease
from survey.side import SIDE
from survey.waves.operations import bundle
from tests.support import kept, kept_copies
from tests.survey import world

BEFORE = 3


class Field(Thread):
    """Work household after household until told to stop; `answers` are as many as were stored."""

    def __init__(self, here) -> None:
        super().__init__(daemon=True)
        self.here, self.some, self.enough, self.answers = here, Event(), Event(), 0

    def run(self) -> None:
        done = 0
        while not self.enough.is_set():
            with self.here.database.transaction() as session:
                world.call_everybody(session, self.here.vault, most=1)
                stored = session.scalar(select(func.count()).select_from(Answer))
            self.answers, done = stored, done + 1
            if done >= BEFORE:
                self.some.set()


def answers(here):
    with here.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Answer))


def test_answers_of_a_field_at_work_are_there_and_every_law_holds(at, elsewhere, tmp_path):
    here = at("open")
    field = Field(here)
    field.start()
    assert field.some.wait(60)
    before = field.answers
    done = kept_copies.backed_up(SIDE, here, tmp_path / "backups")
    field.enough.set()
    field.join(60)
    again = kept_copies.restored(SIDE, done, elsewhere(here.settings))
    assert before <= answers(again) <= answers(here)
    assert kept.broken(SIDE, again) == {}
    with again.database.transaction() as session:
        world.call_everybody(session, again.vault, most=1)
    again.database.dispose()


def published(here):
    with here.database.transaction() as session:
        zipped = bundle.write(session, world.WAVE, keys=here.keys, now=clock.now(), origin=here.ledger_origin)
        return zipped, session.scalars(select(ScoreRelease.body)).all()


def test_scores_and_bundle_are_the_same_bytes(here, elsewhere, tmp_path):
    before = published(here)
    done = kept_copies.backed_up(SIDE, here, tmp_path / "backups")
    again = kept_copies.restored(SIDE, done, elsewhere(here.settings))
    assert published(again) == before
    assert kept.broken(SIDE, again) == {}
    again.database.dispose()
