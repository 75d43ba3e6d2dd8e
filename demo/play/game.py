"""One game: an installation of the independent side with five grids, and a wave led step by step."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo import survey
from demo.city import CitySize, WaveSize, build
from demo.survey import Bench, DemoSeat
from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.store.installation import Installation
from survey import verify
from survey.deposits import rules as deposit_keys
from survey.drawing import parts
from survey.fieldwork.operations import calls, interviews, outcomes, queue
from survey.fieldwork.queries import held_cases
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.models import Account, Attempt, Party, Wave
from survey.waves.operations import bundle
from survey.waves.queries import waves

SIZE = CitySize("play", ("春",), 1, 24, 24, 0, 0, (WaveSize(8, 2, 4),), 8, lists=0, distorted=0)
"""Five grids of 24 households, eight drawn in each."""
DRAWN = 40
LABEL = "play"
VISITOR, COMMITTEE = survey.PARTIES
BY_HAND = 3
BACK = timedelta(days=21)
"""So far back the wave is frozen that its field is over today: in between the clock is moved."""
SPOKEN = timedelta(hours=1)
OPENING, LATER, REFUSAL = "C1", "2", "3"
"""The first question, asked of whoever picks up: not now, and not at all."""


class Stage(IntEnum):
    """How far a game is."""

    BEGUN = 0
    SEALED = 1
    DRAWN = 2
    SCORED = 3


@dataclass(frozen=True, slots=True)
class GameStanding:
    """How far a game is, how many households were heard by hand, and what was sealed and drawn."""

    stage: Stage
    heard: int = 0
    commitments: Sequence[tuple[str, str]] = ()
    frame_root: str = ""
    draw_key: str = ""


@dataclass(frozen=True, slots=True)
class BundleVerdict:
    """What the stranger's program said of the bundle."""

    is_verified: bool
    lines: Sequence[str]


def new_seed() -> int:
    """Return a seed for a city that nobody has played in."""
    return secrets.randbelow(2**31)


def bench(here: Installation, *, seed: int) -> Bench:
    """Return what the steps work with."""
    return Bench(here.database, here.vault, deposit_keys.opener(here.keys), build(seed, size=SIZE))


def standing(session: Session) -> GameStanding:
    """Return how far the game is."""
    wave = session.get(Wave, LABEL)
    if wave is None:
        return GameStanding(Stage.BEGUN)
    stage = {"drawn": Stage.DRAWN, "closed": Stage.SCORED}.get(wave.state, Stage.SEALED)
    commitments = [(party.party, party.commitment) for party in waves.parties(session, LABEL)]
    return GameStanding(stage, _heard(session), commitments, wave.frame_root, wave.draw_key or "")


def _heard(session: Session) -> int:
    rang = Attempt.dialled_at.is_not(None), Attempt.ended_at.is_not(None)
    return session.scalar(select(func.count()).select_from(Attempt).where(*rang)) or 0


def part_of(phrase: str) -> str:
    """Return the part that a visitor keeps by heart: the digest of a sentence."""
    return sha256(f"{LABEL}/{phrase.strip()}".encode()).hexdigest()


def thrown(typed: str) -> str:
    """Return twenty digits: as typed, or thrown here where the field was left empty."""
    digits = "".join(typed.split())
    if not digits:
        return "".join(secrets.choice("0123456789") for _die in range(survey.DICE))
    if len(digits) != survey.DICE or not (digits.isascii() and digits.isdigit()):
        raise Refused(_("要二十个数字，每个从0到9；或者空着，由这里来掷。"), status=422)
    return digits


def seal(session: Session, on: Bench, *, phrase: str, now: datetime) -> None:
    """Freeze the registry and the rules; the visitor and a committee seal their parts."""
    begun = now - BACK
    kept = {VISITOR: part_of(phrase), COMMITTEE: _committees(on)}
    asked = SIZE.waves[0]
    survey.freeze_and_seal(session, on, LABEL, kept=kept, now=begun, event=_event(begun), asked=asked)


def draw(session: Session, on: Bench, *, phrase: str, dice: str) -> None:
    """Throw the dice, open both parts, draw. Raises Refused where the visitor opens another part."""
    wave = waves.find(session, LABEL)
    kept = {VISITOR: part_of(phrase), COMMITTEE: _committees(on)}
    if parts.seal(kept[VISITOR]) != session.get_one(Party, (LABEL, VISITOR)).commitment:
        raise Refused(_("这句话和封存的不一样，开不了封。请一字不差再写一遍。"))
    survey.open_and_draw(session, LABEL, kept=kept, thrown=thrown(dice), event=_event(wave.frozen_at))


def _committees(on: Bench) -> str:
    return sha256(f"{LABEL}/{on.city.seed}".encode()).hexdigest()


def _event(begun: datetime) -> datetime:
    return begun + timedelta(days=1)


def ring(session: Session, on: Bench) -> HeldCase:
    """Return the household that answers now, at whose end the visitor sits: the queue's next, picked up."""
    caller = seat(session)
    if (held := held_cases.held_case(session, interviewer=caller)) is not None:
        return held
    at = _event(waves.find(session, LABEL).frozen_at) + SPOKEN + _heard(session) * survey.A_CALL
    case = queue.next_case(session, interviewer=caller, now=at)
    if case is None:
        raise Refused(_("没有要打的户了。"))
    hand = DemoSeat(interviewer=caller, fence=case.fence, now=at)
    if calls.dial(session, case.unit, vault=on.vault, **hand):
        calls.reached(session, case.unit, **hand)
        held = held_cases.held_case(session, interviewer=caller)
        assert held is not None  # noqa: S101 - it was just taken
        return held
    # A household without a number was never called: the next one is.
    return ring(session, on)


def seat(session: Session) -> Account:
    """Return the interviewer who calls."""
    return session.scalars(select(Account).where(Account.login == "interviewer")).one()


def answer(session: Session, *, item: str, raw: str | Sequence[str]) -> None:
    """Save what the visitor says for a household; the last answer ends the call, and so does a no."""
    case, hand = _in_hand(session)
    if (item, raw) == (OPENING, LATER):
        raise Refused(_("这里的电话只打一次：现在谈，或者不谈。"), status=422)
    if interviews.save_answer(session, case.unit, item=item, raw=raw, **hand) is None:
        code = "refusal_household" if (item, raw) == (OPENING, REFUSAL) else "complete"
        outcomes.finish(session, case.unit, CallOutcome(code), **hand)


def refuse(session: Session) -> None:
    """The household at whose end the visitor sits doesn't wish to be asked."""
    case, hand = _in_hand(session)
    outcomes.finish(session, case.unit, CallOutcome("refusal_household"), **hand)


def finish_for(session: Session, on: Bench) -> None:
    """Let the demo give the answers that are left for the household in hand."""
    case, hand = _in_hand(session)
    home = survey.homes(session, on, LABEL)[case.unit]
    item = case.interview.next_item
    while item is not None:
        item = interviews.save_answer(session, case.unit, item=item, raw=home.answer(item), **hand)
    outcomes.finish(session, case.unit, CallOutcome("complete"), **hand)


def in_hand(session: Session) -> HeldCase | None:
    """Return the household that is on the line, if the game has come so far."""
    return held_cases.held_case(session, interviewer=seat(session))


def _in_hand(session: Session) -> tuple[HeldCase, DemoSeat]:
    caller = seat(session)
    case = held_cases.held_case(session, interviewer=caller)
    if case is None:
        raise Refused(_("现在没有电话接通着。"))
    at = session.scalars(select(Attempt.started_at).where(Attempt.unit == case.unit)).one()
    return case, DemoSeat(interviewer=caller, fence=case.fence, now=at + survey.A_CALL)


def call_the_rest(on: Bench) -> None:
    """Let the demo answer for every other household, end the field and publish the score."""
    with on.database.transaction() as session:
        if held_cases.held(session, interviewer=seat(session)) is not None:
            raise Refused(_("电话还接通着，请先答完这一户。"))
        begun = waves.find(session, LABEL).frozen_at
    survey.call(on, LABEL, begin=_event(begun))


def verified(here: Installation) -> BundleVerdict:
    """Check the bundle as a stranger would: the one program, the file, the key; nothing of this process."""
    keys, origin = here.keys, here.ledger_origin
    with here.database.transaction() as session:
        data = bundle.write(session, LABEL, keys=keys, origin=origin, now=clock.now())
        key = bundle.vkey_of(session, LABEL, keys=keys, origin=origin)
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{LABEL}.zip"
        file.write_bytes(data)
        command = [sys.executable, "-I", verify.__file__, str(file), "--wave", LABEL, "--key", key]
        ended = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")  # noqa: S603
    return BundleVerdict(ended.returncode == 0, ended.stdout.splitlines())
