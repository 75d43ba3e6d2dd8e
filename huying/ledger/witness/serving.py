"""The other way round: ledgers come to the witness, by C2SP's tlog-witness."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, request

from huying.base import clock
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from huying.ledger import note
from huying.ledger.keys import VerifierKey
from huying.ledger.witness.seeing import Forked, advance, hashes
from huying.ledger.witness.visiting import Witness

LARGEST = 1 << 16
OLD = "old "
SIZE_TYPE = "text/x.tlog.size"


def create_app(witness: Witness, *, logs: Mapping[str, VerifierKey]) -> Flask:
    """Return an app that signs the checkpoints of `logs` (by origin) which are brought to it."""
    app = Flask("huying-witness", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        try:
            return _added(witness, request.get_data().decode(), logs=logs)
        except UnicodeDecodeError:
            return _plain(_("签名文件的格式不对。"), status=400)
        except Forked as fork:
            return _plain(fork.message, status=422)
        except Refused as refusal:
            return _plain(refusal.message, status=400)

    return app


def _added(witness: Witness, posted: str, *, logs: Mapping[str, VerifierKey]) -> Response:
    old, proof, shown = _parts(posted)
    log = logs.get(shown.partition("\n")[0])
    if log is None:
        return _plain(_("不认识这个账本。"), status=404)
    try:
        checkpoint = note.verify_checkpoint(shown, log=log)
    except Invalid as refusal:
        return _plain(refusal.message, status=403)
    if old > checkpoint.size:
        raise Invalid(_("账本变短了：见过 %(seen)s 条，现在只有 %(now)s 条。", seen=old, now=checkpoint.size))
    with witness.state.held():
        seen = witness.state.seen(log.name)
        if old != seen.size or checkpoint.size < seen.size:
            return Response(f"{seen.size}\n", status=409, content_type=SIZE_TYPE)
        now = advance(seen, checkpoint, proof=proof)
        witness.state.keep(log.name, now)
    signed = note.cosign(shown, name=witness.name, key=witness.key, at=clock.now())
    return _plain(signed.removeprefix(shown), status=200)


def _parts(posted: str) -> tuple[int, list[bytes], str]:
    """Return the size that the ledger thinks was seen last, its proof, and the checkpoint."""
    head, blank, shown = posted.partition("\n\n")
    first, _newline, proof = head.partition("\n")
    size = first.removeprefix(OLD)
    if not blank or not first.startswith(OLD) or not note.SIZE.fullmatch(size):
        raise Invalid(_("签名文件的格式不对。"))
    return int(size), hashes(proof), shown


def _plain(text: str, *, status: int) -> Response:
    return Response(
        text if text.endswith("\n") else f"{text}\n", status=status, content_type="text/plain; charset=utf-8"
    )
