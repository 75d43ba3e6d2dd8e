"""Are programs answered as the OpenAPI document says? Schemathesis asks, over a demo that was made before.

python -m bench.contract --data var/survey --examples 200

Needs the extra `contract`. Ends with status 1 where an answer isn't as the document says.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

from flask import Flask, Response, request

from huying.base import clock
from huying.base.settings import Settings, load
from survey.api import operations
from survey.api.rules.tokens import MOST_AN_HOUR, TokenRequest, TokenScope
from survey.app import create_app
from survey.side import SIDE


class Silent(WSGIRequestHandler):
    """Logs no request."""

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve the app, hand out a token, let schemathesis ask, and say how much it asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--examples", type=int, default=100)
    options = parser.parse_args()
    app = create_app(_settings(options.data))
    token, answers = _token(app), _counted(app)
    server = make_server("127.0.0.1", 0, app, handler_class=Silent)
    Thread(target=server.serve_forever, daemon=True).start()
    status = _asked(f"http://127.0.0.1:{server.server_port}", token, examples=options.examples)
    server.shutdown()
    for (address, code), count in sorted(answers.items()):
        print(f"{count:>6}  {code}  {address}")
    raise SystemExit(status)


def _counted(app: Flask) -> Counter[tuple[str, int]]:
    """Count what is answered by address and status."""
    found: Counter[tuple[str, int]] = Counter()

    def count(response: Response) -> Response:
        found[request.url_rule.rule if request.url_rule else "none", response.status_code] += 1
        return response

    app.after_request(count)
    return found


def _settings(data: Path) -> Settings:
    return load(SIDE.key, SIDE.prefix, {"HUYING_DATA": str(data), "HUYING_DEMO": "1"})


def _token(app: Flask) -> str:
    here = app.extensions["huying"]
    scope = TokenScope("frozen", "grid")
    request = TokenRequest("contract", "schemathesis", scope, days=1, per_hour=MOST_AN_HOUR)
    with here.database.transaction() as session:
        return operations.issue(
            session, request, keys=here.settings.keys, by="bench", role="", now=clock.now()
        )


def _asked(address: str, token: str, *, examples: int) -> int:
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/v1/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token}", "--max-examples", str(examples)]
    command += ["--seed", "1", "--checks", "all"]
    return subprocess.run(command, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    main()
