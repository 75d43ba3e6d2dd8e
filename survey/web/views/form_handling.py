"""What the pages share: the account that asks, and the storing of a form in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from flask import render_template, request
from flask_login import current_user
from sqlalchemy.orm import Session

from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from huying.web.current import transaction
from huying.web.forms import Form
from survey.models import Account

DONE = 0
FAULTY = 422


def refuse_unstorable() -> None:
    """Refuse a NUL in an address or a field: PostgreSQL neither stores nor compares such a text."""
    fields = (pair[1] for given in (request.args, request.form) for pair in given.items(multi=True))
    if any("\0" in text for text in (request.path, *fields)):
        raise Invalid(_("提交的内容里有不能保存的字符，请改掉再试。"), status=400)


def me() -> Account:
    """Return the account that sent this request."""
    return cast("Account", current_user)


def store(
    form: Form, operation: Callable[[Session], object], *, passing: tuple[type[Refused], ...] = ()
) -> int:
    """Run `operation` in one transaction if the form is filled in well.

    Returns DONE, or the status to answer with: what was refused stands in the form's errors. Refusals of
    the kinds `passing` are raised on.
    """
    if not form.validate():
        return FAULTY
    try:
        with transaction() as session:
            operation(session)
    except passing:
        raise
    except Refused as refusal:
        form.form_errors.append(refusal.message)
        return refusal.status
    return DONE


def page(template: str, /, **context: Any) -> str:
    """Return a page of this side, rendered."""
    return render_template(f"survey/{template}.html", **context)
