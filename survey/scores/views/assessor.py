"""The assessor: scores of waves that are over, how sure they are, and how far lists would mislead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.i18n import _
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm
from survey.fieldwork.queries import efforts, outcome_counts, taken_out
from survey.fieldwork.rules import dispositions
from survey.registry.rules.margins import GROUP_WORDS
from survey.roles import ASSESSOR
from survey.scores.forms import CorrectScoresForm
from survey.scores.operations import making, releasing
from survey.scores.operations.making import MakingRequest
from survey.scores.queries import biases, differences, export, figures, previews, releases
from survey.scores.queries import making as making_queries
from survey.scores.rules import charts
from survey.scores.rules.pipeline import ALL, CITY, COMMUNITY, GRID, ODDS, OVERALL, RATED, STREET
from survey.scores.rules.release import NONE, ScoreRow
from survey.scores.views import plain_language
from survey.scores.views.plain_language import ITEM_NAMES, SHARE_NAMES
from survey.waves.queries import waves
from survey.waves.rules import deadlines
from survey.web.views import labels
from survey.web.views.pages import me, page

routes = Blueprint("assessor", __name__, url_prefix="/scores")

MOST_WHOLE = 120
"""A page holds no more grids than these; of larger cities they are found from street to street."""


@routes.get("/")
@only(ASSESSOR)
def index() -> ResponseReturnValue:
    """List the waves that are over, the newest first."""
    with reading() as session:
        finished, waiting = releases.finished_waves(session), previews.waiting(session)
        live = making_queries.live(session)
    return page("scores/waves_scored", finished=finished, live=live, waiting=waiting, now=clock.now())


@routes.get("/<label>")
@only(ASSESSOR)
def one(label: str) -> ResponseReturnValue:
    """Show the last scores of a wave: city, streets, grids within their type; or offer to compute them."""
    return _one(label, form=ButtonForm(formdata=None))


@routes.get("/<label>/releases/<int:number>")
@only(ASSESSOR)
def release_page(label: str, number: int) -> ResponseReturnValue:
    """Show one of a wave's releases, and which of them corrects it."""
    with reading() as session:
        releases.get(session, label, number=number)
    return _one(label, form=ButtonForm(formdata=None), number=number)


@routes.post("/<label>/releases")
@only(ASSESSOR)
def correct(label: str) -> ResponseReturnValue:
    """Make the scores again without the completes undone since, beside those that are out."""
    form = CorrectScoresForm()
    status = store(form, _asking(label, form.why.data or ""))
    if status != DONE:
        return _one(label, form=ButtonForm(formdata=None), correcting=form), status
    return redirect(_next(label), 303)


@routes.post("/<label>")
@only(ASSESSOR)
def estimate(label: str) -> ResponseReturnValue:
    """Compute and freeze the scores; without auditors they are published at once."""
    form = ButtonForm()
    status = store(form, _asking(label))
    return redirect(_next(label), 303) if status == DONE else (_one(label, form=form), status)


def _asking(label: str, why: str | None = None) -> Callable[..., None]:
    here, wanted = installation(), MakingRequest(label, me().login, why)
    origin = here.ledger_origin
    return partial(making.ask, wanted=wanted, keys=here.settings.keys, origin=origin, now=clock.now())


def _next(label: str) -> str:
    """Where to go once scores were asked for: to them, or to how far they are."""
    with reading() as session:
        is_live = label in making_queries.live(session)
    return url_for("making.progress", label=label, live="y") if is_live else url_for(".one", label=label)


@routes.post("/<label>/publish")
@only(ASSESSOR)
def publish(label: str) -> ResponseReturnValue:
    """Log the score after the auditors have signed; everything is public from then on."""
    form, here = ButtonForm(), installation()
    status = store(
        form,
        lambda session: releasing.publish(
            session, label, keys=here.settings.keys, now=clock.now(), origin=here.ledger_origin
        ),
    )
    return redirect(url_for(".one", label=label), 303) if status == DONE else (_one(label, form=form), status)


@routes.get("/<label>.csv")
@only(ASSESSOR)
def csv(label: str) -> ResponseReturnValue:
    """Give out the frozen rows, of the last release or `?release=N`; `?bom=1` puts the mark before them."""
    number = request.args.get("release", type=int)
    with reading() as session:
        made = releases.get(session, label, number=number)
        again = "" if made.number == 1 else f"-{made.number}"
    mark = ["\ufeff"] if request.args.get("bom") else []
    name = f'attachment; filename="scores-{label}{again}.csv"'
    lines = chain(mark, export.csv_lines(made))
    return Response(lines, mimetype="text/csv", headers={"Content-Disposition": name})


@routes.get("/<label>/lists")
@only(ASSESSOR)
def lists(label: str) -> ResponseReturnValue:
    """Show how far each list that was handed in would have led the score astray."""
    with reading() as session:
        wave = waves.find(session, label)
        found = biases.list_bias(session, label)
        pooled = biases.pooled_list_bias(session, label)
    return page("scores/lists", wave=wave, lists=found, pooled=pooled, say=plain_language)


@routes.get("/<label>/differences")
@only(ASSESSOR)
def compare(label: str) -> ResponseReturnValue:
    """Show how far two places of one kind lie apart, and what changed since the wave before."""
    one, other = request.args.get("one", ""), request.args.get("other", "")
    with reading() as session:
        wave, release = waves.find(session, label), releases.get(session, label)
        changes = differences.changes(session, release)
    rows = [row for row in differences.shown(release) if row.level != CITY]
    whole = len(rows) <= MOST_WHOLE
    if not whole:
        one, other = (differences.place_of(rows, each) for each in (one, other))
    return page(
        "scores/differences",
        wave=wave,
        changes=changes,
        rows=sorted(rows, key=_order) if whole else [],
        whole=whole,
        chosen=(one, other),
        unknown=[
            each for each in (one, other) if each and each not in {differences.place(row) for row in rows}
        ],
        found=differences.between(release, one, other) if one and other else None,
        place=differences.place,
        odds=f"{ODDS:g}",
        say=plain_language,
    )


def _order(row: ScoreRow) -> tuple[int, str, str]:
    """From streets to grids, by type and code."""
    return (STREET, COMMUNITY, GRID).index(row.level), row.type, row.unit


def _one(
    label: str, *, form: ButtonForm, number: int | None = None, correcting: CorrectScoresForm | None = None
) -> str:
    with reading() as session:
        wave = waves.find(session, label)
        made = releases.every(session, label)
        release = made[-1 if number is None else number - 1] if made else None
        undone = len(taken_out.confirmed(session, label))
        last = making_queries.last(session, label, now=clock.now())
        finals = outcome_counts.finals(session, label)
        tried = efforts.of(session, label)
        together = figures.of(session, wave) if release else None
        preview = previews.of(session, label)
    rows = releases.rows_of(release) if release else ()
    margins = releases.margins(release) if release else None
    overall = [row for row in rows if row.item == OVERALL and row.den == RATED]
    grids = [row for row in overall if row.level == GRID]
    whole = len(grids) <= MOST_WHOLE
    in_city = [row for row in rows if row.level == CITY]
    return page(
        "scores/scores",
        wave=wave,
        release=release,
        figures=together,
        preview=preview,
        previewing=preview is not None and clock.now() < preview.ends_at,
        too_late=wave.state == "drawn" and deadlines.is_late(wave.ended_at, now=clock.now()),
        form=form,
        correcting=correcting or CorrectScoresForm(formdata=None),
        undone=undone,
        last=last,
        made=made,
        history=plain_language.history(made, release) if release else "",
        levels={level: [row for row in overall if row.level == level] for level in (CITY, STREET, COMMUNITY)},
        grids=_by_type(grids) if whole else {},
        shown_of=plain_language.shown_of(grids),
        whole=whole,
        city=plain_language.headline(in_city),
        items=[row for row in in_city if row.den == RATED and row.item in ITEM_NAMES],
        indicators=_indicators(in_city),
        odds=f"{ODDS:g}",
        pooled=plain_language.pooled(grids),
        complaints=plain_language.complaints(releases.complaints(release)) if release else "",
        plots=_plots(grids) if whole else {},
        rates=_rates(finals),
        tried=tried,
        groups=dispositions.counts(finals.elements()),
        names={"rates": labels.RATES, "groups": labels.GROUPS},
        margins=margins,
        margin_names=[str(GROUP_WORDS[name]) for name in margins.met] if margins else [],
        notes=plain_language.footnotes(overall if whole else [row for row in overall if row.level != GRID]),
        say=plain_language,
    )


def _indicators(rows: Iterable[ScoreRow]) -> list[ScoreRow]:
    """The city's shares of all completes, in the order of their names; without what nobody was asked."""
    city = {row.item: row for row in rows if (row.level, row.den) == (CITY, ALL) and row.status != NONE}
    return [city[item] for item in SHARE_NAMES if item in city]


def _by_type(rows: Iterable[ScoreRow]) -> dict[str, list[ScoreRow]]:
    """Grids of each type by their code: nothing is compared across types, nothing is ranked."""
    found: dict[str, list[ScoreRow]] = {}
    for row in sorted(rows, key=lambda row: (row.type, row.unit)):
        found.setdefault(row.type, []).append(row)
    return found


def _plots(rows: list[ScoreRow]) -> dict[str, charts.Caterpillar]:
    lines = [
        charts.ChartLine(row.unit, row.name, row.type, row.estimate, row.low, row.high)
        for row in rows
        if row.level == GRID
    ]
    return charts.by_group(lines, title=_("各网格总体满意的比例"))


def _rates(finals: Counter[str]) -> dict[str, float | None]:
    """The five rates, unweighted: every grid's outcomes count alike."""
    from sampling.comparing.outcomes import rates  # noqa: PLC0415  (only the scores' pages need the mathematics)

    groups = {str(group): count for group, count in dispositions.counts(finals.elements()).items()}
    found = rates(groups)
    return {name: None if (rate := found[name]) is None else float(rate) for name in labels.RATES}
