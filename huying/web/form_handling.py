"""One way to handle a form: the value it holds is handed on whole, or its faults are told with a status."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.web.current import transaction
from huying.web.forms import Form

DONE = 0
FAULTY = 422


def store(
    form: Form, operation: Callable[[Session], object], *, passing: tuple[type[Refused], ...] = ()
) -> int:
    """Run `operation` in this request's one transaction if the form is filled in well.

    Return DONE, or the status to answer with: what was refused stands in the form's errors. Refusals of the
    kinds `passing` are raised on.
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
