"""Serving an app: gunicorn with threads, in some processes, on loopback unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 8
"""Threads of a process."""


class Server(BaseApplication):  # type: ignore[misc]
    """One app served by some worker processes with threads; one that dies is replaced."""

    def __init__(self, make: Callable[[], WSGIApplication], *, host: str, port: int, processes: int) -> None:
        self.make = make
        self.bind = f"{host}:{port}"
        self.processes = processes
        super().__init__()

    def load_config(self) -> None:
        """Set the server's options."""
        options: dict[str, Any] = {
            "bind": self.bind,
            "workers": self.processes,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "graceful_timeout": 3,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Make the app, in the process that serves it."""
        return self.make()


def serve(make: Callable[[], WSGIApplication], *, host: str, port: int, processes: int = 1) -> None:
    """Serve until interrupted."""
    Server(make, host=host, port=port, processes=processes).run()
