"""Scores made in a process of the background: computed while nothing is locked, kept in one transaction.

A thread gives a sign of life every few seconds. Without one for a minute somebody else begins anew; whoever
was stopped or replaced meanwhile stores nothing.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from typing import Self

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.store.installation import Installation
from survey import campaign
from survey.models import ScoreMaking
from survey.scores.operations import making, releasing
from survey.scores.operations.computing import ComputedRelease, compute, digest_now
from survey.scores.queries import releases
from survey.scores.rules.making import DONE, FAILED, PULSE
from survey.scores.rules.steps import Told, silent
from survey.waves.queries import waves

log = logging.getLogger("huying.work")


class Taken(Exception):
    """It was stopped, or somebody else is at it."""


class Pulse:
    """Signs of life of one holder, from a thread of its own, with how far it is."""

    def __init__(self, installation: Installation, number: int, holder: str, *, told: Told) -> None:
        self._installation, self._number, self._holder, self._told = installation, number, holder, told
        self._at, self._taken, self._over = ("", 0, 0), False, Event()
        self._thread = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._over.set()
        self._thread.join()

    def hear(self, step: str, done: int, of: int) -> None:
        """Note how far it is; raise Taken once it is no longer the holder's."""
        self._at = (step, done, of)
        self._told(step, done, of)
        if self._taken:
            raise Taken

    def _beat(self) -> None:
        while not self._over.wait(PULSE):
            try:
                with self._installation.database.transaction() as session:
                    mine = making.beat(
                        session, self._number, holder=self._holder, at=self._at, now=clock.now()
                    )
            except SQLAlchemyError:
                log.exception("no sign of life could be given")
            else:
                self._taken = self._taken or not mine


def carry_out(installation: Installation, number: int, *, told: Told = silent) -> None:
    """Compute and keep what was asked for, unless it is over or somebody else is at it.

    `told` hears how far it is. Where it can't be made, it is given up with the reason.
    """
    holder = secrets.token_hex(16)
    with installation.database.transaction() as session:
        if not making.claim(session, number, holder=holder, now=clock.now()):
            return
    ended = partial(_change, installation, number, holder)
    try:
        with Pulse(installation, number, holder, told=told) as pulse:
            computed = _computed(installation, number, told=pulse.hear)
        ended(partial(_keep, installation, computed))
    except Taken:
        log.info("the making of scores was stopped, or somebody else is at it")
    except Refused as fault:
        ended(partial(_fail, fault.message))
    except Exception:
        log.exception("the making of scores failed")
        ended(partial(_fail, _("程序出错，请看它的日志。")))


def _computed(installation: Installation, number: int, *, told: Told) -> ComputedRelease:
    """Compute in a reading transaction: nobody waits for it."""
    with installation.database.reading() as session:
        asked = session.get_one(ScoreMaking, number)
        wave = waves.find(session, asked.wave_label)
        if asked.why is None:
            return compute(session, wave, told=told)
        return releasing.corrected(session, wave, why=asked.why, told=told)


def _change(
    installation: Installation, number: int, holder: str, change: Callable[[Session, ScoreMaking], None]
) -> None:
    """Change what the holder holds in one transaction; nothing where it was taken away."""
    with installation.database.transaction() as session:
        if (row := making.held(session, number, holder=holder)) is not None:
            change(session, row)


def _keep(installation: Installation, computed: ComputedRelease, session: Session, row: ScoreMaking) -> None:
    """Freeze what was computed, if it still stands for what there is; else it is computed anew."""
    now, label = clock.now(), row.wave_label
    campaign.campaign_lock(session)
    if len(releases.every(session, label)) >= computed.number:
        # By command, meanwhile.
        making.end(row, DONE, now=now)
        return
    if digest_now(session, label, number=computed.number) != computed.inputs_sha256:
        making.put_back(row)
        return
    row.inputs_sha256 = computed.inputs_sha256
    if row.why is None:
        wave, keys = releasing.ended_wave(session, label), installation.keys
        releasing.keep(session, wave, computed, now=now)
        releasing.publish_unattested(session, wave, keys=keys, now=now, origin=installation.ledger_origin)
    else:
        wave = waves.locked(session, label, states=("closed",))
        releasing.keep_again(session, wave, computed, why=row.why, by=row.asked_by, now=now)
    making.end(row, DONE, now=now)


def _fail(failure: str, _session: Session, row: ScoreMaking) -> None:
    making.end(row, FAILED, now=clock.now(), failure=failure)
