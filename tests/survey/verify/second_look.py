"""Deeds that somebody thought of who had read the checker and looked for what it doesn't ask."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.ledger.keys import verifier_key
from survey.drawing import binding, grouped_tally, late_difference, result_entries, tally
from survey.drawing.answers import Opening
from survey.drawing.canonical import canonical
from tests.survey.verify import bound, bundles, deeds
from tests.survey.verify.bound import Bound


def calls_of(b: Bound, unit: str) -> Iterator[int]:
    return (i for i, each in enumerate(b.log) if each["t"] == "attempt" and each["u"] == unit)


def released_twice(b: Bound, *, why: str) -> None:
    place = b.at("release", h="A", why=why)
    b.insert(place + 1, b.log[place])


def friend_named_from_the_start(b: Bound) -> None:
    friend = Ed25519PrivateKey.from_private_bytes(b"\6" * 32)
    named = verifier_key("friend.example", key=friend).text
    b.change(b.at("design"), auditors=[named])
    place = b.at("attest")
    found = b.log
    found[place] = bound.attested(b, found, key=friend, by=named)
    b.log = found


def one_auditor_for_two(b: Bound) -> None:
    second = verifier_key("court.example", key=bound.AUDITOR).text
    b.change(b.at("design"), auditors=[bound.AUDITOR_KEY, second])
    b.insert(b.at("attest"), bound.attested(b, b.log, by=second))


def attests_with_the_ledgers_key(b: Bound) -> None:
    own = verifier_key("audit.example", key=bundles.LOG).text
    b.change(b.at("design"), auditors=[own])
    place = b.at("attest")
    found = b.log
    found[place] = bound.attested(b, found, key=bundles.LOG, by=own)
    b.log = found


def given_up_by_an_outcome_of_its_own(b: Bound) -> None:
    """Sealed beforehand: a household that was called once may end as `gone_quiet`."""
    b.files["codes.txt"] = binding.codes_txt([*b.files["codes.txt"].decode().split(), "gone_quiet"])
    b.change(b.at("design"), codes=binding.digest(b.files["codes.txt"]))
    unit = b.first("no_answer")
    b.drop(*list(calls_of(b, unit))[1:])
    b.change(b.at("final", u=unit), code="gone_quiet")
    b.minutes = [row for row in b.minutes if row[:2] != (unit, row[1]) or row[1] == 1]


def terms_sealed(b: Bound, **fields: object) -> None:
    b.files["terms.json"] = canonical({**json.loads(b.files["terms.json"]), **fields}) + b"\n"
    b.change(b.at("design"), terms=binding.digest(b.files["terms.json"]))


def one_hour_is_every_window(b: Bound) -> None:
    """Calls in one hour of five days count as calls in four windows."""
    kinds = ("weekday", "weekend")
    terms_sealed(b, slots=[[f"W{at}", kind, "09:00", "21:00"] for at in range(1, 5) for kind in kinds])


def one_interview_for_two(b: Bound) -> None:
    """What one household said stands for another as well; each has a commitment of its own."""
    places = [i for i, each in enumerate(b.log) if each["t"] == "final" and "a" in each]
    b.change(places[1], a=b.log[places[0]]["a"])


def interview_moved_to_another_unit(b: Bound) -> None:
    done = b.at("final", 0, code="complete")
    first = deeds.stratum_of(b, b.log[done]["u"])
    other = next(
        i
        for i, each in enumerate(b.log)
        if each["t"] == "final" and each["code"] != "complete" and deeds.stratum_of(b, each["u"]) != first
    )
    units = b.log[done]["u"], b.log[other]["u"]
    b.change(done, u=units[1])
    b.change(other, u=units[0])


def refusal_made_a_complete(b: Bound) -> None:
    """A refusal is corrected to a complete, which nothing binds; its answer is sealed with the last ones."""
    unit = next(
        each["u"]
        for each in b.log
        if each["t"] == "final" and each["code"] == "refusal_person" and "how" not in each
    )
    made = Opening(deeds.stratum_of(b, unit), "cd" * 16, 5)
    line = {"t": "correction", "u": unit, "from": "refusal_person", "to": "complete", "why": "reopened"}
    last = b.at("answers")
    held = b.log[last]["c"]
    b.change(last, c={**held, made.stratum: sorted([*held.get(made.stratum, ()), made.commitment()])})
    b.insert(last, line | {"by": ["801", "rule"]})
    b.openings.append(made)
    bound.score_fields(b)


def return_calls_that_nobody_made(b: Bound) -> None:
    """Of a household that nobody reached, four of six calls are said to have been its own."""
    for place in list(calls_of(b, b.first("no_answer")))[1:5]:
        b.change(place, **{"in": 1})


def completes_by_web(b: Bound) -> None:
    place = b.at("final", 5, code="complete")
    unit = b.log[place]["u"]
    b.change(place, how="web")
    b.drop(*calls_of(b, unit))
    b.minutes = [row for row in b.minutes if row[0] != unit]


def many_without_a_number(b: Bound) -> None:
    """The freeze says that nobody of a stratum has a number; whom it likes less isn't called."""
    b.change(b.at("frame"), nophone=[["A", 60], ["B", 40]])
    unit = b.first("no_answer")
    b.drop(*calls_of(b, unit))
    b.change(b.at("final", u=unit), code="frame_bad_contact")
    b.minutes = [row for row in b.minutes if row[0] != unit]


def event_told_by_another_clock(b: Bound) -> None:
    """Thrown at ten where everybody is, sealed at eleven: by its name the event comes twenty hours later."""
    old, new = bound.EVENT, bound.EVENT.replace("+08:00", "-12:00")
    b.change(b.at("design"), beacon=new)
    for nth in range(len(bundles.PARTIES)):
        b.change(b.at("commit", nth), at="2026-12-01T11:00:00+08:00")
    b.change(b.at("beacon"), source=new, at="2026-12-02T06:10:00+08:00")
    b.files["draw.txt"] = b.files["draw.txt"].replace(old.encode(), new.encode())
    deeds.redrawn(b)


def minute_forged(b: Bound) -> None:
    unit, n, nonce, _ = b.minutes[0]
    b.minutes[0] = (unit, n, nonce, "09:50")


def groups_joined_without_need(b: Bound) -> None:
    """A tally that tells less than it could, and weighs a little otherwise; no auditor speaks."""
    sizes = {row.stratum: row.units for row in bound.PLAN}
    counts = tally.count((each.stratum, each.answer) for each in b.openings)
    rows = grouped_tally.count(counts, groups={"east+west": sorted(sizes)}, sizes=sizes)
    done = {h: sum(c) for h, c in counts.items()}
    score = grouped_tally.score(rows, groups=bound.GROUPS, sizes=sizes, completes=done)
    b.files["tally.tsv"] = rows.tsv()
    found = [each for each in b.log if each["t"] not in {"attest", "score"}]
    late = late_difference.tsv(bound.late_rows(b, rows))
    b.files[late_difference.NAME] = late
    named = result_entries.score(score=score, state=rows.state, direct="81.5", late=binding.digest(late))
    b.log = [*found, json.loads(named)]


def outcome_after_the_close(b: Bound) -> None:
    found = b.log
    line = found.pop(b.at("final", code="complete"))
    place = next(i for i, each in enumerate(found) if each["t"] == "close")
    found.insert(place + 1, line)
    b.log = found


def nobody_needs_to_be_called(b: Bound) -> None:
    """The design lets everybody go unworked, and says so."""
    b.change(b.at("design"), unworked=1000)
    deeds.given_up_and_told(b)
