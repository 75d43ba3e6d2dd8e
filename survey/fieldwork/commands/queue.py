"""The queue by command line: why a case waits, whether offers follow from the log, effort by street."""

from __future__ import annotations

import sys

import click

from huying.base import clock
from huying.base.i18n import Words, _, lazy
from huying.side.opening import opened
from survey.fieldwork.queries import case_turns, efforts, field_logs, field_rules
from survey.fieldwork.queries.case_turns import CaseTurn
from survey.fieldwork.rules.field_log import LoggedOffer
from survey.fieldwork.rules.languages import LANGUAGES
from survey.fieldwork.rules.replay import Replay
from survey.waves.commands.waves import label
from survey.waves.queries import waves

CLASSES = (lazy("到点的预约"), lazy("过点的预约"), lazy("要接着问完"), lazy("普通"))
FILTERS = {
    "declined": lazy("要换一位访问员"),
    "street": lazy("访问员在那里住或工作"),
    "language": lazy("访问员不会说那种话"),
    "pinned": lazy("约的是另一位访问员"),
}


@click.command("why-next")
@click.argument("unit")
def why_next(unit: str) -> None:
    """Say in words when case UNIT (its code of the sample) is offered next, after how many, and why."""
    with opened() as installation, installation.database.reading() as session:
        found = case_turns.of(session, unit, now=clock.now())
        offers = field_logs.offers_of(session, unit)
    for line in (*_turn(found), *map(_offered, offers)):
        click.echo(line)


@click.command("replay")
@label
def replay(label: str) -> None:
    """Work out from the log alone whom every interviewer was to call. Exit status 1 if an offer differs."""
    with opened() as installation, installation.database.reading() as session:
        found = waves.find(session, label)
        log, rules = field_logs.of(session, found), field_rules.of(session, found)
    differing = [each for each in Replay(log, rules=rules).run() if not each.agrees]
    click.echo(_("%(n)s 次分户，%(wrong)s 次与日志推算不符。", n=len(log.offers), wrong=len(differing)))
    for each in differing:
        click.echo(
            _(
                "第 %(seq)s 次：分的是 %(unit)s，按日志应当是 %(due)s。",
                seq=each.offer.seq,
                unit=each.offer.unit,
                due=each.unit or "–",
            )
        )
    sys.exit(1 if differing else 0)


@click.command("effort")
@label
def effort(label: str) -> None:
    """Say how hard each street was tried, by the households whom nobody reached, and whether they differ."""
    with opened() as installation, installation.database.reading() as session:
        waves.find(session, label)
        found = efforts.of(session, label)
    for each in found.streets:
        few = each.mean is None
        mean = "–" if each.mean is None else f"{each.mean:.2f}"
        click.echo(f"{each.street or '–'}\t{_('不到 10 户') if few else each.households}\t{mean}")
    if found.p is None:
        click.echo(_("没有可以比较的：联系不上的户太少，或只有一个街道。"))
    else:
        click.echo(f"χ² = {found.chi_square:.2f}, df = {found.freedom}, p = {found.p:.3f}")


def _turn(found: CaseTurn) -> list[str]:
    if found.state == "closed":
        return [_("%(unit)s 已经办结（%(code)s），不会再分。", unit=found.unit, code=found.final_code or "")]
    if found.is_held:
        return [_("%(unit)s 正在访问员手上。", unit=found.unit)]
    if found.opens_at is None:
        return [_("%(unit)s 按规则不能再拨，等结束时办结。", unit=found.unit)]
    said = [
        _(
            "%(unit)s：%(kind)s；%(at)s 起可以拨；计数的拨打 %(counted)s 次；抽样次序 %(rank)s。",
            unit=found.unit,
            kind=CLASSES[found.offered_as],
            at=clock.civil_minute(found.opens_at).replace("T", " "),
            counted=found.counted,
            rank=found.rank,
        )
    ]
    if found.fit is not None:
        said.append(
            _(
                "这个时段在这一户的可用时段里排第 %(fit)s（抽得 %(theta)s‰）。",
                fit=found.fit,
                theta=found.mille,
            )
        )
    if found.ahead is not None:
        said.append(_("现在可以拨的里面，排在它前面的有 %(n)s 户。", n=found.ahead))
    if found.language is not None:
        said.append(_speakers(LANGUAGES.get(found.language, found.language), found.speakers))
    if found.is_silent:
        said.append(_("住户说过不要再打，不会分给任何人。"))
    return said


def _speakers(language: Words, speakers: int) -> str:
    if speakers:
        return _("住户要用%(language)s打，会说的访问员有 %(n)s 位。", language=language, n=speakers)
    return _(
        "住户要用%(language)s打，没有访问员会说：不会分给任何人，到结束记为语言不通。", language=language
    )


def _offered(offer: LoggedOffer) -> str:
    shown, by, counted, rank = offer.key
    passed = "、".join(f"{FILTERS[reason]} {n}" for reason, n in offer.filtered.items())
    return _(
        "%(at)s 第 %(seq)s 次分户：%(kind)s（%(by)s，拨过 %(counted)s 次，次序 %(rank)s）；"
        "越过：%(passed)s。",
        at=clock.civil_minute(offer.at).replace("T", " "),
        seq=offer.seq,
        kind=CLASSES[shown],
        by=_("时段排第 %(fit)s", fit=by) if isinstance(by, int) else clock.civil_minute(by).replace("T", " "),
        counted=counted,
        rank=rank,
        passed=passed or _("没有"),
    )
