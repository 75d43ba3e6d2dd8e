"""The draw officer leads a wave's ceremony and opens its field. Never the sample, never a sealed part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from huying.accounts.sign_in import entering
from huying.base import clock
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.telephony import choice as dialling
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import ButtonForm, Form
from survey.kinds import NAMES
from survey.roles import DRAW_OFFICER
from survey.waves.forms.ceremony import (
    BeaconForm,
    CommitForm,
    EarlyEndingForm,
    LinkForm,
    RevealForm,
    VoidForm,
)
from survey.waves.operations import draw, release, served
from survey.waves.queries import ceremony, early_ending, parties, waves, wordings
from survey.waves.queries.ceremony import Ceremony
from survey.web.forms.fields import choices
from survey.web.views.pages import page

routes = Blueprint("waves", __name__, url_prefix="/waves")

FORMS: dict[str, type[Form]] = {
    "commit": CommitForm,
    "beacon": BeaconForm,
    "reveal": RevealForm,
    "void": VoidForm,
    "link": LinkForm,
    "early": EarlyEndingForm,
}
LINK = "party-link"
"""Under which name a new link is kept for the one page that shows it."""


@routes.get("/")
@only(DRAW_OFFICER)
def index() -> ResponseReturnValue:
    """List the waves, the newest first."""
    with reading() as session:
        ceremonies = ceremony.every_ceremony(session)
    return page("waves/waves", walks=ceremonies, kinds=NAMES)


@routes.get("/<label>")
@only(DRAW_OFFICER)
def one(label: str) -> ResponseReturnValue:
    """Show the ceremony of a wave: what is done, and the one thing to do next."""
    return show(label)


@routes.post("/<label>/<step>")
@only(DRAW_OFFICER)
def do(label: str, step: str) -> ResponseReturnValue:
    """Do one step of the ceremony."""
    if step not in ACTIONS:
        raise NotFound(_("没有这一步。"))
    with reading() as session:
        form = _form(step, ceremony.of(session, waves.find(session, label)))
    status = ACTIONS[step](label, form)
    if status == DONE:
        return redirect(url_for(".one", label=label), 303)
    return show(label, faulty=form, step=step), status


def show(label: str, *, faulty: Form | None = None, step: str = "") -> str:
    """Return the page of a wave's ceremony; `faulty` is the form of `step` that was refused."""
    with reading() as session:
        walk = ceremony.of(session, waves.find(session, label))
        links = parties.waiting(session, label, now=clock.now())
        ending, asked = early_ending.of(session, label), wordings.of_wave(session, walk.wave)
    forms = {name: _form(name, walk) for name in (*ACTIONS, "close", "link", "early")}
    if faulty:
        forms[step] = faulty
    link = tuple(entering.kept(LINK))
    shown = {"walk": walk, "wave": walk.wave, "links": links, "link": link, "ending": ending, "asked": asked}
    return page("waves/ceremony", forms=forms, faulty=faulty, now=clock.now(), **shown)


def _form(step: str, walk: Ceremony) -> Form:
    form = FORMS.get(step, ButtonForm)()
    unopened = choices((party, party) for party in walk.unopened)
    if isinstance(form, RevealForm):
        form.party.choices = unopened
    if isinstance(form, VoidForm):
        form.refused_by.choices = unopened
    return form


def _commit(label: str, form: CommitForm) -> int:
    party = form.party.data
    status = store(
        form,
        lambda session: draw.commit(session, label, party=party, commitment=form.value(), now=clock.now()),
    )
    form.digest.data = ""  # what was refused may have been a part
    if status == DONE:
        flash(_("已记下 %(data)s 的指纹。", data=party))
    return status


def _beacon(label: str, form: BeaconForm) -> int:
    sig = form.sig.data or None
    return store(
        form,
        lambda session: draw.announce(session, label, value=form.result(), sig=sig, now=clock.now()),
    )


def _reveal(label: str, form: RevealForm) -> int:
    party, part = form.party.data, form.part.data
    return store(form, lambda session: draw.reveal(session, label, party=party, part=part, now=clock.now()))


def _draw(label: str, form: Form) -> int:
    return store(form, lambda session: draw.draw(session, label, now=clock.now()))


def _void(label: str, form: VoidForm) -> int:
    by = form.refused_by.data
    return store(
        form, lambda session: draw.void(session, label, why=waves.REFUSED_REVEAL, by=by, now=clock.now())
    )


def _open(label: str, form: Form) -> int:
    here = installation()
    serves = dialling.serves(here.settings.dialler)
    return store(
        form,
        lambda session: served.open_field(session, label, serves=serves, vault=here.vault, now=clock.now()),
    )


def _release(label: str, form: Form) -> int:
    grids: list[str] = []
    status = store(form, lambda session: grids.extend(release.release_due(session, label, now=clock.now())))
    if status == DONE:
        n = len(grids)
        flash(_("按规则放出补充批：%(n)s 个网格。", n=n) if n else _("按规则现在不用放补充批。"))
    return status


ACTIONS: dict[str, Callable[[str, Any], int]] = {
    "commit": _commit,
    "beacon": _beacon,
    "reveal": _reveal,
    "draw": _draw,
    "void": _void,
    "open": _open,
    "release": _release,
}
"""The steps of a ceremony that a form takes: each stores in one transaction and returns as `store` does."""
