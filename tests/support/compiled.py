"""What each new app would compile again, templates and routes, is compiled once a process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
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


@contextmanager
def once() -> Iterator[None]:
    """Share both among all apps that are made in the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Templates()})
        patch.setattr(Rule, "_compile_builder", routes(Rule._compile_builder))
        yield
