"""Deeds that would bend a score, in words, and what catches each: the table that the documents lean on.

An outsider has the published files alone. The operator has the log's key, and every witness signs what it
writes from the first day on, since a witness sees lengths and roots and no meaning. `afterwards` is what the
operator does when witnesses and neighbours already hold checkpoints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.survey.verify import bound, deeds, second_look
from tests.survey.verify.deeds import Act

Who = Literal["outsider", "operator", "afterwards"]


@dataclass(frozen=True)
class Deed:
    """Somebody's deed, and the check that fails for the public and for an auditor (with openings, minutes).

    `kept`: for whoever kept the checkpoint of the freeze. `why` says what is left where nothing fails.
    """

    who: Who
    words: str
    act: Act
    public: int | None = None
    auditor: int | None = None
    kept: int | None = None
    why: str = ""

    @property
    def caught(self) -> tuple[int | None, int | None, int | None]:
        """The failing checks for public, auditor, and whoever kept a checkpoint."""
        auditor = self.auditor or self.public
        return self.public, auditor, self.kept or auditor


BY_TELEPHONE = "telephone bills, and call-backs chosen by the ledger's digest"
DEEDS = [
    Deed("outsider", "drops a household from the frame", deeds.row_dropped("frame.tsv", 100), 5),
    Deed("outsider", "adds a household to the frame", deeds.household_added, 5),
    Deed("outsider", "puts a household into the sample", deeds.sample_substituted, 10),
    Deed(
        "outsider",
        "changes a digit of the dice",
        deeds.replaced("draw.txt", bound.THROWN, "7" + bound.THROWN[1:]),
        8,
    ),
    Deed("outsider", "moves an answer in the tally", deeds.answers_moved, 24),
    Deed("outsider", "raises the mean in the ledger's last line", deeds.score_line, 2),
    Deed("outsider", "drops a call from the ledger", lambda b: b.drop(b.at("attempt", 5)), 2),
    Deed("outsider", "moves a stratum to another group", deeds.group_changed, 8),
    Deed(
        "outsider",
        "makes a holiday of a calling day",
        deeds.replaced("terms.json", '"holidays":[]', '"holidays":["2026-12-02"]'),
        8,
    ),
    Deed(
        "outsider",
        "adds an outcome to the list",
        lambda b: b.files.update({"codes.txt": b.files["codes.txt"] + b"zz\n"}),
        8,
    ),
    Deed("outsider", "shows another size of a stratum", deeds.replaced("design.tsv", "A\t60", "A\t61"), 8),
    Deed("outsider", "cuts the witness's signature off", deeds.witness_removed, 1),
    Deed("outsider", "leaves out the checkpoints of three days", deeds.checkpoints_dropped, 25),
    Deed("outsider", "leaves out the checkpoint of the freeze", deeds.freeze_unwitnessed, 25),
    Deed("operator", "states a mean freely", deeds.score(mean="4.900"), 16),
    Deed("operator", "states a share freely", deeds.score(share="95.0"), 16),
    Deed("operator", "states that more was covered", deeds.score(covered=999), 16),
    Deed(
        "operator",
        "states another direct figure",
        deeds.no_commitment_of_direct,
        why="weights for who answers need answers by unit; the release is frozen before the score, and the"
        " product itself computes it: compare by eye",
    ),
    Deed("operator", "invents a tally, and the score follows it", deeds.tally_invented, 24, 16),
    Deed(
        "operator",
        "invents a tally and lets no auditor speak",
        deeds.tally_invented_without_auditor,
        None,
        16,
    ),
    Deed("operator", "weighs the same answers otherwise", deeds.households_invented, 14),
    Deed("operator", "edits stored answers after their day", deeds.openings_edited, None, 15),
    Deed("operator", "opens a commitment otherwise", deeds.opening_replaced, None, 15),
    Deed("operator", "writes completes without a call", deeds.complete_without_a_call, 12),
    Deed("operator", "makes up a call and its complete", deeds.call_invented, why=BY_TELEPHONE),
    Deed("operator", "turns a complete into a refusal", deeds.complete_denied, 13),
    Deed(
        "operator", "notes a refusal where somebody answered", deeds.complete_never_written, why=BY_TELEPHONE
    ),
    Deed("operator", "seals an answer that nobody gave", deeds.commitment_invented, 13),
    Deed("operator", "undoes a complete alone", deeds.undone_alone, 19),
    Deed(
        "operator", "undoes a complete with a colleague of the same role", deeds.undone_by_two_of_one_role, 19
    ),
    Deed("operator", "undoes poor completes in numbers, two together", deeds.undone_in_numbers, 19),
    Deed(
        "operator",
        "undoes two completes, two together",
        deeds.three_undone_by_two,
        why="two names of two roles stand in the ledger; more than three need an auditor's word",
    ),
    Deed("operator", "ends the field with households never dialled", deeds.field_ended_after_the_release, 12),
    Deed("operator", "gives a household up early", deeds.given_up_early, 12),
    Deed("operator", "gives many up early and says so", deeds.given_up_and_told, 12),
    Deed("operator", "writes six calls into one window", deeds.all_calls_in_one_minute, 12),
    Deed("operator", "calls outside the field's days", lambda b: deeds.attempt(b, day="2026-12-11"), 12),
    Deed(
        "operator", "writes a call into a window that the day lacks", lambda b: deeds.attempt(b, w="W4"), 12
    ),
    Deed("operator", "calls at night", deeds.minute("23:10"), None, 12),
    Deed("operator", "says another window than the minute's", deeds.minute("14:40"), None, 12),
    Deed("operator", "lets time run backwards", deeds.days_backwards, 12),
    Deed("operator", "uses an outcome of its own", deeds.outcome_of_its_own, 12),
    Deed("operator", "says that somebody has no number, without a call", deeds.nobody_had_a_number, 12),
    Deed(
        "operator",
        "freezes when the event is over",
        lambda b: b.change(b.at("frame"), at="2026-12-01T10:01:00+08:00"),
        21,
    ),
    Deed("operator", "seals its part when the event is over", deeds.commit_late, 21),
    Deed(
        "operator",
        "writes the event down before it happens",
        lambda b: b.change(b.at("beacon"), at="2026-12-01T09:59:00+08:00"),
        21,
    ),
    Deed("operator", "names an event without an instant", deeds.event_without_an_instant, 21),
    Deed("operator", "throws six dice", deeds.few_dice, 21),
    Deed("operator", "takes a drand round of the past", deeds.round_of_the_past, 21),
    Deed("operator", "lets the freeze be witnessed after the event", deeds.cosigned_after_the_event, 21),
    Deed("operator", "draws twice", deeds.second_draw, 4),
    Deed("operator", "uses a part that was opened before", deeds.part_used_before, 6),
    Deed("operator", "releases a replicate without need", deeds.released_without_need, 18),
    Deed("operator", "withholds a replicate that is due", deeds.release_withheld, 18),
    Deed("operator", "releases after the last day for it", deeds.released_late, 18),
    Deed("operator", "forgets a late replicate", deeds.late_replicate_forgotten, 18),
    Deed("operator", "releases the late replicate early", deeds.late_replicate_early, 18),
    Deed("operator", "asks another person of the household", lambda b: deeds.person(b, before=True), 20),
    Deed("operator", "names the person after the call", lambda b: deeds.person(b, before=False), 20),
    Deed("operator", "draws more of a listed arm than the cap", deeds.cap_lowered, 9),
    Deed("operator", "leaves a rule out of the design", deeds.design_with_a_gap, 4),
    Deed("operator", "leaves out of the terms how households are weighted", deeds.terms_with_a_gap, 4),
    Deed("outsider", "changes late minus the rest", deeds.late(12, 5, 48, 41, named=False), 16),
    Deed("operator", "says that the late ones were no more content", deeds.late(12, 5, 48, 41), None, 16),
    Deed("operator", "counts others among the late ones", deeds.late(20, 12, 40, 34), 16),
    Deed("operator", "makes more of all content than the tally has", deeds.late(12, 7, 48, 43), 16),
    Deed("operator", "keeps late minus the rest to itself", deeds.late_not_told, 16),
    Deed("operator", "hides late minus the rest, though it could be shown", deeds.late(), None, 16),
    Deed("operator", "tells another reason for an early end than was signed", deeds.another_reason, 23),
    Deed(
        "operator",
        "makes the release when it pleases, and states its figure",
        deeds.release_made_when_it_pleased,
        16,
    ),
    Deed("operator", "writes a design of version 1", deeds.design_of_version_1, 22),
    Deed("operator", "signs in the auditor's name", deeds.forged_attest, 24),
    Deed("operator", "brings a friendly auditor", deeds.friendly_auditor, 24),
    Deed("operator", "scores before the close", deeds.score_before_the_close, 23),
    Deed("operator", "closes early", lambda b: b.change(b.at("close"), result="early"), 23),
    Deed(
        "operator",
        "closes as void and scores all the same",
        lambda b: b.change(b.at("close"), result="void"),
        23,
    ),
    Deed("operator", "seals all answers at the very end", deeds.batch_at_the_end, 13),
    Deed("operator", "binds the headline alone", deeds.answers_unbound, 13),
    Deed("operator", "publishes cells of few people", deeds.cells_of_few, 14),
    Deed("operator", "hides a tally that could be shown", deeds.tally_hidden, None, 16),
    Deed("operator", "adds a kind of entry of its own", deeds.own_type, 2),
    Deed("operator", "shows a wave that is no longer the last", deeds.a_later_wave_follows, 22),
    Deed(
        "operator",
        "groups strata otherwise, and seals it before the draw",
        deeds.group_changed_and_sealed,
        14,
    ),
    Deed(
        "operator",
        "does without witnesses, as its design says",
        deeds.quorum_of_none,
        why="the wave's pages and the checker's notes say so in their first lines",
    ),
    Deed(
        "operator",
        "releases a replicate twice",
        lambda b: second_look.released_twice(b, why="response < plan"),
        18,
    ),
    Deed(
        "operator",
        "releases the late replicate twice",
        lambda b: second_look.released_twice(b, why="late"),
        18,
    ),
    Deed(
        "operator",
        "names a friend as its auditor from the start",
        second_look.friend_named_from_the_start,
        why="the auditors' names stand in the design from the freeze on: who knows none of them asks",
    ),
    Deed("operator", "lets one auditor sign as two", second_look.one_auditor_for_two, 24),
    Deed("operator", "is its own auditor", second_look.attests_with_the_ledgers_key, 24),
    Deed(
        "operator",
        "seals an outcome of its own and gives households up by it",
        second_look.given_up_by_an_outcome_of_its_own,
        12,
    ),
    Deed(
        "operator",
        "seals windows that are all the same hours",
        second_look.one_hour_is_every_window,
        12,
    ),
    Deed("operator", "counts one interview for two households", second_look.one_interview_for_two, 13),
    Deed(
        "operator",
        "moves an interview to another stratum's household",
        second_look.interview_moved_to_another_unit,
        13,
    ),
    Deed("operator", "corrects a refusal to a complete", second_look.refusal_made_a_complete, 13),
    Deed(
        "operator",
        "makes up return calls so that it need not call",
        second_look.return_calls_that_nobody_made,
        12,
    ),
    Deed(
        "operator",
        "says that a complete came by web, without a call",
        second_look.completes_by_web,
        why="the checker's notes count outcomes without a call; a wave by telephone has none of them by web",
    ),
    Deed(
        "operator",
        "says at the freeze that whole strata have no number",
        second_look.many_without_a_number,
        why="the count by stratum is published at the freeze, beside the last wave's",
    ),
    Deed(
        "operator",
        "names the event by another clock, and seals after the throw",
        second_look.event_told_by_another_clock,
        21,
    ),
    Deed("operator", "hands auditors another minute", second_look.minute_forged, None, 12),
    Deed(
        "operator",
        "joins groups without need",
        second_look.groups_joined_without_need,
        None,
        16,
    ),
    Deed("operator", "notes an outcome after the close", second_look.outcome_after_the_close, 23),
    Deed(
        "operator",
        "lets everybody go unworked, as its design says",
        second_look.nobody_needs_to_be_called,
        why="the sealed share stands in the design from the freeze on; check 12 prints how many were left",
    ),
    Deed("afterwards", "rewrites history with the log's key", deeds.history_rewritten, 1, kept=3),
    Deed(
        "afterwards",
        "rewrites history, and a witness helps",
        deeds.history_rewritten_with_a_witness,
        kept=3,
        why="whoever kept the checkpoint of the freeze, on the notice board or in a photograph, sees it",
    ),
]
