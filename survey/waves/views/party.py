"""A party's own page, opened by its one-time link: its digest before the event, its part after it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from huying.base import assets, clock
from huying.base.errors import Gone
from huying.base.i18n import _, mark
from huying.base.identity_provider import LOOPBACK
from huying.web.access import anyone
from huying.web.current import installation, reading
from huying.web.form_handling import DONE, store
from huying.web.hosts import HEARD
from survey.waves.forms.ceremony import DigestForm, OpenForm
from survey.waves.operations import parties
from survey.waves.operations.parties import FollowedLink
from survey.waves.queries import parties as known
from survey.waves.rules import event_clock
from survey.waves.rules.parties import OPEN, SEAL, digest_text
from survey.web.views.pages import page

routes = Blueprint("party", __name__)

FORMS: dict[str, type[DigestForm | OpenForm]] = {SEAL: DigestForm, OPEN: OpenForm}
SAID = {
    SEAL: mark("已记下 %(party)s 的指纹。份额请收好，公开事件以后要用。"),
    OPEN: mark("%(party)s 的份额已公开，与指纹一致。"),
}
"""What a link of each purpose takes, and what is said when it was taken."""


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
    form = FORMS[link.purpose]()
    status = 200
    if request.method == "POST":
        status = _take(form, token, purpose=link.purpose)
        if status == DONE:
            return redirect(url_for("public.round_", label=link.wave.label), 303)
    shown = {
        "link": link,
        "opening": link.purpose == OPEN,
        "digest": digest_text(digest or ""),
        "sha256": sealing_sha256(),
    }
    event = event_clock.instant(link.wave.beacon_source)
    return page("waves/party", form=form, event_at=event, **shown), status


def _take(form: DigestForm | OpenForm, token: str, *, purpose: str) -> int:
    """Take what the form holds; return as `store` does."""
    keys, now = installation().keys, clock.now()
    done: list[FollowedLink] = []
    status = store(
        form,
        lambda session: done.append(
            parties.take(session, token, purpose=purpose, what=form.value(), keys=keys, now=now)
        ),
        passing=(Gone,),
    )
    form.forget()
    for link in done if status == DONE else ():
        flash(_(SAID[link.purpose], party=link.party))
    return status


def _is_private() -> bool:
    """Whether nobody between the party's browser and this server reads along: TLS, or the same machine."""
    heard = request.environ.get(HEARD, request.scheme)
    return heard == "https" or urlsplit(request.host_url).hostname in LOOPBACK


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
