"""The scan page as bytes: drawn once for an answer, finished for every request with its own time."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from flask import current_app, request
from markupsafe import Markup

from feedback.contacts.queries.answer import ContactAnswer
from feedback.scan.rules import stamps
from feedback.web.views.headers import FRESH
from huying.base import assets, clock
from huying.base.i18n import _
from huying.web import languages

GENERATED, COVERED = "\ue000generated\ue000", "\ue000covered\ue000"
"""Where a drawn page takes the minute of its making, and when it begins to cover a person's number."""


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page but for its time; it holds up to `until`, as long as nothing that it hangs on changes."""

    body: bytes
    time_form: str
    until: datetime

    def finished(self, *, stamped: int, now: datetime) -> bytes:
        """Return the page for a stamp of that unix second, made at `now`."""
        covered = (stamped + int(stamps.LIFETIME.total_seconds())) * 1000
        made = clock.local(now).strftime(self.time_form)
        return self.body.replace(GENERATED.encode(), made.encode()).replace(
            COVERED.encode(), str(covered).encode()
        )


def draw_answer(answer: ContactAnswer, *, now: datetime, **context: Any) -> RenderedPage:
    """Draw the page of an answer."""
    html = draw("answer", answer=answer, now=now, generated=GENERATED, covered_from=COVERED, **context)
    return RenderedPage(html.encode(), _("%-m月%-d日 %H:%M"), _until(answer, now=now))


def draw(state: str, **context: Any) -> str:
    """Return the page of a state as a text."""
    # Without the context of signed-in pages: that looks at the session, and this page knows no cookie.
    template = current_app.jinja_env.get_template("feedback/scan/scan.html")
    return template.render(
        page=state,
        style=Markup(style()),  # noqa: S704 - our own files
        script=Markup(script()),  # noqa: S704
        big=is_big(),
        kept=languages.kept(),
        **context,
    )


def strict(response: Any) -> Any:
    """Return a response that no cache keeps, no search finds, and that loads nothing."""
    languages.without_cookie()
    response.headers.update(FRESH | {"Content-Security-Policy": policy()})
    return response


def is_big() -> bool:
    """Tell whether this reader asked for large type."""
    return request.args.get("big") == "1"


@cache
def style() -> str:
    """Return the page's own style sheet, the only inline one anywhere."""
    return _read("scan.css")


@cache
def script() -> str:
    """Return the page's own script: it covers a person's number once the page is ten minutes old."""
    return _read("scan.js")


@cache
def policy() -> str:
    """Return the page's content security policy: that style sheet and that script by hash, nothing else."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style())}'; script-src 'sha256-{_hash(script())}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _until(answer: ContactAnswer, *, now: datetime) -> datetime:
    """Return how long the page holds: what it calls today is yesterday after midnight."""
    tomorrow = clock.local(now).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=clock.LOCAL)
    return min(filter(None, (answer.holds_until, midnight)))


def _read(name: str) -> str:
    return (assets.folder("templates") / "feedback" / "scan" / name).read_text(encoding="utf-8").strip()


def _hash(text: str) -> str:
    return base64.b64encode(sha256(text.encode()).digest()).decode()
