"""All mutants of one module: a walk over what decides, past what only explains."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import CodeType

from bench.mutation.operators import OPERATORS, Edit
from bench.mutation.source import Source, bare, compiled

SENTENCES = frozenset({"_", "_n", "lazy", "mark"})
"""Functions that take a sentence for people: a changed sentence is no changed policy."""
TYPES = frozenset({"TypeVar", "NewType", "ParamSpec", "cast"})
LAYOUT = frozenset({"frozen", "kw_only", "slots"})
"""How a dataclass is laid out and written down; that all are frozen one test sees in the sources."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a module a node stands: by whose name, on which lines, in a body that runs when called."""

    where: str = "module"
    lines: tuple[int, int] = (1, 1)
    called: bool = False


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small fault: the edit, what it looks like, and the lines of the statement that it spoils."""

    file: str
    operator: str
    where: str
    line: int
    lines: tuple[int, int]
    called: bool
    edit: Edit
    before: str
    after: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays when files move and lines shift."""
        return self.where, self.before, self.after


def mutants(source: Source) -> list[Mutant]:
    """Return the mutants of a module in the order of its lines, none that does what another does."""
    known: set[CodeType] = {bare(compiled(source.text, source.path))}
    found = []
    for mutant in sorted(_planted(source), key=lambda each: (each.line, each.edit)):
        code = bare(compiled(source.replaced(*mutant.edit), source.path))
        if code not in known:
            known.add(code)
            found.append(mutant)
    return found


def _planted(source: Source) -> Iterator[Mutant]:
    for node, place in _walk(source.tree, Place(), source):
        for name, operator in OPERATORS.items():
            yield from (_mutant(name, edit, place, source) for edit in operator(node, source))


def _mutant(operator: str, edit: Edit, place: Place, source: Source) -> Mutant:
    start, end, _ = edit
    changed = source.replaced(*edit)
    return Mutant(
        file=os.path.relpath(source.path),
        operator=operator,
        where=place.where,
        line=source.text.count(b"\n", 0, start) + 1,
        lines=place.lines,
        called=place.called,
        edit=edit,
        before=source.lines(source.text, start, end),
        after=source.lines(changed, start, len(changed) - len(source.text) + end),
    )


def _walk(node: ast.AST, place: Place, source: Source) -> Iterator[tuple[ast.AST, Place]]:
    if isinstance(node, ast.stmt):
        place = replace(place, lines=_lines(node))
    yield node, place
    for child, there in _parts(node, place, source):
        yield from _walk(child, there, source)


def _lines(statement: ast.stmt) -> tuple[int, int]:
    """Return the lines of a statement, of a compound one those of its head."""
    body = getattr(statement, "body", None)
    last = max(statement.lineno, body[0].lineno - 1) if body else statement.end_lineno
    return statement.lineno, last or statement.lineno


def _parts(node: ast.AST, place: Place, source: Source) -> Iterator[tuple[ast.AST, Place]]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _function(node, place)
        case ast.ClassDef():
            inner = replace(place, where=_named(place, node.name))
            yield from ((each, place) for each in (*node.decorator_list, *node.bases, *node.keywords))
            yield from ((each, inner) for each in node.body)
        case _:
            yield from ((each, place) for each in _deciding(node, source))


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, place: Place) -> Iterator[tuple[ast.AST, Place]]:
    inner = replace(place, where=_named(place, node.name))
    defaults = (each for each in (*node.args.defaults, *node.args.kw_defaults) if each is not None)
    yield from ((each, inner) for each in (*node.decorator_list, *defaults))
    body = replace(inner, called=True)
    yield from ((each, body) for each in node.body)


def _named(place: Place, name: str) -> str:
    return name if place.where == "module" else f"{place.where}.{name}"


def _deciding(node: ast.AST, source: Source) -> Iterable[ast.AST]:
    """Return the children of a node that decide something."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return ()
        case (
            ast.Assign(targets=[ast.Name(id="__all__" | "__slots__")])
            | ast.Subscript(value=ast.Name(id="Literal"))
        ):
            return ()
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return node.orelse
        case ast.AnnAssign(value=value):
            return () if value is None else (value,)
        case ast.JoinedStr(values=values):
            return [
                each.value
                for each in values
                if isinstance(each, ast.FormattedValue) and source.exact(each.value)
            ]
        case ast.Call(func=ast.Name(id=name)) if name in SENTENCES | TYPES:
            return [*node.args[1:], *node.keywords]
        case ast.Call(func=ast.Name(id="dataclass")):
            return [each for each in node.keywords if each.arg not in LAYOUT]
    return ast.iter_child_nodes(node)
