"""What each deed of the table does to an honest bundle."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from survey.drawing import answers, binding, parts, sample
from survey.drawing.canonical import canonical
from survey.waves.rules.early_ending import reason_entry
from tests.survey.verify import bound
from tests.survey.verify.bound import Bound
from tests.survey.verify.bundles import unit as unit_of

Act = Callable[[Bound], None]


def replaced(name: str, old: str, new: str) -> Act:
    def act(b: Bound) -> None:
        assert old.encode() in b.files[name]
        b.files[name] = b.files[name].replace(old.encode(), new.encode(), 1)

    return act


def row_dropped(name: str, place: int) -> Act:
    def act(b: Bound) -> None:
        rows = b.rows(name)
        del rows[place]
        b.put(name, rows)

    return act


def score(**fields: object) -> Act:
    return lambda b: b.change(b.at("score"), **fields)


def last_ticket(b: Bound, stratum: str) -> str:
    """A unit far from being drawn."""
    key = hashlib.sha256(b.files["draw.txt"]).hexdigest()
    return max(
        (unit_of(bound.WAVE, n) for n in range(60) if stratum == "A"), key=lambda u: sample.ticket(key, u)
    )


def household_added(b: Bound) -> None:
    b.put("frame.tsv", sorted([*b.rows("frame.tsv"), ["H0000000000000", "A", "0" * 64]]))


def sample_substituted(b: Bound) -> None:
    rows = b.rows("sample.tsv")
    rows[3][3] = last_ticket(b, "A")
    b.put("sample.tsv", rows)


def answers_moved(b: Bound, *, households: bool = True) -> None:
    """In the published tally two of the discontent become content."""
    rows = [[r[0], *map(int, r[1:])] for r in b.rows("tally.tsv")]
    first = rows[0]
    first[4], first[6] = first[4] - 2, first[6] + 2
    if households:
        first[9], first[11] = first[9] - 10, first[11] + 10
    b.put("tally.tsv", rows)


def follows_its_tally(b: Bound) -> None:
    """Let the score be the one that the published tally gives."""
    rows = [[int(k) for k in row[1:]] for row in b.rows("tally.tsv")]
    sizes = {"east": 100, "west": 150}
    named = dict(zip(sizes, rows, strict=True))
    mean = sum(sizes[g] * sum(o * k for o, k in enumerate(r[6:], 1)) / sum(r[6:]) for g, r in named.items())
    share = sum(sizes[g] * (r[9] + r[10]) / sum(r[6:]) for g, r in named.items())
    b.change(b.at("score"), mean=f"{mean / 250:.3f}", share=f"{100 * share / 250:.1f}")
    _, n, k, m, _ = b.rows("late.tsv")[0]
    late(int(n), int(k), int(m), sum(r[4] + r[5] for r in named.values()) - int(k))(b)


def tally_invented(b: Bound) -> None:
    answers_moved(b)
    follows_its_tally(b)


def tally_invented_without_auditor(b: Bound) -> None:
    tally_invented(b)
    b.drop(b.at("attest"))


def households_invented(b: Bound) -> None:
    rows = [[r[0], *map(int, r[1:])] for r in b.rows("tally.tsv")]
    rows[0][9], rows[0][11] = 0, rows[0][11] + rows[0][9]
    b.put("tally.tsv", rows)
    follows_its_tally(b)


def openings_edited(b: Bound) -> None:
    """After the day's batch the stored answers change, and tally, score and openings with them."""
    b.openings = [
        answers.Opening(each.stratum, each.nonce, 5 if each.answer == 3 else each.answer)
        for each in b.openings
    ]
    bound.score_fields(b)


def opening_replaced(b: Bound) -> None:
    first = b.openings[0]
    b.openings[0] = answers.Opening(first.stratum, "0" * 32, first.answer)
    bound.score_fields(b)


def complete_without_a_call(b: Bound) -> None:
    unit = b.log[b.at("final", 0, code="complete")]["u"]
    b.drop(*[i for i, each in enumerate(b.log) if each["t"] == "attempt" and each["u"] == unit])
    b.minutes = [row for row in b.minutes if row[0] != unit]


def call_invented(b: Bound) -> None:
    """A complete and the call before it are both made up: nothing was dialled."""


def complete_denied(b: Bound) -> None:
    b.change(b.at("final", 0, code="complete"), code="refusal_person")


def complete_never_written(b: Bound) -> None:
    """The interviewer notes a refusal where somebody answered 3: no commitment ever is made."""
    unit_place = b.at("final", 0, code="complete")
    entry = b.log[unit_place]
    gone = next(each for each in b.openings if each.stratum == stratum_of(b, entry["u"]))
    found = b.log
    found[unit_place] = {"t": "final", "u": entry["u"], "code": "refusal_person", "s": entry["s"]}
    for each in found:
        if each["t"] == "answers" and gone.stratum in each["c"]:
            kept = [c for c in each["c"][gone.stratum] if c != gone.commitment()]
            each["c"] = {**each["c"], gone.stratum: kept}
    b.log, b.openings = found, [each for each in b.openings if each is not gone]
    bound.score_fields(b)


def stratum_of(b: Bound, unit: str) -> str:
    return next(row[0] for row in b.rows("sample.tsv") if row[3] == unit)


def commitment_invented(b: Bound) -> None:
    place = b.at("answers", 0)
    held = b.log[place]["c"]
    b.change(place, c={**held, "A": sorted([*held["A"], "d" * 64])})


def corrected(b: Bound, *, times: int, by: list[str]) -> None:
    """Completes with a 3 are undone."""
    found = b.log
    done = [each["u"] for each in found if each["t"] == "final" and each["code"] == "complete"]
    poor = [each for each in b.openings if each.answer == 3][:times]
    lines = []
    for opening in poor:
        unit = next(u for u in done if stratum_of(b, u) == opening.stratum)
        done.remove(unit)
        lines.append(
            {"t": "correction", "u": unit, "from": "complete", "to": "refusal_person", "why": "wrong_person"}
            | {"by": by, "drop": [opening.commitment()]}
        )
    place = b.at("close")
    b.log = [*found[:place], *lines, *found[place:]]
    b.openings = [each for each in b.openings if each not in poor]
    bound.score_fields(b)


def undone_alone(b: Bound) -> None:
    corrected(b, times=1, by=["supervisor"])


def undone_by_two_of_one_role(b: Bound) -> None:
    corrected(b, times=1, by=["supervisor:1", "supervisor:2"])


def undone_in_numbers(b: Bound) -> None:
    corrected(b, times=5, by=["auditor:1", "supervisor:1"])
    place = b.at("attest")
    said = {name: value for name, value in b.log[place].items() if name != "corrections"}
    b.drop(place)
    text = "".join(f"{x}\n" for x in ("huying-attest/v1", bound.WAVE, said["tally"], said["openings"]))
    said["sig"] = base64.b64encode(bound.AUDITOR.sign(text.encode())).decode()
    b.insert(place, said)


def three_undone_by_two(b: Bound) -> None:
    corrected(b, times=2, by=["auditor:1", "supervisor:1"])


def field_ended_after_the_release(b: Bound) -> None:
    """Nobody dials the last replicate; the field is said to be done."""
    late = {row[3] for row in b.rows("sample.tsv")[-6:]}
    b.log = [each for each in b.log if not (each["t"] == "attempt" and each["u"] in late)]
    for unit in late:
        if any(each["t"] == "final" and each["u"] == unit and each["code"] == "no_answer" for each in b.log):
            b.change(b.at("final", u=unit), code="not_attempted")


def given_up_early(b: Bound) -> None:
    """Of those whom nobody reached, three calls are never made."""
    unit = b.first("no_answer")
    places = [i for i, each in enumerate(b.log) if each["t"] == "attempt" and each["u"] == unit]
    b.drop(*places[2:5])
    b.minutes = [row for row in b.minutes if row[0] != unit]


def given_up_and_told(b: Bound) -> None:
    for unit in {each["u"] for each in b.log if each["t"] == "final" and each["code"] == "no_answer"}:
        places = [i for i, each in enumerate(b.log) if each["t"] == "attempt" and each["u"] == unit]
        b.drop(*places[2:5])
    bound.closes_as_computed(b)


def all_calls_in_one_minute(b: Bound) -> None:
    unit = b.first("no_answer")
    found = b.log
    for each in found:
        if each["t"] == "attempt" and each["u"] == unit:
            each["w"] = "X"
    b.log = found


def attempt(b: Bound, **fields: object) -> None:
    b.change(b.at("attempt", 0), **fields)


def minute(clock: str) -> Act:
    def act(b: Bound) -> None:
        unit, n, nonce, _ = b.minutes[0]
        b.minutes[0] = (unit, n, nonce, clock)
        place = b.at("attempt", 0, u=unit)
        b.change(place, m=bound.minute_digest(nonce, clock))

    return act


def commit_late(b: Bound) -> None:
    b.change(b.at("commit"), at="2026-12-01T10:05:00+08:00")


def event_without_an_instant(b: Bound) -> None:
    old, new = bound.EVENT, "lottery:welfare-3d,2026321"
    b.change(b.at("design"), beacon=new)
    b.change(b.at("beacon"), source=new)
    b.files["draw.txt"] = b.files["draw.txt"].replace(old.encode(), new.encode())
    redrawn(b)


def few_dice(b: Bound) -> None:
    new = bound.EVENT.replace("20d10", "6d10")
    b.change(b.at("design"), beacon=new)
    b.change(b.at("beacon"), source=new, value="604177")
    text = b.files["draw.txt"].decode().replace(bound.EVENT, new).replace(bound.THROWN, "604177")
    b.files["draw.txt"] = text.encode()
    redrawn(b)


def redrawn(b: Bound) -> None:
    b.change(b.at("draw"), key=hashlib.sha256(b.files["draw.txt"]).hexdigest())


def round_of_the_past(b: Bound) -> None:
    new = "drand:52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971,657413"
    b.change(b.at("design"), beacon=new)
    b.change(b.at("beacon"), source=new)
    b.files["draw.txt"] = b.files["draw.txt"].replace(bound.EVENT.encode(), new.encode())
    redrawn(b)


def second_draw(b: Bound) -> None:
    b.insert(b.at("draw") + 1, b.log[b.at("draw")])


def part_used_before(b: Bound) -> None:
    """A part whose opened value the operator knows from an earlier wave."""
    old = [{"t": "frame", "n": 1, "root": "0" * 64, "wave": "w6"}, {"t": "commit", "by": "operator"}]
    old[1]["c"] = parts.seal("11" * 32)
    b.log = [*old, *b.log]
    b.change(b.at("beacon"), after=6)


def released_without_need(b: Bound) -> None:
    b.insert(b.at("release", 0, h="A"), {"t": "release", "h": "D.L", "why": "response < plan"})


def release_withheld(b: Bound) -> None:
    """The replicate of a stratum that looks content already never goes out."""
    b.drop(b.at("release", h="A", why="response < plan"))
    found = b.log
    for each in found:
        if each["t"] in {"attempt", "answers"} and each["day"] == "2026-12-07":
            each["day"] = "2026-12-08"
    b.log = found
    b.change(b.at("design"), late={"day": "2026-12-08", "r": 2})


def released_late(b: Bound) -> None:
    b.change(b.at("design"), lastrelease="2026-12-05")


def late_replicate_forgotten(b: Bound) -> None:
    b.drop(b.at("release", h="B", why="late"))


def late_replicate_early(b: Bound) -> None:
    found = b.log
    late = [each for each in found if each.get("why") == "late"]
    rest = [each for each in found if each.get("why") != "late"]
    place = next(i for i, each in enumerate(rest) if each["t"] == "attempt" and each["day"] == "2026-12-04")
    b.log = [*rest[:place], *late, *rest[place:]]


def person(b: Bound, *, before: bool) -> None:
    place = b.at("attempt", 0)
    unit = b.log[place]["u"]
    key = hashlib.sha256(b.files["draw.txt"]).hexdigest()
    k = sample.person(key, unit=unit, adults=3)
    line = {"t": "person", "u": unit, "m": 3, "k": k if not before else k % 3 + 1}
    b.insert(place if before else place + 1, line)


def cap_lowered(b: Bound) -> None:
    b.change(b.at("design"), armcap=120)


def design_with_a_gap(b: Bound) -> None:
    found = b.log
    del found[b.at("design")]["unworked"]
    b.log = found


def design_of_version_1(b: Bound) -> None:
    """The newest wave is written as in the old days, its tally withheld."""
    found = b.log
    said = found[b.at("design")]
    found[b.at("design")] = {k: said[k] for k in ("t", "attempts", "sha256", "beacon", "plan", "most")}
    b.log = found


def forged_attest(b: Bound) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"\6" * 32)
    entry = bound.attested(b, b.log, key=stranger)
    found = b.log
    found[b.at("attest")] = entry
    b.log = found


def friendly_auditor(b: Bound) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"\6" * 32)
    named = bound.verifier_key("friend.example", key=stranger).text
    b.insert(b.at("attest"), bound.attested(b, b.log, key=stranger, by=named))


def score_before_the_close(b: Bound) -> None:
    found = b.log
    line = found.pop(b.at("score"))
    found.insert(b.at("close"), line)
    b.log = found


def batch_at_the_end(b: Bound) -> None:
    """Answers wait till the close, where they can still be edited."""
    found = [each for each in b.log if each["t"] != "answers"]
    whole: dict[str, list[str]] = {}
    for each in b.openings:
        whole.setdefault(each.stratum, []).append(each.commitment())
    place = next(i for i, each in enumerate(found) if each["t"] == "close")
    line = {"t": "answers", "day": "2026-12-07", "c": {h: sorted(cs) for h, cs in whole.items()}}
    b.log = [*found[:place], line, *found[place:]]


def answers_unbound(b: Bound) -> None:
    found = b.log
    del found[b.at("final", 0, code="complete")]["a"]
    b.log = found


def nobody_had_a_number(b: Bound) -> None:
    """Two more of a grid are said to have no number that works, without a call."""
    for unit in [b.first("no_answer")]:
        b.log = [each for each in b.log if not (each["t"] == "attempt" and each["u"] == unit)]
        b.change(b.at("final", u=unit), code="frame_bad_contact")
        b.minutes = [row for row in b.minutes if row[0] != unit]


def cells_of_few(b: Bound) -> None:
    rows = [[r[0], *map(int, r[1:])] for r in b.rows("tally.tsv")]
    rows[0][2], rows[0][6] = rows[0][2] + 2, rows[0][6] - 2
    b.put("tally.tsv", rows)


def tally_hidden(b: Bound) -> None:
    b.files["tally.tsv"] = b""
    late()(b)
    b.change(b.at("score"), tally="none", mean="none", share="none")
    b.drop(b.at("attest"))


def days_backwards(b: Bound) -> None:
    attempt(b, day="2026-12-03")


def own_type(b: Bound) -> None:
    b.insert(b.at("close"), {"t": "adjustment", "by": "mayor"})


def a_later_wave_follows(b: Bound) -> None:
    line = {
        "t": "frame",
        "n": 1,
        "root": "0" * 64,
        "wave": "w8",
        "at": bound.FREEZE,
        "nophone": [],
        "optout": [],
    }
    b.log = [*b.log, line]


def outcome_of_its_own(b: Bound) -> None:
    b.change(b.at("final", 0, code="refusal_person"), code="lost_patience")


def frame_frozen_anew(b: Bound) -> None:
    b.change(b.at("frame"), root="e" * 64)


def group_changed(b: Bound) -> None:
    rows = b.rows("groups.tsv")
    rows[1][0] = "west"
    b.put("groups.tsv", sorted(rows))


def group_changed_and_sealed(b: Bound) -> None:
    group_changed(b)
    b.change(b.at("design"), groups=binding.digest(b.files["groups.tsv"]))


def quorum_of_none(b: Bound) -> None:
    b.change(b.at("design"), quorum=0)
    b.witnessed = False


def checkpoints_dropped(b: Bound) -> None:
    sizes = sorted(int(name.split("/")[1]) for name in b.files if name.startswith("checkpoints/"))
    for size in sizes[2:5]:
        del b.files[f"checkpoints/{size}"]


def freeze_unwitnessed(b: Bound) -> None:
    after = b.log[b.at("beacon")]["after"]
    del b.files[f"checkpoints/{after}"]


def cosigned_after_the_event(b: Bound) -> None:
    after = b.log[b.at("beacon")]["after"]
    b.files[f"checkpoints/{after}"] = b.signed(after, "2026-12-01T10:10:00+08:00")


def witness_removed(b: Bound) -> None:
    b.files["checkpoint"] = b.files["checkpoint"].rsplit("— justice".encode(), 1)[0]


def history_rewritten(b: Bound) -> None:
    """Another frame, and the whole log signed again, by the log alone."""
    frame_frozen_anew(b)
    b.witnessed = False
    b.sealed()


def history_rewritten_with_a_witness(b: Bound) -> None:
    """A witness that has lost its memory signs the new history."""
    b.change(b.at("commit", 0), at="2026-11-28T09:31:00+08:00")
    b.change(b.at("commit", 1), at="2026-11-28T09:31:00+08:00")
    b.sealed()


def no_commitment_of_direct(b: Bound) -> None:
    b.change(b.at("score"), direct="99.9")


def score_line(b: Bound) -> None:
    b.files["log.txt"] = b.files["log.txt"].replace(b'"mean":"4.120"', b'"mean":"4.620"')


def late(*row: int, named: bool = True) -> Act:
    """State late minus the rest otherwise: late ones, content of them, the rest, content of them."""

    def act(b: Bound) -> None:
        b.put("late.tsv", [["east+west", *row]] if row else [])
        if named:
            b.change(b.at("score"), late=binding.digest(b.files["late.tsv"]))

    return act


def late_not_told(b: Bound) -> None:
    b.change(b.at("score"), late="none")


def terms_with_a_gap(b: Bound) -> None:
    """How households are weighted is left open, to be chosen when the answers are in."""
    said = {name: value for name, value in bound.TERMS.items() if name != "classes"}
    b.files["terms.json"] = canonical(said) + b"\n"
    b.change(b.at("design"), terms=binding.digest(b.files["terms.json"]))


def another_reason(b: Bound) -> None:
    """A wave that ended early for want of money is said to have ended in a flood."""
    by = ["draw_officer:1", "supervisor:1"]
    b.change(b.at("close"), result="early", by=by, why=reason_entry("没有钱了", salt="00" * 16))
    b.files["early.json"] = canonical({"salt": "00" * 16, "why": "洪水"}) + b"\n"


def release_made_when_it_pleased(b: Bound) -> None:
    """The release is made weeks after the field, and its figure stated as if it had been in time."""
    line = {"t": "release_made", "sha256": "0" * 64, "direct": "81.5", "wave": bound.WAVE}
    b.insert(b.at("attest"), line)
