"""`huying witness`: for another department, which vouches that a ledger was never rewritten."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.ledger.keys import WITNESS, VerifierKey, parse_vkey, verifier_key
from huying.ledger.witness.state import State
from huying.ledger.witness.visiting import Witness, visit

file = click.Path(dir_okay=False, path_type=Path)


@click.command("witness")
@click.option("--name", required=True, help="This witness's name, e.g. audit.example.cn/witness.")
@click.option("--key", "key_file", type=file, required=True, help="Its private key; made on first use.")
@click.option("--state", type=file, help="What it has seen; keep it as carefully as the key.")
@click.option("--log", "url", metavar="URL", help="Visit the ledger served here.")
@click.option("--vkey", "vkeys", multiple=True, help="The ledger's verifier key, brought on paper.")
@click.option("--serve", is_flag=True, help="Wait for ledgers to come (C2SP tlog-witness) instead.")
@click.option("--host", default="127.0.0.1", show_default=True, help="With --serve: address.")
@click.option("--port", default=8009, show_default=True, help="With --serve: port.")
def register(
    *,
    name: str,
    key_file: Path,
    state: Path | None,
    url: str | None,
    vkeys: tuple[str, ...],
    serve: bool,
    host: str,
    port: int,
) -> None:
    """Sign that a ledger has only grown since the last visit.

    Without --log and --serve it prints this witness's verifier key, which the ledger's keeper stores by
    `huying survey witness add VKEY`. With --log it visits once (run it by cron): where the ledger contradicts
    what was seen, nothing is signed, the evidence is kept beside the state, and the exit status is 1.
    """
    private = Keyring(key_file.absolute().parent).signing(key_file.name)
    logs = [parse_vkey(vkey) for vkey in vkeys]
    if url is None and not serve:
        click.echo(verifier_key(name, key=private, kind=WITNESS).text)
        return
    if state is None or not logs or (url is not None and len(logs) > 1):
        raise click.UsageError(_("请写明 --state 和 --vkey（每个账本一个）。"))
    witness = Witness(name, private, State(state))
    if serve:
        _serve(witness, {log.name: log for log in logs}, host=host, port=port)
    elif url is not None:
        seen = visit(witness, url.rstrip("/"), log=logs[0], at=clock.now())
        click.echo(_("%(log)s：%(size)s 条，已签。", log=logs[0].name, size=seen.size))


def _serve(witness: Witness, logs: dict[str, VerifierKey], *, host: str, port: int) -> None:
    from huying.ledger.witness.serving import create_app  # noqa: PLC0415
    from huying.web.serve import serve as run  # noqa: PLC0415  (a visit needs no web framework)

    run(lambda: create_app(witness, logs=logs), host=host, port=port)
