"""Pictures of the study, drawn as SVG by hand: no library, no script, readable in print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 320, 60, 30, 44
RIGHT = WIDTH - 170
COLOURS = ("#a33", "#777", "#a70", "#27b", "#063", "#83a")


@dataclass(frozen=True, slots=True)
class Scale:
    """Where values between `low` and `top`, and so many places, stand in the picture."""

    low: float
    top: float
    places: int

    def x(self, at: int) -> float:
        """The column of a place."""
        return LEFT + 20 + (WIDTH - 210 - LEFT) * at / max(1, self.places - 1)

    def y(self, value: float) -> float:
        """The row of a value."""
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.top - value) / (self.top - self.low)


def lines(
    title: str,
    series: Mapping[str, Sequence[float]],
    places: Sequence[int],
    *,
    unit: str,
    rule: float | None = None,
) -> str:
    """Return a picture of several series over `places`, with an optional line that they are held against."""
    every = [value for values in series.values() for value in values]
    low = min(0.0, *every) if rule is None else min(every) * 0.97
    scale = Scale(low, max(every) * 1.08, len(places))
    marks = [_text(LEFT, 18, title, "start", bold=True), *_grid(scale)]
    marks += [_text(scale.x(at), HEIGHT - BOTTOM + 18, str(each), "middle") for at, each in enumerate(places)]
    marks.append(_text((LEFT + RIGHT) / 2, HEIGHT - 8, f"answers a grid; {unit}", "middle"))
    if rule is not None:
        marks.append(_across(scale.y(rule), 'stroke="#000" stroke-dasharray="4 4"'))
    for colour, (name, values) in zip(COLOURS, series.items(), strict=False):
        marks += _line(name, values, colour=colour, scale=scale)
    body = "\n".join([*marks, *_legend(list(series))])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{title}" font-family="sans-serif" font-size="12">\n{body}\n</svg>'
    )


def _grid(scale: Scale) -> list[str]:
    marks = []
    for step in range(5):
        value = scale.low + (scale.top - scale.low) * step / 4
        label = _text(LEFT - 8, scale.y(value) + 4, f"{value:.0f}", "end")
        marks += [_across(scale.y(value), 'stroke="#ccc"'), label]
    return marks


def _across(y: float, look: str) -> str:
    return f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" {look}/>'


def _line(name: str, values: Sequence[float], *, colour: str, scale: Scale) -> list[str]:
    places = [(scale.x(at), scale.y(value)) for at, value in enumerate(values)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"><title>{name}: {value:.1f}</title></circle>'
        for (x, y), value in zip(places, values, strict=True)
    ]
    return [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots]


def _legend(names: Sequence[str]) -> list[str]:
    marks = []
    for at, (colour, name) in enumerate(zip(COLOURS, names, strict=False)):
        y = TOP + 16 + 20 * at
        marks.append(f'<rect x="{WIDTH - 158}" y="{y - 9}" width="12" height="4" fill="{colour}"/>')
        marks.append(_text(WIDTH - 140, y - 3, name, "start"))
    return marks


def _text(x: float, y: float, words: str, anchor: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight}>{words}</text>'
