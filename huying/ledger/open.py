"""A ledger as strangers read it: newest checkpoint, proofs, and where witnesses leave their signatures."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable

from flask import Blueprint, Flask, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Invalid, NotFound, Refused
from huying.base.i18n import _
from huying.ledger import witnessed
from huying.ledger.keys import verifier_key
from huying.ledger.store import Ledger
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction

LONGEST_NOTE = 1 << 16
PLAIN = "text/plain; charset=utf-8"

Closed = Callable[[Session], bool]
"""Tells whether leaf hashes must not be given out now."""


def publish(app: Flask, ledger: Ledger, *, closed: Closed = lambda _session: False, suffix: str = "") -> None:
    """Give an app the addresses under /log of its ledger; while it is `closed`, no leaf hash leaves.

    A ledger beside the side's own has its `suffix` (`/word`) added to its name, and before its addresses.
    """
    routes = Blueprint(f"log{suffix.replace('/', '_')}", __name__, url_prefix=f"{suffix}/log")
    _checkpoints(routes, ledger, suffix)
    _proofs(routes, ledger, closed)
    app.register_blueprint(routes)
    # A witness is no browser: its signature is what vouches for what it posts.
    app.extensions["csrf"].exempt(routes)


def _checkpoints(routes: Blueprint, ledger: Ledger, suffix: str) -> None:
    @routes.get("/checkpoint")
    @anyone
    def checkpoint() -> ResponseReturnValue:
        """The newest signed checkpoint, with the lines of its witnesses."""
        with reading() as session:
            return _plain(witnessed.published(ledger, session))

    @routes.post("/cosignature")
    @anyone
    def cosignature() -> ResponseReturnValue:
        """Keep the signature that a witness has put under a checkpoint of ours."""
        here = installation()
        posted = _posted()
        log = verifier_key(f"{here.ledger_origin}{suffix}", key=here.keys.signing(witnessed.SIGNING))
        with transaction() as session:
            new = witnessed.take(ledger, session, posted, log=log, at=clock.now())
        return _plain(f"{new}\n")


def _proofs(routes: Blueprint, ledger: Ledger, closed: Closed) -> None:
    @routes.get("/consistency", defaults={"first": None, "second": None})
    @routes.get("/consistency/<int:first>/<int:second>")
    @anyone
    def consistency(first: int | None, second: int | None) -> ResponseReturnValue:
        """Hashes that prove one size of the log to begin with another: ?from=M&to=N, or as a path."""
        start, stop = _given("from", first), _given("to", second)
        with reading() as session:
            if not all(session.get(ledger.stored, size) for size in (start, stop)):
                # Between any two sizes, the hashes of single lines could be read off.
                raise NotFound(_("只证明公布过的检查点之间的接续。"))
            return _hashes(ledger.consistency_proof(session, first=start, second=stop))

    @routes.get("/proof", defaults={"index": None, "size": None})
    @routes.get("/proof/<int:index>/<int:size>")
    @anyone
    def proof(index: int | None, size: int | None) -> ResponseReturnValue:
        """Hashes that prove a line to stand in the log: ?index=I&size=N, or as a path."""
        at, within = _given("index", index), _given("size", size)
        with reading() as session:
            if closed(session):
                raise Refused(_("这一轮还在访问，账本的逐条证明要等结束以后才公布。"))
            return _hashes(ledger.inclusion_proof(session, index=at, size=within))


def _given(name: str, value: int | None) -> int:
    found = request.args.get(name, type=int) if value is None else value
    # More than a database numbers is no number of a line.
    if found is None or not 0 <= found < 1 << 63:
        raise Invalid(_("请写明 %(name)s，一个整数。", name=name))
    return found


def _posted() -> str:
    data = request.get_data(cache=False)
    if len(data) > LONGEST_NOTE:
        raise Invalid(_("提交的内容太大了。"), status=413)
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Invalid(_("签名文件的格式不对。"), status=400) from None


def _hashes(found: Iterable[bytes]) -> Response:
    return _plain("".join(f"{base64.b64encode(each).decode()}\n" for each in found))


def _plain(text: str) -> Response:
    return Response(text, content_type=PLAIN)
