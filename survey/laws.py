"""What `huying survey check` holds the tables to, each law recomputed from what it follows from."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.errors import Gone, Refused
from huying.base.i18n import lazy
from huying.keeping.laws import Law, LawFinding, found, of_guards, of_ledger
from huying.store.installation import Installation
from survey.campaigns.operations import counting
from survey.deposits import queries as deposits
from survey.fieldwork.queries import bound_answers, derived_outcomes
from survey.fieldwork.queries.board import counts
from survey.ledger_key import CAMPAIGNS
from survey.models import (
    CAMPAIGN_LEDGER,
    LEDGER,
    AnswerCommitment,
    CampaignRelease,
    FieldCount,
    Household,
    PublicEntry,
    SampledCase,
    SampleUnit,
    Wave,
)
from survey.registry.queries import audit
from survey.scores.queries import release_inputs, releases
from survey.scores.queries.release_inputs import Changed
from survey.scores.queries.releases import Release
from survey.scores.rules import detail
from survey.scores.rules.inputs import text
from survey.scores.rules.release_making import make
from survey.waves.queries import redrawn


def _every(session: Session) -> Iterator[Wave]:
    yield from session.scalars(select(Wave).order_by(Wave.frozen_at))


def _rows(session: Session, table: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _samples(session: Session, _here: Installation) -> LawFinding:
    broken = [fault for wave in _every(session) for fault in redrawn.faults(session, wave)]
    return found(_rows(session, SampleUnit), broken)


def _outcomes(session: Session, _here: Installation) -> LawFinding:
    broken = [unit for wave in _every(session) for unit in derived_outcomes.unlogged(session, wave)]
    closed = select(func.count()).where(SampledCase.final_code.is_not(None))
    return found(session.scalar(closed) or 0, broken)


def _dispositions(session: Session, _here: Installation) -> LawFinding:
    looked, broken = 0, list[str]()
    for wave in _every(session):
        for unit, agrees in derived_outcomes.again(session, wave):
            looked += 1
            broken += [] if agrees else [unit]
    return found(looked, broken)


def _answers(session: Session, _here: Installation) -> LawFinding:
    """Hold the answers of each ended field to what the ledger binds; those erased can't be opened."""
    broken = list[str]()
    for wave in _every(session):
        if wave.ended_at is None:
            continue
        try:
            bound_answers.read(session, wave)
        except Gone:
            continue
        except Refused as refusal:
            broken.append(f"{wave.label}: {refusal.message}")
    return found(_rows(session, AnswerCommitment), broken)


def _releases(session: Session, _here: Installation) -> LawFinding:
    """Make every release once more; one whose answers were erased can't be, and isn't counted."""
    agrees = {
        f"{wave.label}/{each.number}": _is_reproduced(session, each)
        for wave in _every(session)
        for each in releases.every(session, wave.label)
    }
    for campaign in session.scalars(select(CampaignRelease)):
        agrees[campaign.wave_label] = counting.is_reproduced(session, campaign)
    told = {name: same for name, same in agrees.items() if same is not None}
    return found(len(told), [name for name, same in told.items() if not same])


def _is_reproduced(session: Session, made: Release) -> bool | None:
    """Tell whether a stored release follows from its answers once more; None where some were erased."""
    try:
        again = make(release_inputs.of(session, made))
    except Changed:
        return False
    except Gone:
        return None
    kept = (made.body, made.detail)
    return kept == (again.body, text(detail.of(made.wave_label, again.figures)))


def _registry(session: Session, _here: Installation) -> LawFinding:
    told = audit.audit(session)
    return found(_rows(session, Household), [*told.broken, *told.unlogged])


def _board(session: Session, _here: Installation) -> LawFinding:
    differing = [
        f"{wave.label}: {what} {key}"
        for wave in _every(session)
        for what, key, _kept, _true in counts.differing(session, wave.label)
    ]
    return found(_rows(session, FieldCount), differing)


def _public_lines(session: Session, _here: Installation) -> LawFinding:
    return found(_rows(session, PublicEntry), deposits.public_line_faults(session))


LAWS = (
    of_ledger(LEDGER),
    of_ledger(CAMPAIGN_LEDGER, suffix=CAMPAIGNS),
    of_guards("survey"),
    Law(lazy("住户名册：登记和迁出都有记录，记录重算出账本里的根"), _registry),
    Law(lazy("交存文件：公众端账本的行重算出检查点里的根"), _public_lines),
    Law(lazy("样本：由封存的抽样框、方案和钥匙重抽一致"), _samples),
    Law(lazy("结果：每户的结果与账本里的一致"), _outcomes),
    Law(lazy("结果：由每户的拨打记录重新推出一致"), _dispositions),
    Law(lazy("答卷：每份都打开账本里的封存"), _answers),
    Law(lazy("进度：各项计数由每户重数一致"), _board),
    Law(lazy("得分：由答卷重算，逐字节一致"), _releases),
)
