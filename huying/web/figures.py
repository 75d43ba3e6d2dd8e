"""Figures of operation, counted in memory that all processes of a server share; of nobody in particular."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

BUCKETS_MS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
HELD_BACK, REFUSED = 429, 403
_MARKED = (REFUSED, HELD_BACK)
_CELLS = len(CLASSES) + len(_MARKED) + len(BUCKETS_MS) + 2
"""Per process: requests by class, those refused and held back, a histogram, their number, microseconds."""
PLACES = 256
"""Processes that count apart; a later one goes on where an earlier one ended."""

Line = tuple[str, float]
"""A sample of Prometheus' text format: name with labels, value."""


@dataclass
class RequestFigures:
    """Counts of one server: `cells` are those of all processes, one after the other."""

    cells: memoryview
    place: int = 0
    _lock: Lock = field(default_factory=Lock)

    def note(self, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        with self._lock:
            self._add(max(0, min(status // 100, 5) - 1))
            if status in _MARKED:
                self._add(len(CLASSES) + _MARKED.index(status))
            for position, limit in enumerate(BUCKETS_MS):
                if seconds * 1000 <= limit:
                    self._add(len(CLASSES) + len(_MARKED) + position)
            self._add(_CELLS - 2)
            self._add(_CELLS - 1, int(seconds * 1_000_000))

    def lines(self) -> Iterator[Line]:
        """Yield the samples of all processes together."""
        totals = self._totals()
        for name, count in zip(CLASSES, totals, strict=False):
            yield f'huying_requests_total{{status="{name}"}}', count
        rest = totals[len(CLASSES) :]
        yield "huying_requests_forbidden_total", rest[0]
        yield "huying_requests_limited_total", rest[1]
        for limit, count in zip(BUCKETS_MS, rest[len(_MARKED) :], strict=False):
            yield f'huying_request_seconds_bucket{{le="{limit / 1000:g}"}}', count
        yield 'huying_request_seconds_bucket{le="+Inf"}', totals[-2]
        yield "huying_request_seconds_count", totals[-2]
        yield "huying_request_seconds_sum", totals[-1] / 1_000_000

    def _add(self, cell: int, by: int = 1) -> None:
        self.cells[self.place * _CELLS + cell] += by

    def _totals(self) -> Sequence[int]:
        return [sum(self.cells[cell::_CELLS]) for cell in range(_CELLS)]


def _new() -> RequestFigures:
    # Anonymous and shared: what processes write that are forked later is read by each of them.
    return RequestFigures(memoryview(mmap.mmap(-1, PLACES * _CELLS * 8)).cast("Q"))


_SERVER = [_new()]


def share() -> None:
    """Begin anew, in the process whose children are going to serve."""
    _SERVER[0] = _new()


def count_as(number: int) -> None:
    """Let this process count in a place of its own."""
    _SERVER[0] = RequestFigures(_SERVER[0].cells, place=number % PLACES)


def of_server() -> RequestFigures:
    """Return the figures of the server that this process belongs to."""
    return _SERVER[0]


def text(lines: Iterator[Line]) -> str:
    """Return samples in Prometheus' text format."""
    return "".join(f"{name} {value:g}\n" for name, value in lines)
