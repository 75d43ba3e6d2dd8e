"""Make callbacks.json: whom to call again after a day, worked out with the standard library alone."""

import hashlib
import json
import pathlib

ROOT = hashlib.sha256(b"the day's last checkpoint").hexdigest()
KEY = hashlib.sha256(f"huying-callbacks/v1\n{ROOT}\n".encode()).hexdigest()


def ticket(unit):
    return hashlib.sha256((KEY + unit).encode()).hexdigest()


def main():
    finals = []
    for n in range(60):
        by, seconds = f"8{n % 3:02d}", 100 + 37 * n % 61
        finals.append({"unit": f"u{n:03d}", "kind": "complete", "by": by, "seconds": seconds, "even": n == 7})
    for n, kind in enumerate(["refusal"] * 12 + ["no_answer"] * 31 + ["not_eligible"] * 3):
        finals.append({"unit": f"v{n:03d}", "kind": kind, "by": "801", "seconds": 0, "even": False})
    lots = {}
    for kind in ("complete", "refusal", "no_answer", "not_eligible"):
        for by in ("800", "801", "802") if kind == "complete" else (None,):
            units = [f["unit"] for f in finals if f["kind"] == kind and by in (None, f["by"])]
            for unit in sorted(units, key=ticket)[: -(-len(units) // 10)]:
                lots[unit] = "lot"
    completes = sorted(f["seconds"] for f in finals if f["kind"] == "complete")
    short = {f["unit"]: "short" for f in finals if f["kind"] == "complete" and f["seconds"] < completes[2]}
    expected = {"u007": "even"} | short | lots
    found = {"checkpoint": ROOT, "key": KEY, "finals": finals, "chosen": dict(sorted(expected.items()))}
    text = json.dumps(found, indent=1) + "\n"
    pathlib.Path(__file__).with_name("callbacks.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
