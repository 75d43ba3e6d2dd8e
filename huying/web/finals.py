"""What never changes once it is out: made the first time somebody asks, known again by its ETag."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from flask import Response, request

from huying.base.keys import make_private

Make = Callable[[], bytes]


def answer(identity: str, make: Make, *, mimetype: str) -> Response:
    """Answer with what `identity` tells from everything else; who holds it is told so, and it isn't made."""
    response = Response(status=304)
    if not request.if_none_match.contains(identity):
        response = Response(make(), mimetype=mimetype)
    response.set_etag(identity)
    return response


def from_file(folder: Path, identity: str, make: Make) -> bytes:
    """Return what was made for `identity`, from its file once there is one; a full disk keeps none."""
    path = folder / identity
    if path.is_file():
        return path.read_bytes()
    data = make()
    with suppress(OSError):
        _keep(path, data)
    return data


def _keep(path: Path, data: bytes) -> None:
    """Write a file in one step, so that nobody is ever given half of it."""
    make_private(path.parent)
    draft = path.parent / f".{path.name}-{secrets.token_hex(4)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
