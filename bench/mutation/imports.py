"""Who imports whom below a folder, read from the sources without running them."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path

APART = frozenset({"bench", "build", "dist", "node_modules", "var"})


def sources(root: Path) -> dict[str, Path]:
    """Return the Python files below `root` by their dotted names, tests among them."""
    tops = [each for each in sorted(root.iterdir()) if each.name[0] != "." and each.name not in APART]
    files = [path for top in tops for path in ([top] if top.suffix == ".py" else sorted(top.rglob("*.py")))]
    return {dotted(path, root): path for path in files}


def dotted(path: Path, root: Path) -> str:
    """Return the name under which a file is imported."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


def imports(files: dict[str, Path]) -> dict[str, frozenset[str]]:
    """Return for each module what it imports itself, the packages that it lies in among them."""
    return {
        name: frozenset({each for each in _imported(path) if each in files} | ({above(name)} & files.keys()))
        for name, path in files.items()
    }


def dependents(files: dict[str, Path]) -> dict[str, frozenset[str]]:
    """Return for each module all that import it, straight or by way of others."""
    edges = importers(files)
    return {name: reach(name, edges) for name in files}


def importers(files: dict[str, Path]) -> Mapping[str, AbstractSet[str]]:
    """Return for each module what imports it itself."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name, imported in imports(files).items():
        for each in imported:
            found[each].add(name)
    return found


def above(name: str) -> str:
    """Return the package that a module lies in."""
    return name.rpartition(".")[0]


@cache
def _imported(path: Path) -> frozenset[str]:
    return frozenset(_imports(ast.parse(path.read_bytes())))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def reach(name: str, edges: Mapping[str, AbstractSet[str]]) -> frozenset[str]:
    """Return whatever can be come to from a name, without itself."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = set(edges.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return frozenset(found - {name})
