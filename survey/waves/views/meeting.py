"""What a meeting sees and keeps: the wall, the printed protocol, the link that a party is handed."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.accounts.sign_in import entering, picture
from huying.base import clock
from huying.base.errors import Refused
from huying.web.access import only
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from survey.roles import DRAW_OFFICER
from survey.waves.forms.ceremony import BeaconForm, EarlyEndingForm, LinkForm
from survey.waves.operations import draw, early_ending, parties
from survey.waves.queries import meeting, outlook
from survey.waves.rules import dice_pad, planning
from survey.waves.rules.dice_pad import DicePad
from survey.waves.rules.early_ending import Signer
from survey.waves.rules.parties import grouped
from survey.waves.views import draw_officer
from survey.web.views.pages import me, page

routes = Blueprint("meeting", __name__, url_prefix="/waves")

FIRST = "wall:first"
"""For what the first entry of a pad is sealed."""


@routes.post("/<label>/link")
@only(DRAW_OFFICER)
def link(label: str) -> ResponseReturnValue:
    """Make a one-time link for a party and show it once, to be handed over."""
    form, keys, tokens = LinkForm(), installation().keys, []
    status = store(
        form,
        lambda session: tokens.append(
            parties.make_link(
                session, label, party=form.party.data, keys=keys, by=me().login, now=clock.now()
            )
        ),
    )
    if status != DONE:
        return draw_officer.show(label, faulty=form, step="link"), status
    address = f"{installation().settings.base_url}/party/{tokens[0]}"
    entering.keep(draw_officer.LINK, form.party.data, address)
    return redirect(url_for("waves.one", label=label), 303)


@routes.post("/<label>/early")
@only(DRAW_OFFICER)
def early(label: str) -> ResponseReturnValue:
    """Ask to end the field early; somebody of another role has to confirm."""
    form, by = EarlyEndingForm(), Signer(me().login, me().role)
    status = store(
        form,
        lambda session: early_ending.ask(session, label, why=form.why.data, by=by, now=clock.now()),
    )
    if status != DONE:
        return draw_officer.show(label, faulty=form, step="early"), status
    return redirect(url_for("waves.one", label=label), 303)


@routes.get("/<label>/wall")
@only(DRAW_OFFICER)
def wall(label: str) -> ResponseReturnValue:
    """Show the ceremony to a room: large type, each step with its time, the pad for thrown dice."""
    return _wall(label, BeaconForm())


@routes.post("/<label>/wall")
@only(DRAW_OFFICER)
def call(label: str) -> ResponseReturnValue:
    """Record what the event showed, entered twice before all eyes."""
    form = BeaconForm()
    sig = form.sig.data or None
    status = store(
        form,
        lambda session: draw.announce(session, label, value=form.result(), sig=sig, now=clock.now()),
    )
    return redirect(url_for(".wall", label=label), 303) if status == DONE else (_wall(label, form), status)


def _wall(label: str, form: BeaconForm) -> str:
    with reading() as session:
        found = meeting.of(session, label)
    wave, now = found.walk.wave, clock.now()
    pad = _pad(wave.beacon_source)
    shown = {"meeting": found, "wave": wave, "pad": pad, "form": form, "now": now}
    shown["kept"] = _covered(pad.first) if pad else ""
    shown["entering"] = found.walk.next == "beacon" and (found.event_at is None or now >= found.event_at)
    shown["again"] = grouped(pad.second, 5) if pad else []
    return page("waves/wall", shown_digits=grouped(wave.beacon_value or "", 5), **shown)


def _pad(source: str) -> DicePad | None:
    """Return the pad as the address has it, after the key that was pressed."""
    first, second = _uncovered(request.args.get("kept", "")), request.args.get("second", "")
    given = first or request.args.get("first", "")
    pad = dice_pad.of_source(source, first=given, second=second, read=bool(first))
    key = request.args.get("key", "")
    return pad.pressed(key) if pad and key else pad


def _covered(first: str) -> str:
    """Return a first entry so that whoever makes the second can't read it in the address."""
    return installation().vault.seal(first, where=FIRST).hex()


def _uncovered(text: str) -> str:
    try:
        return installation().vault.open(bytes.fromhex(text), where=FIRST)
    except (ValueError, Refused):
        return ""


@routes.get("/<label>/protocol")
@only(DRAW_OFFICER)
def protocol(label: str) -> ResponseReturnValue:
    """Print what was done at the meeting, with the checkpoint of the freeze as a symbol to photograph."""
    with reading() as session:
        found = meeting.of(session, label)
        kept = outlook.kept(session, label)
    text = found.checkpoint.note or "" if found.checkpoint else ""
    symbol = picture.data_uri(text) if text else ""
    shown = {"meeting": found, "wave": found.walk.wave, "symbol": symbol, "kept": kept}
    return page("waves/protocol", levels=planning.LEVELS, **shown)
