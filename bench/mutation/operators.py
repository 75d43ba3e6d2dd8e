"""The faults that are tried: each operator looks at one node and tells what could stand there instead."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from bench.mutation.source import Source

Edit = tuple[int, int, bytes]
"""Replace [start, end) by a text."""

Operator = Callable[[ast.AST, Source], Iterator[Edit]]

COMPARISONS: dict[type[ast.cmpop], tuple[bytes, bytes]] = {
    ast.Lt: (b"<", b"<="),
    ast.LtE: (b"<=", b"<"),
    ast.Gt: (b">", b">="),
    ast.GtE: (b">=", b">"),
    ast.Eq: (b"==", b"!="),
    ast.NotEq: (b"!=", b"=="),
    ast.Is: (b"is", b"is not"),
    ast.IsNot: (b"is not", b"is"),
    ast.In: (b"in", b"not in"),
    ast.NotIn: (b"not in", b"in"),
}
ARITHMETIC: dict[type[ast.operator], tuple[bytes, bytes]] = {
    ast.Add: (b"+", b"-"),
    ast.Sub: (b"-", b"+"),
    ast.Mult: (b"*", b"/"),
    ast.MatMult: (b"@", b"*"),
    ast.Div: (b"/", b"*"),
    ast.FloorDiv: (b"//", b"%"),
    ast.Mod: (b"%", b"//"),
    ast.Pow: (b"**", b"*"),
    ast.LShift: (b"<<", b">>"),
    ast.RShift: (b">>", b"<<"),
    ast.BitAnd: (b"&", b"|"),
    ast.BitOr: (b"|", b"&"),
    ast.BitXor: (b"^", b"&"),
}
JUNCTIONS: dict[type[ast.boolop], tuple[bytes, bytes]] = {ast.And: (b"and", b"or"), ast.Or: (b"or", b"and")}
EMPTY = {
    "str": b'""',
    "bool": b"False",
    "bytes": b'b""',
    "int": b"0",
    "float": b"0.0",
    "dict": b"{}",
    "Mapping": b"{}",
    "list": b"[]",
    "set": b"set()",
    "frozenset": b"frozenset()",
    "tuple": b"()",
    "Sequence": b"()",
    "Iterable": b"()",
    "Iterator": b"iter(())",
}
OPENING = re.compile(rb"[a-zA-Z]*(\"\"\"|'''|\"|')")
INERT = frozenset({"overload", "abstractmethod", "override", "final", "runtime_checkable"})
SPEED = frozenset({"cache", "lru_cache", "cached_property"})


def comparison(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Take `<` for `<=`, `==` for `!=`, `in` for `not in`, and back."""
    if isinstance(node, ast.Compare):
        sides = pairwise([node.left, *node.comparators])
        for operator, (left, right) in zip(node.ops, sides, strict=True):
            yield _between(left, right, COMPARISONS[type(operator)], source)


def boolean(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Take `and` for `or` and back; leave `not` out."""
    if isinstance(node, ast.BoolOp):
        for left, right in pairwise(node.values):
            yield _between(left, right, JUNCTIONS[type(node.op)], source)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield source.start(node), source.start(node) + len(b"not"), b""


def arithmetic(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Take `+` for `-`, `*` for `/`, and their kin."""
    if isinstance(node, ast.BinOp):
        yield _between(node.left, node.right, ARITHMETIC[type(node.op)], source)
    if isinstance(node, ast.AugAssign):
        yield _between(node.target, node.value, ARITHMETIC[type(node.op)], source)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield source.start(node), source.start(node) + 1, b"+"


def constant(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Take another number, another text, or the other truth."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        other = not node.value if isinstance(node.value, bool) else node.value + 1
        yield source.start(node), source.end(node), repr(other).encode()
    if isinstance(node, ast.Constant | ast.JoinedStr) and (opening := OPENING.match(source.part(node))):
        inside = source.start(node) + opening.end()
        yield inside, inside, b"~"


def returned(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Return nothing, or the empty value of what was promised."""
    if isinstance(node, ast.Return) and node.value is not None:
        nothing = EMPTY.get(_head(source.promises.get(node)), b"None")
        yield source.start(node.value), source.end(node.value), nothing


def raised(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Let pass what is refused."""
    if isinstance(node, ast.Raise):
        yield source.start(node), source.end(node), b"pass"


def condition(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Take a condition as met, and as not met."""
    if isinstance(node, ast.If | ast.IfExp) and _head(node.test) != "TYPE_CHECKING":
        yield from ((source.start(node.test), source.end(node.test), truth) for truth in (b"True", b"False"))
    if isinstance(node, ast.While):
        yield source.start(node.test), source.end(node.test), b"False"
    if isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield from ((source.start(test), source.end(test), truth) for truth in (b"True", b"False"))


def decorator(node: ast.AST, source: Source) -> Iterator[Edit]:
    """Take a decorator away, unless it only speaks to type checkers or saves time."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        for each in node.decorator_list:
            if _head(each) not in INERT | SPEED:
                yield source.text.rindex(b"@", 0, source.start(each)), source.end(each), b""


OPERATORS: dict[str, Operator] = {
    "comparison": comparison,
    "boolean": boolean,
    "arithmetic": arithmetic,
    "constant": constant,
    "return": returned,
    "raise": raised,
    "condition": condition,
    "decorator": decorator,
}


def _between(left: ast.expr, right: ast.expr, change: tuple[bytes, bytes], source: Source) -> Edit:
    """Change the operator that stands between two nodes, with nothing but brackets and comments around."""
    word, other = change
    gap = source.text[source.end(left) : source.start(right)]
    pattern = rb"\s+".join(re.escape(each) for each in word.split())
    found = re.search(pattern, re.sub(rb"#[^\n]*", lambda comment: b" " * len(comment[0]), gap))
    if found is None:
        raise ValueError(f"{source.path}:{left.lineno}: no {word!r} in {gap!r}")
    start = source.end(left) + found.start()
    return start, start + len(found[0]), other


def _head(annotation: ast.expr | None) -> str:
    """Return the plain name of a type or of a decorator."""
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner) | ast.Call(func=inner):
            return _head(inner)
    return ""
