"""How a fault gets into a process: served to whoever imports the module, or put into live functions."""

from __future__ import annotations

import gc
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, FunctionType

from bench.mutation.source import Source, bare


class Served(MetaPathFinder):
    """Serves one module from given code, whatever its file holds; nothing on disk is touched."""

    def __init__(self, source: Source, code: CodeType) -> None:
        self._source, self._code = source, code

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        """Return how to load the one module."""
        if fullname != self._source.name:
            return None
        loader = _Loader(self._code, fullname, str(self._source.path))
        return spec_from_file_location(fullname, self._source.path, loader=loader)


class _Loader(SourceFileLoader):
    def __init__(self, code: CodeType, name: str, path: str) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, *_: object) -> CodeType:
        return self._code


def serve(source: Source, code: CodeType) -> None:
    """Let every later import of the module run `code`."""
    if source.name in sys.modules:
        raise RuntimeError(f"{source.name} was imported before its mutants")
    sys.meta_path.insert(0, Served(source, code))


def swappable(old: CodeType, new: CodeType) -> bool:
    """Whether live functions of `old` can be given the code of `new`."""
    return all(len(before.co_freevars) == len(after.co_freevars) for before, after in _pairs(old, new))


def live_functions(sources: Iterable[Source]) -> dict[int, list[FunctionType]]:
    """Return the functions of modules that are alive, by the identity of their code.

    Raises RuntimeError where a module has none: no fault could be put into it, and all would seem to survive.
    """
    gc.unfreeze()  # what was put aside from collections isn't listed
    names = {str(source.path): source.name for source in sources}
    found: defaultdict[int, list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename in names:
            found[id(each.__code__)].append(each)
    alive = {each.__code__.co_filename for functions in found.values() for each in functions}
    if dead := sorted(names.keys() - alive):
        raise RuntimeError(f"no function of {names[dead[0]]} is alive")
    return found


def swap(old: CodeType, new: CodeType, functions: dict[int, list[FunctionType]]) -> None:
    """Give the functions that run `old` the code of `new` wherever the two differ."""
    for before, after in _pairs(old, new):
        for function in functions.get(id(before), ()):
            function.__code__ = after


def _pairs(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Walk two codes side by side and yield what differs."""
    if bare(old) == bare(new):
        return
    yield old, new
    inner = [[each for each in code.co_consts if isinstance(each, CodeType)] for code in (old, new)]
    if len(inner[0]) == len(inner[1]):
        for before, after in zip(*inner, strict=True):
            yield from _pairs(before, after)
