"""A party's own page, opened by its one-time link: its digest before the event, its part after it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import assets, clock
from huying.base.errors import Gone
from huying.base.i18n import _
from huying.base.identity_provider import LOOPBACK
from huying.web.access import anyone
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.forms import Form
from survey.waves.forms.ceremony import DigestForm, OpenForm
from survey.waves.operations import parties
from survey.waves.queries import parties as known
from survey.waves.rules import event_clock
from survey.waves.rules.parties import OPEN, digest_text
from survey.web.views.pages import page

routes = Blueprint("party", __name__)

FORMS: dict[bool, type[Form]] = {False: DigestForm, True: OpenForm}


@routes.route("/party/<token>", methods=["GET", "POST"])
@anyone
def own(token: str) -> ResponseReturnValue:
    """Take a digest, or after the event the part, of the party whose link this is; once."""
    if not _is_private():
        # Whoever listens could hand in another digest: the sealing page and the telephone are left.
        return page("waves/party_aside", sha256=sealing_sha256())
    with reading() as session:
        link = parties.followed(session, token, keys=installation().keys, now=clock.now())
        digest = known.commitment_of(session, link.wave.label, party=link.party)
    opening = link.purpose == OPEN
    form = FORMS[opening]()
    status = 200
    if request.method == "POST":
        status = _take(form, token)
        if status == DONE:
            return redirect(url_for("public.round_", label=link.wave.label), 303)
    shown = {
        "link": link,
        "opening": opening,
        "digest": digest_text(digest or ""),
        "sha256": sealing_sha256(),
    }
    event = event_clock.instant(link.wave.beacon_source)
    return page("waves/party", form=form, event_at=event, **shown), status


def _take(form: Form, token: str) -> int:
    keys, now, done = installation().keys, clock.now(), []
    if isinstance(form, DigestForm):
        status = store(
            form,
            lambda session: done.append(
                parties.hand_in(session, token, commitment=form.value(), keys=keys, now=now)
            ),
            passing=(Gone,),
        )
        form.digest.data = ""
        if status == DONE:
            flash(_("已记下 %(party)s 的指纹。份额请收好，公开事件以后要用。", party=done[0].party))
        return status
    status = store(
        form,
        lambda session: done.append(
            parties.open_part(session, token, part=form.part.data, keys=keys, now=now)
        ),
        passing=(Gone,),
    )
    if status == DONE:
        flash(_("%(party)s 的份额已公开，与指纹一致。", party=done[0].party))
    return status


def _is_private() -> bool:
    """Whether nobody between the party's browser and this server reads along: TLS, or the same machine."""
    return request.is_secure or urlsplit(request.host_url).hostname in LOOPBACK


@routes.get("/seal.html")
@anyone
def sealing_page() -> ResponseReturnValue:
    """Give out the page with which a part is sealed offline, as one file."""
    headers = {"Content-Disposition": 'attachment; filename="seal.html"'}
    return Response(_sealing_page(), mimetype="text/html", headers=headers)


def sealing_sha256() -> str:
    """Return the SHA-256 of the sealing page, to be compared with the file that was downloaded."""
    return sha256(_sealing_page()).hexdigest()


@cache
def _sealing_page() -> bytes:
    return (assets.folder("static") / "seal.html").read_bytes()
