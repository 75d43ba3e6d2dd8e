"""Whoever bends a bundle is named by the number of the check that finds it, also where all signers help."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.ledger import note
from survey.drawing import design, frame, sample, tally
from tests.survey.verify import bundles
from tests.survey.verify.bundles import Bundle, Tamper


def last_in_line(b: Bundle, stratum: str = "A") -> str:
    """The unit of a stratum with the largest ticket, far from being drawn."""
    units = [unit for unit, h, _ in b.rows("frame.tsv") if h == stratum]
    return max(units, key=lambda unit: sample.ticket(b.key(), unit))


def unit_at(b: Bundle, stratum: str, rank: int) -> str:
    return next(row[3] for row in b.rows("sample.tsv") if row[:2] == [stratum, str(rank)])


def replace(b: Bundle, name: str, old: str, new: str) -> None:
    assert old.encode() in b.files[name]
    b.files[name] = b.files[name].replace(old.encode(), new.encode())


def household_dropped(b: Bundle) -> None:
    gone = last_in_line(b)
    b.put("frame.tsv", (row for row in b.rows("frame.tsv") if row[0] != gone))


def household_added(b: Bundle) -> None:
    tickets = {f"H{n:013d}": sample.ticket(b.key(), f"H{n:013d}") for n in range(20)}
    late = max(tickets, key=lambda unit: tickets[unit])
    b.put("frame.tsv", sorted([*b.rows("frame.tsv"), [late, "A", "0" * 64]]))


def household_moved(b: Bundle) -> None:
    moved = last_in_line(b)
    b.put("frame.tsv", ([u, "B" if u == moved else h, c] for u, h, c in b.rows("frame.tsv")))


def household_twice(b: Bundle) -> None:
    twice = last_in_line(b)
    b.put("frame.tsv", sorted([*b.rows("frame.tsv"), [twice, "B", "f" * 64]]))


def commitment_swapped(b: Bundle) -> None:
    rows = b.rows("frame.tsv")
    rows[0][2], rows[1][2] = rows[1][2], rows[0][2]
    b.put("frame.tsv", rows)


def frame_frozen_anew(b: Bundle) -> None:
    """Drop a household, and make log, design and draw say so."""
    household_dropped(b)
    data = b.files["frame.tsv"]
    b.put("design.tsv", [[h, 29 if h == "A" else size, n, r] for h, size, n, r in b.rows("design.tsv")])
    digest = design.digest(b.files["design.tsv"])
    b.change(b.at("frame"), n=50, root=frame.frame_root(data))
    b.change(b.at("design"), sha256=digest)
    b.seal()


def unit_substituted(b: Bundle) -> None:
    replace(b, "sample.tsv", unit_at(b, "B", 1), last_in_line(b, "B"))


def unit_substituted_everywhere(b: Bundle) -> None:
    drawn, other = unit_at(b, "B", 2), last_in_line(b, "B")
    for name in ("sample.tsv", "log.txt"):
        replace(b, name, drawn, other)
    b.seal()


def value_changed(b: Bundle) -> None:
    value = b.entries[b.at("beacon")]["value"]
    replace(b, "draw.txt", value, "0" + value[1:])


def value_changed_in_both(b: Bundle) -> None:
    value = b.entries[b.at("beacon")]["value"]
    value_changed(b)
    b.change(b.at("beacon"), value="0" + value[1:])
    b.change(b.at("draw"), key=b.key())


def value_changed_and_sealed(b: Bundle) -> None:
    value_changed_in_both(b)
    b.seal()


def other_event(b: Bundle) -> None:
    source = "lottery:welfare-3d,2026321"
    b.files["draw.txt"] = b.files["draw.txt"].replace(bundles.DRAND.encode(), source.encode())
    b.change(b.at("beacon"), source=source)
    b.seal()


def second_draw(b: Bundle) -> None:
    place = b.at("draw")
    b.insert(place + 1, **b.entries[place])
    b.seal()


def wave_twice(b: Bundle) -> None:
    entries = b.entries
    first = next(i for i, each in enumerate(entries) if each["t"] == "frame")
    b.entries = [*entries, entries[first] | {"wave": "w2"}]
    b.seal()


def moved(kind: str, to: str, nth: int = -1) -> Tamper:
    def tamper(b: Bundle) -> None:
        entries = b.entries
        entry = entries.pop(b.at(kind, nth))
        b.entries = entries
        b.insert(b.at(to), **entry)
        b.seal()

    return tamper


def sealed_late(b: Bundle) -> None:
    """A party seals its part when the public value is known."""
    entries = b.entries
    entry = entries.pop(b.at("commit"))
    b.entries = entries
    b.insert(b.at("beacon") + 1, **entry)
    b.seal()


def outcome_after_the_score(b: Bundle) -> None:
    entries = b.entries
    entries.append(entries.pop(b.at("final")))
    b.entries = entries
    b.seal()


def complete_denied(b: Bundle) -> None:
    b.change(b.at("final", u=unit_at(b, "C", 1)), code="noncontact")


def complete_denied_and_sealed(b: Bundle) -> None:
    complete_denied(b)
    b.seal()


def tally_moved(b: Bundle) -> None:
    rows = b.rows("tally.tsv")
    b.put("tally.tsv", [rows[0], ["B", 0, 0, 1, 0, 1], rows[2]])


def score_raised(b: Bundle) -> None:
    b.change(b.at("score"), mean="5/1")
    b.seal()


def line_dropped(b: Bundle) -> None:
    b.drop(b.at("attempt", u=unit_at(b, "B", 3)))


def line_dropped_and_sealed(b: Bundle) -> None:
    line_dropped(b)
    b.seal()


def lines_reordered(b: Bundle) -> None:
    entries = b.entries
    entries[-3], entries[-4] = entries[-4], entries[-3]
    b.entries = entries


def name_twice(b: Bundle) -> None:
    replace(b, "log.txt", '{"h":"B","t":"release"', '{"h":"A","h":"B","t":"release"')
    b.seal()


def spaced(b: Bundle) -> None:
    b.files["log.txt"] = b.files["log.txt"].replace(b'{"h":"B",', b'{"h": "B",')
    b.seal()


def line_of_nonsense(text: bytes) -> Tamper:
    def tamper(b: Bundle) -> None:
        b.files["log.txt"] += text + b"\n"
        b.seal()

    return tamper


def witnesses(*names: str) -> Tamper:
    def tamper(b: Bundle) -> None:
        b.files["checkpoint"] = bundles.checkpoint(b.files["log.txt"], witnesses=names)

    return tamper


def witness_forged(b: Bundle) -> None:
    lines = b.files["checkpoint"].decode().splitlines()
    lines[-1] = lines[-1][:60] + ("A" if lines[-1][60] != "A" else "B") + lines[-1][61:]
    b.files["checkpoint"] = "".join(f"{line}\n" for line in lines).encode()


def signed_by_a_stranger(b: Bundle) -> None:
    text, _, _ = b.files["checkpoint"].decode().partition("\n\n")
    b.files["checkpoint"] = note.sign(f"{text}\n", name=bundles.ORIGIN, key=bundles.STRANGER).encode()


def signed_under_another_name(b: Bundle) -> None:
    b.files["checkpoint"] = bundles.checkpoint(b.files["log.txt"], origin="other.example/log")


def history_rewritten(b: Bundle) -> None:
    """An earlier wave loses a call, and everybody signs again."""
    b.drop(next(i for i, each in enumerate(b.entries) if each["t"] == "attempt"))
    b.change(b.at("beacon"), after=b.entries[b.at("beacon")]["after"] - 1)
    b.seal()


def released_without_need(b: Bundle) -> None:
    b.insert(b.at("release"), t="release", h="A", why="response < plan")
    b.seal()


def short_stratum_hidden(b: Bundle) -> None:
    entries = b.entries
    del entries[b.at("close")]["short"]
    b.entries = entries
    b.seal()


def unworked_hidden(b: Bundle) -> None:
    entries = b.entries
    del entries[b.at("close")]["unworked"]
    b.entries = entries
    b.seal()


def another_person(b: Bundle) -> None:
    place = b.at("person")
    b.change(place, k=b.entries[place]["k"] % 3 + 1)
    b.seal()


def more_adults_than_can_be(b: Bundle) -> None:
    b.change(b.at("person"), m=2**53 - 1, k=2**52)
    b.seal()


def correction_from_nothing(b: Bundle) -> None:
    b.change(b.at("correction"), **{"from": "refused"})
    b.seal()


def unknown_answer_dropped(b: Bundle) -> None:
    b.change(b.at("correction"), drop=["e" * 64])
    b.seal()


def two_outcomes(b: Bundle) -> None:
    place = b.at("final", u=unit_at(b, "B", 1))
    b.insert(place + 1, **b.entries[place])
    b.seal()


def outsider_called(b: Bundle) -> None:
    b.insert(b.at("final"), t="attempt", u=last_in_line(b), at="2026-12-02T12:00")
    b.seal()


def answer_invented(b: Bundle) -> None:
    place = b.at("answers")
    listed = b.entries[place]["c"]
    b.change(place, c=listed | {"C": sorted([*listed["C"], "d" * 64])})
    b.seal()


def answers_unsorted(b: Bundle) -> None:
    place = b.at("answers")
    listed = b.entries[place]["c"]
    b.change(place, c=listed | {"A": listed["A"][::-1]})
    b.seal()


def opening_changed(b: Bundle) -> None:
    b.openings = b.openings[:-2] + b"1\n"


def excluded_dropped(b: Bundle) -> None:
    b.put("exclude.tsv", b.rows("exclude.tsv")[:1])


def excluded_dropped_and_sealed(b: Bundle) -> None:
    excluded_dropped(b)
    data = b.files["exclude.tsv"]
    b.change(b.at("exclude"), n=1, sha256=design.digest(data))
    b.seal()


def part_opened_otherwise(b: Bundle) -> None:
    replace(b, "draw.txt", "22" * 32, "33" * 32)
    b.change(b.at("reveal"), r="33" * 32)
    b.change(b.at("draw"), key=b.key())
    b.seal()


def design_changed(b: Bundle) -> None:
    b.put(
        "design.tsv", [[h, size, int(n) + 1 if h == "A" else n, r] for h, size, n, r in b.rows("design.tsv")]
    )


def files_of_the_other_wave(b: Bundle) -> None:
    for name in ("frame.tsv", "design.tsv", "sample.tsv", "tally.tsv"):
        b.files[name] = b.earlier[name]


def other_label(b: Bundle) -> None:
    replace(b, "draw.txt", "wave w2\n", "wave w3\n")


REDRAWN = [10, 11, 13, 14, 18, 20]
"""What another key upsets: whoever was drawn by it isn't who was called."""
TAMPERINGS: dict[str, tuple[Tamper, list[int]]] = {
    "a household is dropped": (household_dropped, [5, 9]),
    "a household is added": (household_added, [5, 9]),
    "a household is moved": (household_moved, [5, 9]),
    "a household stands in two grids": (household_twice, [5, 9, 10, 11, 12, 13, 14, 18, 20]),
    "two households' commitments are swapped": (commitment_swapped, [5]),
    "the frame is frozen anew": (frame_frozen_anew, [3, 8, 16]),
    "the design is changed": (design_changed, [8, 10, 11, 18]),
    "a unit is substituted": (unit_substituted, [10]),
    "a unit is substituted everywhere": (unit_substituted_everywhere, [10, 11, 18]),
    "the public value is changed in one place": (value_changed, [8, *REDRAWN]),
    "the public value is changed in both places": (value_changed_in_both, [2, *REDRAWN, 21]),
    "the public value is changed and all sign": (value_changed_and_sealed, [*REDRAWN, 21]),
    "another public event is taken": (other_event, [8, *REDRAWN, 21]),
    "a part is opened otherwise": (part_opened_otherwise, [6, *REDRAWN]),
    "there is a second draw": (second_draw, [4, 7, 8]),
    "the wave stands twice": (wave_twice, [4]),
    "a part is opened before the freeze is over": (moved("reveal", "design"), [3, 7]),
    "a part is sealed when the value is known": (sealed_late, [3, 7]),
    "a call comes before the draw": (moved("attempt", "draw"), [7]),
    "the draw comes before the value": (moved("draw", "beacon"), [7]),
    "an outcome comes after the score": (outcome_after_the_score, [7]),
    "a complete interview is denied": (complete_denied, [2, 12, 13, 14]),
    "a complete interview is denied and all sign": (complete_denied_and_sealed, [12, 13, 14]),
    "an answer is moved in the tally": (tally_moved, [15, 16]),
    "the score is raised": (score_raised, [16]),
    "a call is dropped": (line_dropped, [2, 12]),
    "a call is dropped and all sign": (line_dropped_and_sealed, [12]),
    "two lines are swapped": (lines_reordered, [2]),
    "a name stands twice in a line": (name_twice, [2, 10, 11, 13, 14, 18]),
    "a line is spaced otherwise": (spaced, [2, 10, 11, 13, 14, 18]),
    "a line is no JSON": (line_of_nonsense(b"frame"), [2]),
    "a line is nested without end": (line_of_nonsense(b"[" * 100_000), [2]),
    "a line holds a number without end": (line_of_nonsense(b'{"n":' + b"9" * 10_000 + b"}"), [2]),
    "a line has no type": (line_of_nonsense(b"{}"), [2]),
    "a line is a number": (line_of_nonsense(b"7"), [2]),
    "a line lacks a field": (line_of_nonsense(b'{"t":"release","why":""}'), [2]),
    "the witnesses are removed": (witnesses(), [1]),
    "a witness is removed": (witnesses("justice1"), [1]),
    "a witness signs twice": (witnesses("justice1", "justice1"), [1]),
    "a witness is forged": (witness_forged, [1]),
    "a stranger signs for the log": (signed_by_a_stranger, [1]),
    "the log signs under another name": (signed_under_another_name, [1, 3]),
    "history is rewritten and all sign": (history_rewritten, [3]),
    "a replicate goes out without need": (released_without_need, [10, 11, 18]),
    "a stratum that ended short is hidden": (short_stratum_hidden, [18]),
    "who was given up early is hidden": (unworked_hidden, [12]),
    "another person is asked": (another_person, [20]),
    "a household lists more adults than can be": (more_adults_than_can_be, [20]),
    "a correction corrects nothing": (correction_from_nothing, [19]),
    "an answer is dropped that never was": (unknown_answer_dropped, [13, 15, 19]),
    "a unit has two outcomes": (two_outcomes, [11]),
    "somebody is called who wasn't drawn": (outsider_called, [11]),
    "an answer is invented": (answer_invented, [13, 15]),
    "answers stand in the order they came": (answers_unsorted, [13]),
    "an opening is changed": (opening_changed, [15]),
    "somebody excluded comes back": (excluded_dropped, [17]),
    "somebody excluded comes back and all sign": (excluded_dropped_and_sealed, [3, 17]),
    "frame, design, sample and tally are another wave's": (
        files_of_the_other_wave,
        [5, 8, 10, 11, 12, 13, 14, 15, 16, 18, 20],
    ),
    "the label is another": (other_label, [8, *REDRAWN]),
}


@pytest.fixture(scope="module")
def honest() -> Bundle:
    return bundles.honest()


def copy(b: Bundle) -> Bundle:
    return Bundle(dict(b.files), b.seen, b.openings, dict(b.earlier))


def test_an_honest_bundle_passes_all_checks(honest, tmp_path):
    status, said = bundles.run(bundles.store(honest, tmp_path))
    assert (status, bundles.numbers(said, "ok")) == (0, list(range(1, 22))), said
    assert said.splitlines()[-1].startswith("verified")


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_fails_exactly_these_checks(honest, tmp_path, name):
    tamper, expected = TAMPERINGS[name]
    b = copy(honest)
    tamper(b)
    status, said = bundles.run(bundles.store(b, tmp_path))
    assert (status, bundles.numbers(said, "FAIL")) == (1, expected), said
    assert said.splitlines()[-1].startswith("NOT VERIFIED")


def test_the_value_alone_is_for_people_to_compare(honest, tmp_path):
    """Nothing in a bundle can tell which value was thrown: the checker prints it."""
    _, said = bundles.run(bundles.store(honest, tmp_path))
    value = honest.entries[honest.at("beacon")]["value"]
    assert f" = {value}" in next(line for line in said.splitlines() if line.startswith("ok   8 "))


def test_a_withheld_tally_leaves_two_checks_out(honest, tmp_path):
    b = copy(honest)
    del b.files["tally.tsv"]
    b.change(b.at("score"), tally="withheld")
    b.seal()
    status, said = bundles.run(bundles.store(b, tmp_path))
    assert (status, bundles.numbers(said, "skip")) == (0, [14, 16]), said


def test_a_tally_that_is_missing_without_a_word_fails(honest, tmp_path):
    b = copy(honest)
    del b.files["tally.tsv"]
    status, said = bundles.run(bundles.store(b, tmp_path))
    assert (status, bundles.numbers(said, "FAIL")) == (1, [14, 16]), said


def test_an_unknown_type_and_a_new_field_are_told_and_pass(honest, tmp_path):
    b = copy(honest)
    b.insert(b.at("close"), t="weather", sky="grey")
    b.change(b.at("close"), to="morning")
    b.seal()
    status, said = bundles.run(bundles.store(b, tmp_path))
    assert status == 0, said
    assert "note 1 entries of unknown type weather" in said


def test_what_a_bundle_says_cannot_steer_the_terminal(honest, tmp_path):
    b = copy(honest)
    b.insert(b.at("close"), t="\x1b[2K\rverified")
    b.seal()
    _, said = bundles.run(bundles.store(b, tmp_path))
    assert "\x1b" not in said
    assert "\r" not in said


def test_a_witness_under_the_logs_key_does_not_count(honest, tmp_path):
    b = copy(honest)
    own = bundles.verifier_key("justice1", key=bundles.LOG, kind=bundles.WITNESS).text
    text = bundles.checkpoint(b.files["log.txt"], witnesses=()).decode()
    b.files["checkpoint"] = note.cosign(text, name="justice1", key=bundles.LOG, at=bundles.NOON).encode()
    words = bundles.store(b, tmp_path)
    status, said = bundles.run([words[0], "--key", bundles.KEYS[0], "--key", own])
    assert (status, bundles.numbers(said, "FAIL")) == (1, [1]), said


def test_signers_that_nobody_asked_about_are_ignored(honest, tmp_path):
    b = copy(honest)
    text = b.files["checkpoint"].decode()
    for number in range(16):
        other = Ed25519PrivateKey.from_private_bytes(bytes([number + 9]) * 32)
        text = note.cosign(text, name=f"other{number}", key=other, at=bundles.NOON)
    b.files["checkpoint"] = text.encode()
    assert bundles.run(bundles.store(b, tmp_path))[0] == 0


def test_the_log_of_the_later_wave_also_proves_the_earlier(honest, tmp_path):
    words = bundles.store(Bundle(honest.earlier, honest.earlier["checkpoint"], b""), tmp_path)
    status, said = bundles.run([words[0], *words[1:9]])
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    files = honest.files | {name: honest.earlier[name] for name in honest.earlier if name.endswith(".tsv")}
    files |= {"draw.txt": honest.earlier["draw.txt"]}
    bundles.store(Bundle(files, honest.seen, b""), tmp_path)
    status, said = bundles.run([words[0], *words[1:9]])
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said


def test_outcomes_in_force_are_the_corrected_ones(honest, tmp_path):
    _, said = bundles.run(bundles.store(honest, tmp_path))
    assert "complete_other 1" in next(line for line in said.splitlines() if line.startswith("note stratum A"))
    counts = tally.parse(honest.files["tally.tsv"])
    assert sum(counts["A"]) == 2
    assert json.loads(honest.files["log.txt"].splitlines()[-1])["mean"] == "190/51"
