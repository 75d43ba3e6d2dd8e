"""A small survey, made through the operations: three grids and one wave, opened, called, closed."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying import accounts
from huying.base import clock
from huying.base.phones import Vault
from huying.base.settings import Settings
from huying.ledger import tree
from huying.ledger.note import Checkpoint
from survey.drawing import parts
from survey.fieldwork.operations import calls, close, interviews, outcomes, queue
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.models import (
    Account,
    Area,
    Deposit,
    FrameUnit,
    ListEntry,
    ListMatch,
    SampledCase,
    Wave,
)
from survey.registry.operations import registry
from survey.roles import INTERVIEWER, NAMES
from survey.scores.operations import releasing
from survey.waves.operations import draw, freeze, release
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.records import record_context
from survey.waves.rules.wave_rules import WaveRules
from tests.support.later import dice_at

WAVE = "first"
PASSWORD = "a-long-password"
ORIGIN = "http://127.0.0.1:8001"
DICE = "60417739025518840263"
SIZES = {"G1": (24, 0), "G2": (12, 0), "G3": (12, 0)}
HOUSEHOLDS = 30
AREAS = (
    ("C", None, "city", "云川市（虚构）", ""),
    ("S", "C", "street", "春街道", ""),
    ("N", "S", "community", "春一社区", ""),
    ("G1", "N", "grid", "第1网格", "老旧小区"),
    ("G2", "N", "grid", "第2网格", "老旧小区"),
    ("G3", "N", "grid", "第3网格", "商品房"),
)
SHORT = {
    "C1": "1", "S1": "1", "S3": "1", "S2A": "1", "S2B": "1",
    "A1": "1", "A2": "1", "A3": "3", "V1": "2", "E1": "2", "G1": "4",
    "B1": "2", "B1A": "2", "B2": "2", "O1": "", "O2": "2", "D1": "1", "D2": "3", "D3": "1", "D4": "2",
}  # fmt: skip
FEW = 5
"""How many of the third grid answer: fewer than ten."""


def settings_in(data: Path) -> Settings:
    """Settings of a demonstration that keeps everything in `data`."""
    return Settings(
        side="survey",
        prefix="HUYING_SURVEY",
        data=data,
        database_url=f"sqlite:///{data / 'survey.db'}",
        base_url=ORIGIN,
        secret="s" * 40,
        demo=True,
        debug=False,
        origin="huying.example/survey",
        region="CN",
        allowed_numbers="invented",
    )


def household_file(*, grids: tuple[str, ...] = tuple(SIZES)) -> bytes:
    """Return a registry of invented households as CSV."""
    heading = "户编号,网格编号,地址,电话,电话来源,电话登记日期,登记人"
    rows = [
        f"H{grid}{number:03},{grid},虚构路{number}号,+9991{place}000{number:04},物业登记,2026-05-01,名册员"
        for place, grid in enumerate(grids)
        for number in range(HOUSEHOLDS)
    ]
    return "\n".join([heading, *rows]).encode()


def settle(session: Session, vault: Vault) -> None:
    """Store an account of each role, two interviewers, the areas, and the households."""
    now = clock.now()
    people = [(role, role) for role in NAMES] + [("second", INTERVIEWER)]
    for number, (login, role) in enumerate(people):
        code = f"80{number}" if role == INTERVIEWER else None
        accounts.create(
            session,
            Account,
            login=login,
            name=str(NAMES[role]),
            role=role,
            password=PASSWORD,
            now=now,
            code=code,
        )
    for code, above, level, name, kind in AREAS:
        session.add(Area(code=code, parent_code=above, level=level, name=name, grid_type=kind))
    session.flush()
    registry.import_households(
        session, household_file(), vault=vault, allowed="invented", by="registrar", now=now
    )


def open_wave(session: Session, vault: Vault) -> None:
    """Freeze, lead the ceremony, draw, and release the main sample."""
    # The event lies between the freeze and this moment: nobody has to wait for it.
    now = clock.now() - timedelta(minutes=3)
    event = now + timedelta(minutes=1)
    freeze.freeze(
        session,
        FreezeRequest(
            label=WAVE,
            sizes=SIZES,
            rules=WaveRules(attempts=2, plan=0, most=0, hours="any", unworked=1000),
            beacon_source=dice_at(event),
        ),
        vault=vault,
        now=now,
    )
    part = parts.new_part()
    draw.commit(session, WAVE, party="operator", commitment=parts.seal(part), now=now)
    draw.announce(session, WAVE, value=DICE, now=event + timedelta(minutes=1))
    draw.reveal(session, WAVE, party="operator", part=part, now=event + timedelta(minutes=1))
    draw.draw(session, WAVE, now=now)
    release.open_field(session, WAVE, now=now)


def deposit_made(at: datetime, *, period: str) -> Deposit:
    """Return a deposit of that age."""
    return Deposit(
        period=period,
        origin="huying.example/public",
        sha256=sha256(period.encode()).hexdigest(),
        made_at=at,
        accepted_at=at,
        checkpoint=f"{Checkpoint('huying.example/public/log', 0, tree.root(())).text}\n— unsigned\n",
        counts='{"areas":6,"lists":12}',
    )


def hand_in_a_list(session: Session) -> None:
    """A worker's list for the first grid holds half of those that were drawn there."""
    long_ago = clock.now() - timedelta(days=30)
    session.add(deposit_made(long_ago, period="2026W40"))
    session.flush()
    session.add(
        ListEntry(
            code="L1",
            period="2026W40",
            staff_code="W1",
            grid_code="G1",
            sealed_contact="",
            sealed_address="",
            handed_in_at=long_ago,
        )
    )
    drawn = session.scalars(
        select(SampledCase.unit).where(SampledCase.stratum == "G1").order_by(SampledCase.unit)
    )
    for unit in drawn.all()[:12]:
        session.add(ListMatch(wave_label=WAVE, unit=unit, staff_code="W1"))
    session.flush()


def call_everybody(session: Session, vault: Vault, *, most: int = 1000) -> None:
    """Work `most` cases to their end: most answer, a few of the third grid, the others never pick up."""
    caller = session.scalars(select(Account).where(Account.login == "interviewer")).one()
    listed = set(session.scalars(select(ListMatch.unit)))
    reached = 0
    for _turn in range(most):
        if (case := queue.next_case(session, interviewer=caller, now=clock.now())) is None:
            break
        hand = {"interviewer": caller, "fence": case.fence, "now": clock.now()}
        calls.dial(session, case.unit, vault=vault, **hand)
        reached += case.stratum == "G3"
        if case.stratum == "G3" and reached > FEW:
            calls.not_reached(session, case.unit, code="no_answer", **hand)
            continue
        calls.reached(session, case.unit, **hand)
        answers = SHORT | {"G1": "5" if case.unit in listed else str(1 + case.rank % 5)}
        for item, raw in answers.items():
            interviews.save_answer(session, case.unit, item=item, raw=raw, **hand)
        outcomes.finish(session, case.unit, CallOutcome("complete"), **hand)


def end_field(session: Session) -> datetime:
    """End the field, and return when."""
    # When the field is over: some households wait to the end, by the hour at which this runs.
    over = clock.now() + timedelta(days=61)
    close.close(session, WAVE, now=over)
    return over


def close_wave(session: Session, vault: Vault) -> None:
    """End the field, compute the scores and publish."""
    score_wave(session, vault, over=end_field(session))


def over(session: Session) -> datetime:
    """Return when the field was over."""
    return session.get_one(Wave, WAVE).ended_at or clock.now()


def score_wave(session: Session, vault: Vault, *, over: datetime) -> None:
    """Compute the scores of a field that is over, and publish."""
    releasing.estimate(session, WAVE, now=over)
    releasing.publish(session, WAVE, keys=vault.keys, now=over)


def numbers_of(session: Session, vault: Vault) -> set[str]:
    """Return every number of the frame, opened: to check that pages don't show them."""
    rows = session.execute(select(FrameUnit.unit, FrameUnit.record)).all()
    opened = (vault.open(record, where=record_context(unit)) for unit, record in rows)
    return {text.split('"tel":"')[1].split('"')[0] for text in opened}
