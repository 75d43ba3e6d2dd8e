"""What each new app or database would compile again, templates, routes, SQL, is compiled once a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule


class Templates(BytecodeCache):
    """Jinja's cache of compiled templates, in memory; the checksum of its source finds a template."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.codes[bucket.key, bucket.checksum] = bucket.code


def routes(compile_builder: Callable[..., Any]) -> Callable[..., Any]:
    """Remember what builds a rule's addresses: it takes the rule as an argument."""
    built: dict[tuple[object, ...], Any] = {}

    def builder(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, append_unknown, repr(rule._trace), repr(rule.defaults))
        if key not in built:
            built[key] = compile_builder(rule, append_unknown)
        return built[key]

    return builder


STATEMENTS = 4000
"""Statements that a process keeps; a day's run sends fewer kinds of them."""


def alike(one: DefaultDialect, other: object) -> bool:
    """Two engines of a kind write a statement alike, whichever database they lead to."""
    return type(one) is type(other)


def kind(dialect: DefaultDialect) -> int:
    """A hash that goes with `alike`."""
    return hash(type(dialect))


def one_memory() -> property:
    """Return what all engines take for their own: what was compiled, under its dialect and statement."""
    shared: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    return property(lambda _engine: shared, lambda _engine, _own: None)


@contextmanager
def once() -> Iterator[None]:
    """Share all of it among the apps and databases that are made in the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Templates()})
        patch.setattr(Rule, "_compile_builder", routes(Rule._compile_builder))
        patch.setattr(Engine, "_compiled_cache", one_memory(), raising=False)
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(dialect, "__eq__", alike)
            patch.setattr(dialect, "__hash__", kind)
        yield
