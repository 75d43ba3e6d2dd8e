"""Outcome rates of a sample from the counts of its final dispositions, exact (AAPOR Standard Definitions)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from numbers import Rational

from sampling.errors import BadInput, named

Count = int | Fraction | Decimal | float
Rate = Fraction | float | None

CLASSES = ("I", "P", "R", "NC", "O", "UH", "UO", "NE")


def rates(counts: Mapping[str, Count], *, e: Count | None = None) -> dict[str, Rate]:
    """Return every outcome rate by its name, and "e", the share of the unknown taken as eligible.

    `counts` holds the classes I complete, P partial, R refusal and break-off, NC non-contact, O other
    eligible, UH unknown if household, UO unknown other, NE not eligible: plain counts or sums of weights; one
    left out is 0. Without `e` it is K/(K + NE), K being the known eligible, and 1 where NE is 0.

    RR, COOP, REF and CON are AAPOR's; LOC1 = K/(K + U) and LOC2 = K/(K + eU) are not. A rate 0/0 is None.
    Rates are Fractions, or floats if a count or `e` is a float. American Association for Public Opinion
    Research, Standard Definitions (10th edition, 2023): response, cooperation, refusal and contact rates.
    Raises BadInput for an unknown class, a negative or infinite count, or e outside [0, 1].

    >>> rates({"I": 5, "P": 3, "R": 2, "NC": 1, "O": 2, "UH": 1, "UO": 1})["RR1"]
    Fraction(1, 3)
    """
    unknown = sorted(set(counts) - set(CLASSES))
    if unknown:
        raise BadInput(f"The 'counts' parameter has no class {named(unknown)}.", items=unknown)
    exact = {name: _exact(counts.get(name, 0), name=name) for name in CLASSES}
    share = _eligible(exact) if e is None else _exact(e, name="e")
    if share > 1:
        raise BadInput(f"The 'e' parameter must lie between 0 and 1. Got {e!r}.", items=[e])
    found = _rates(exact, e=share)
    if any(isinstance(value, float) for value in (*counts.values(), e)):
        return {name: None if rate is None else float(rate) for name, rate in found.items()}
    return dict(found)


def _exact(value: Count, *, name: str) -> Fraction:
    if not isinstance(value, (Rational, Decimal, float)) or not isfinite(value) or value < 0:
        raise BadInput(f"The count of {name!r} must be a finite number from 0. Got {value!r}.", items=[value])
    return Fraction(value)


def _eligible(n: Mapping[str, Fraction]) -> Fraction:
    known = n["I"] + n["P"] + n["R"] + n["NC"] + n["O"]
    return known / (known + n["NE"]) if n["NE"] else Fraction(1)


def _over(part: Fraction, whole: Fraction) -> Fraction | None:
    return part / whole if whole else None


def _rates(n: Mapping[str, Fraction], *, e: Fraction) -> dict[str, Fraction | None]:
    complete, partial, refused = n["I"], n["P"], n["R"]
    contact = complete + partial + refused + n["O"]
    known, unknown = contact + n["NC"], n["UH"] + n["UO"]
    asked = complete + partial + refused
    out: dict[str, Fraction | None] = {"e": e}
    for number, base in ((1, known + unknown), (2, known + e * unknown), (3, known)):
        out[f"RR{2 * number - 1}"] = _over(complete, base)
        out[f"RR{2 * number}"] = _over(complete + partial, base)
        out[f"REF{number}"] = _over(refused, base)
        out[f"CON{number}"] = _over(contact, base)
        if number < 3:
            out[f"LOC{number}"] = _over(known, base)
    for number, base in ((1, contact), (3, asked)):
        out[f"COOP{number}"] = _over(complete, base)
        out[f"COOP{number + 1}"] = _over(complete + partial, base)
    return out
