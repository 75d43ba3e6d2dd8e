"""Serving an app: gunicorn with threads, in some processes, on loopback unless told otherwise."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn import glogging
from gunicorn.app.base import BaseApplication

from huying.web import figures

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

LONGEST_ADDRESS = 8190
GRACE_S = 20
"""Seconds that requests are given to end when a process is replaced or stopped."""


class OurLog(glogging.Logger):  # type: ignore[misc]
    """What the server itself says goes where all else is logged, if anything is set up to take it."""

    def setup(self, cfg: Any) -> None:
        """Set the log up."""
        super().setup(cfg)
        if logging.getLogger().handlers:
            self.error_log.handlers, self.error_log.propagate = [], True


class Server(BaseApplication):  # type: ignore[misc]
    """One app served by some worker processes with threads; one that dies is replaced."""

    def __init__(
        self, make: Callable[[], WSGIApplication], *, host: str, port: int, processes: int, threads: int
    ) -> None:
        self.make = make
        self.bind = f"{host}:{port}"
        self.processes, self.threads = processes, threads
        super().__init__()

    def load_config(self) -> None:
        """Set the server's options."""
        options: dict[str, Any] = {
            "bind": self.bind,
            "workers": self.processes,
            "threads": self.threads,
            "worker_class": "huying.web.patient.PatientWorker",
            "loglevel": "warning",
            "graceful_timeout": GRACE_S,
            "limit_request_line": LONGEST_ADDRESS,
            "control_socket_disable": True,
            "post_fork": _begin,
            "logger_class": OurLog,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Make the app, in the process that serves it."""
        return self.make()


def serve(
    make: Callable[[], WSGIApplication], *, host: str, port: int, processes: int = 1, threads: int = 8
) -> None:
    """Serve until interrupted."""
    figures.share()
    Server(make, host=host, port=port, processes=processes, threads=threads).run()


def _begin(_arbiter: Any, worker: Any) -> None:
    """Give a new process its own place among the figures."""
    figures.count_as(worker.age)
