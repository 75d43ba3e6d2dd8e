"""Add up the cells of this package: does every figure of streets and the city come out as printed?

Python 3.11 or later, nothing else:  python3 check.py
"""

import csv
import json
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
Z = 1.959964


def read(name):
    """Return a table's rows."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rounded(share, to=ROUND_HALF_EVEN):
    """Return a share as it is printed."""
    return float(Decimal(repr(round(share, 12))).quantize(Decimal("0.001"), rounding=to))


def limits(share, worth, silence):
    """Return an interval as it is printed: Wilson's, widened for silence, rounded outward."""
    middle = (share + Z**2 / (2 * worth)) / (1 + Z**2 / worth)
    half = Z / (2 * worth) * math.sqrt(4 * worth * share * (1 - share) + Z**2) / (1 + Z**2 / worth)
    wide = half + silence * share * (1 - share)
    return rounded(max(0.0, middle - wide), ROUND_FLOOR), rounded(min(1.0, middle + wide), ROUND_CEILING)


def main():
    """Compare figure by figure; return the exit status."""
    about = json.loads((HERE / "package.json").read_text(encoding="utf-8"))
    silence = (1 - about["response_rate"]) * about["odds"]
    cells, given = read("cells.csv"), {}
    for row in read("limits.csv"):
        given[row["unit"], row["item"], row["den"]] = float(row["share"]), float(row["worth"])
    items = {cell["item"] for cell in cells}
    right = wrong = without = 0
    for row in read("scores.csv"):
        if row["level"] not in {"city", "street"} or not row["low"]:
            continue
        key = row["unit"], row["item"], row["den"]
        if row["item"] not in items or key not in given:
            without += 1
            continue
        of = [cell for cell in cells if cell["item"] == row["item"]]
        held = [cell for cell in of if row["unit"] in cell["areas"].split()]
        base, answers = ("rating", "raters") if row["den"] == "rated" else ("households", "completes")
        names = (base, answers, "content", "satisfied")
        sums = {name: sum(float(cell[name]) for cell in held) for name in names}
        agreed = 1.0 if float(row["low"]) + float(row["high"]) > 1 else 0.0
        printed = [float(row[name]) if row[name] else agreed for name in ("estimate", "unweighted")]
        made = [rounded(sums["content"] / sums[base]), rounded(sums["satisfied"] / sums[answers])]
        made += limits(*given[key], silence)
        if made == [*printed, float(row["low"]), float(row["high"])]:
            right += 1
        else:
            wrong += 1
            print("differs:", *key, "printed", printed, row["low"], row["high"], "made", made)
    print(f"as printed {right}, different {wrong}, not made {without}")
    return 0 if right and not wrong else 1


raise SystemExit(main())
