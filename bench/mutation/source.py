"""A module's text as bytes, in which a stretch can be replaced without moving any line."""

from __future__ import annotations

import ast
import hashlib
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType


@dataclass(frozen=True)
class Source:
    """The text of one module; positions are offsets of bytes, as the parser counts."""

    name: str
    path: Path
    text: bytes

    @classmethod
    def of(cls, name: str, path: Path) -> Source:
        """Read the module `name`."""
        return cls(name, path, path.read_bytes())

    @cached_property
    def tree(self) -> ast.Module:
        """The module parsed."""
        return ast.parse(self.text)

    @cached_property
    def code(self) -> CodeType:
        """The module compiled."""
        return compiled(self.text, self.path)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the text."""
        return hashlib.sha256(self.text).hexdigest()

    @cached_property
    def promises(self) -> dict[ast.Return, ast.expr | None]:
        """What the function of each `return` is said to return."""
        functions = (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef))
        return {
            inner: node.returns
            for node in functions
            for inner in ast.walk(node)
            if isinstance(inner, ast.Return)
        }

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Return where a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Return where a node ends."""
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def part(self, node: ast.expr | ast.stmt) -> bytes:
        """Return the text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def exact(self, node: ast.expr) -> bool:
        """Whether a node's position is true; inside a formatted string Python 3.11 may only guess."""
        try:
            found = ast.parse(b"(%s)" % self.part(node), mode="eval").body
        except (SyntaxError, ValueError):
            return False
        return ast.dump(found) == ast.dump(node)

    def replaced(self, start: int, end: int, text: bytes) -> bytes:
        """Return the whole text with [start, end) replaced; every other line keeps its number."""
        lost = self.text.count(b"\n", start, end) - text.count(b"\n")
        return self.text[:start] + text + b" \\\n" * lost + self.text[end:]

    def lines(self, text: bytes, start: int, end: int) -> str:
        """Return the lines of `text` around [start, end), on one line and without margins."""
        first = text.rfind(b"\n", 0, start) + 1
        last = text.find(b"\n", end)
        return " ".join(text[first : last if last >= 0 else None].decode().replace("\\\n", " ").split())


def compiled(text: bytes, path: Path) -> CodeType:
    """Compile a module as it would be imported from `path`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return compile(text, str(path), "exec", dont_inherit=True)


def bare(code: CodeType) -> CodeType:
    """Return code without the columns of its source: two that are equal do the same."""
    inner = tuple(bare(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    return code.replace(co_linetable=b"", co_consts=inner)
