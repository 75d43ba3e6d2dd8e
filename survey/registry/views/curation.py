"""What keeps the registry honest: files waiting for a second name, checked departures, outside counts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.base.errors import Refused
from huying.base.i18n import _
from huying.store.areas import LEVEL_NAMES
from huying.web.access import anyone, only
from huying.web.current import installation, reading, transaction
from huying.web.form_handling import DONE, FAULTY, store
from survey.deposits.operations import areas, discard
from survey.registry.forms import DepartureForm, HandOverForm, HomesForm, OutsideForm, SecondForm
from survey.registry.operations import departures as departure_checks
from survey.registry.operations import homes as home_decisions
from survey.registry.operations import outside as outside_counts
from survey.registry.operations import requests, trials
from survey.registry.operations.registry import RegistryCounts
from survey.registry.queries import departures, deposited, homes, log, outside
from survey.registry.rules import curation
from survey.registry.rules import outside as outside_rules
from survey.registry.views import files
from survey.roles import REGISTRAR
from survey.web.views.pages import me, page

routes = Blueprint("curation", __name__, url_prefix="/registry")

NUMBER = f"<int(max={2**31 - 1}):number>"
"""What the databases' whole numbers hold."""

SHOWN = 50
"""Groups of households that a page shows."""


@routes.get("/log")
@anyone
def public_log() -> ResponseReturnValue:
    """Tell everybody what left the registry and changed in it, who brought it, who else answers for it."""
    with reading() as session:
        return page(
            "registry/public_log",
            brought=log.brought(session, after=None)[::-1],
            requests=log.requests(session),
            over_of=curation.over_of,
            checks=departures.checks(session),
            names=deposited.area_names(session),
            people=log.people(session),
            levels=LEVEL_NAMES,
            changes=deposited.map_changes(session),
            findings=deposited.findings(session),
            discards=deposited.discards(session),
        )


@routes.get("/requests")
@only(REGISTRAR)
def waiting() -> ResponseReturnValue:
    """List the files that needed a second registrar."""
    with reading() as session:
        asked, people = log.requests(session), log.people(session)
    return page("registry/requests", requests=asked, people=people)


@routes.post("/trial/hand-over")
@only(REGISTRAR)
def hand_over() -> ResponseReturnValue:
    """Hand the tried file to a second registrar."""
    form, by, now, vault = HandOverForm(), me().login, clock.now(), installation().vault
    if not form.validate():
        raise Refused("；".join(_errors(form)), status=FAULTY)
    data, name = files.tried(form.sha256.data or "")
    stated = files.read(data, file=name)
    with transaction() as session:
        requests.hand_over(session, data, stated=stated, why=form.why.data or "", vault=vault, by=by, now=now)
        trials.drop(session, by=by)
    flash(_("已交给另一位名册管理员。在他写明理由以前，名册没有改动。"))
    return redirect(url_for(".waiting"), 303)


def _errors(form: HandOverForm) -> list[str]:
    return [str(error) for error in (*form.form_errors, *form.why.errors, *form.sha256.errors)]


@routes.route(f"/requests/{NUMBER}", methods=["GET", "POST"])
@only(REGISTRAR)
def one(number: int) -> ResponseReturnValue:
    """Show a file that waits; apply it, or refuse it, with a reason."""
    form = SecondForm()
    status = _decided(form, number) if request.method == "POST" else 200
    if status == DONE:
        return redirect(url_for(".waiting"), 303)
    with reading() as session:
        row, people = log.request(session, number), log.people(session)
    told = {"mine": row.by == me().login, "over": curation.over_of(row.over), "people": people}
    return page("registry/request", row=row, form=form, **told), status


def _decided(form: SecondForm, number: int) -> int:
    """Decide in a transaction of its own; the file is read before, so that nobody waits for the database."""
    if not form.validate():
        return FAULTY
    try:
        if "refuse" in request.form:
            _refuse(form, number)
        else:
            _confirm(form, number)
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return refusal.status
    return DONE


def _confirm(form: SecondForm, number: int) -> None:
    vault = installation().vault
    with reading() as session:
        handed = requests.opened(session, number, vault=vault)
    stated = files.read(handed.data, file=handed.file, by=handed.by)
    by, reason, now = me(), form.reason.data or "", clock.now()
    with transaction() as session:
        plan = requests.confirm(session, number, stated=stated, by=by, reason=reason, vault=vault, now=now)
    flash(RegistryCounts.of(plan).words())


def _refuse(form: SecondForm, number: int) -> None:
    with transaction() as session:
        requests.refuse(session, number, by=me(), reason=form.reason.data or "", now=clock.now())
    flash(_("已退回，名册没有改动。"))


@routes.get("/departures")
@only(REGISTRAR)
def departed() -> ResponseReturnValue:
    """List the departures that the lot sends somebody to check."""
    return _departures(DepartureForm(), number=0), 200


@routes.post(f"/departures/{NUMBER}")
@only(REGISTRAR)
def check(number: int) -> ResponseReturnValue:
    """Keep what a visit or a letter found."""
    form = DepartureForm()
    status = store(
        form,
        lambda session: departure_checks.record(
            session, number, result=form.result.data, source=form.source.data, by=me(), now=clock.now()
        ),
    )
    if status == DONE:
        flash(_("已记下核对的结果。"))
        return redirect(url_for(".departed"), 303)
    return _departures(form, number=number), status


def _departures(form: DepartureForm, *, number: int) -> str:
    with reading() as session:
        found, people = departures.drawn(session), log.people(session)
    return page("registry/departures", departures=found, people=people, form=form, number=number)


@routes.route("/outside", methods=["GET", "POST"])
@only(REGISTRAR)
def counts() -> ResponseReturnValue:
    """Show what others count beside the registry; take in more."""
    form = OutsideForm()
    status = _counted(form) if request.method == "POST" else 200
    if status == DONE:
        flash(_("已记下。冻结名册时会公开比较。"))
        return redirect(url_for(".counts"), 303)
    with reading() as session:
        latest, registered = outside.latest(session), outside.registered(session)
    return page(
        "registry/outside", form=form, counts=latest, registered=registered, is_far=outside_rules.is_far
    ), status


def _counted(form: OutsideForm) -> int:
    source, by, now = form.source.data or "", me().login, clock.now()
    return store(
        form,
        lambda session: outside_counts.keep(
            session,
            outside_rules.read(form.counts.data or ""),
            source=source,
            day=form.on,
            by=by,
            now=now,
        ),
    )


@routes.get("/map")
@only(REGISTRAR)
def map_changes() -> ResponseReturnValue:
    """Show what deposits would change in the map where households live."""
    return _map(SecondForm(), number=0), 200


@routes.post(f"/map/{NUMBER}")
@only(REGISTRAR)
def decide(number: int) -> ResponseReturnValue:
    """Take over a change of the map, or refuse it, by name and with a reason."""
    form, by, apply = SecondForm(), me(), "refuse" not in request.form
    status = store(
        form,
        lambda session: areas.decide(
            session, number, by=by, reason=form.reason.data or "", apply=apply, now=clock.now()
        ),
    )
    if status == DONE:
        flash(_("地图已按交存文件改动。") if apply else _("已退回，地图没有改动。"))
        return redirect(url_for(".map_changes"), 303)
    return _map(form, number=number), status


def _map(form: SecondForm, *, number: int) -> str:
    with reading() as session:
        changes, names = deposited.map_changes(session), deposited.area_names(session)
    return page(
        "registry/map_changes", changes=changes, names=names, levels=LEVEL_NAMES, form=form, number=number
    )


@routes.route("/deposits/<period>/discard", methods=["GET", "POST"])
@only(REGISTRAR)
def discard_deposit(period: str) -> ResponseReturnValue:
    """Throw out a bad deposit, by name and with a reason."""
    form, by = SecondForm(), me()
    with reading() as session:
        row = deposited.last(session, period)
    status = 200
    if request.method == "POST":
        status = store(
            form,
            lambda session: discard.discard(
                session, period, by=by, reason=form.reason.data or "", now=clock.now()
            ),
        )
    if status == DONE:
        flash(_("已作废 %(period)s 的交存文件。", period=period))
        return redirect(url_for("registrar.deposits"), 303)
    return page("registry/discard", deposit=row, form=form), status


def _try_again_when_decided() -> None:
    """Compare the tried file anew once the last of its homes is decided: what is shown is what is applied."""
    waiting = files.waiting()
    if waiting is None:
        return
    with reading() as session:
        undecided = homes.open_groups(session, waiting.findings.twins)
    if not undecided:
        data, name = files.tried(waiting.sha256)
        files.attempt(data, file=name)


@routes.route("/homes", methods=["GET", "POST"])
@only(REGISTRAR)
def one_home() -> ResponseReturnValue:
    """Show which households may be one home; decide of some that they are, or that they aren't."""
    form, by = HomesForm(), me().login
    status = 200
    if request.method == "POST":
        status = store(
            form,
            lambda session: home_decisions.decide(
                session, (form.codes.data or "").split(), keep=form.keep.data or None, by=by, now=clock.now()
            ),
        )
    if status == DONE:
        flash(_("已记下。"))
        if request.args.get("back") != "trial":
            return redirect(url_for(".one_home"), 303)
        _try_again_when_decided()
        return redirect(url_for("registry_trial.shown"), 303)
    with reading() as session:
        count, groups = homes.groups(session, most=SHOWN)
    return page("registry/homes", form=form, groups=groups, count=count), status
