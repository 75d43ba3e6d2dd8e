"""Where games are played: one at a time, each in a data folder of its own, thrown away with the next."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from demo import survey as independent
from demo.place import DemoFolder
from demo.play import game, views
from huying.base import clock
from huying.base.keys import make_private
from huying.store.installation import Installation
from huying.store.migrate import upgrade
from survey.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Table:
    """A WSGI application that is the independent side of the game being played, with the game's own pages."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.app = self._begun()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer by the game that is being played."""
        app: WSGIApplication = self.app
        return app(environ, start)

    def again(self) -> None:
        """Begin another game."""
        self.app.extensions["huying"].database.dispose()
        self.app = self._begun()

    def _begun(self) -> Flask:
        shutil.rmtree(self.folder, ignore_errors=True)
        make_private(self.folder)
        app = create_app(DemoFolder(self.folder, survey_port=self.port).survey())
        # Browsers tell cookies by host alone, and the demo's own independent side is another port of it.
        app.config["SESSION_COOKIE_NAME"] = "huying_play"
        seed = game.new_seed()
        app.config[views.SEED], app.extensions[views.AGAIN] = seed, self.again
        app.register_blueprint(views.routes)
        here: Installation = app.extensions["huying"]
        upgrade("survey", here.database)
        independent.found(game.bench(here, seed=seed), now=clock.now() - 2 * game.BACK)
        return app
