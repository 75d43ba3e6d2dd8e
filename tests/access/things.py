"""Things that belong to somebody: cases, whistles, duties; a household in each interviewer's hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback import roles as public
from feedback.cases.operations import handling, opening, photos, whistles
from feedback.cases.rules.requests import HelpRequest, Refusal
from feedback.contacts import operations as contact_numbers
from feedback.duty import operations as duty
from feedback.duty.rules import Assignment
from feedback.models import Account as Member
from feedback.models import (
    Badge,
    Case,
    CasePrint,
    Contact,
    Duty,
    Poster,
    PrintJob,
    Rating,
    RatingVersion,
    SwapOffer,
    Whistle,
)
from feedback.models import Worker as Staff
from feedback.posters.operations import badges, posters, print_jobs
from feedback.posters.rules.requests import PrintRequest
from feedback.roster.operations import swaps
from feedback.roster.rules.weeks import SwapRequest
from huying.base import clock
from huying.base.phones import Vault
from survey import roles as independent
from survey.fieldwork.operations import calls as fieldwork_calls
from survey.fieldwork.operations import queue, seat_messages
from survey.fieldwork.queries import held_cases
from survey.models import (
    Account,
    Attempt,
    CallBack,
    CallBackDraw,
    Dispute,
    PracticeCall,
    SampledCase,
    SeatMessageCopy,
)
from tests.survey.world import WAVE


def begin_cases(session: Session, vault: Vault) -> None:
    """Open a case in the hand of each: worker, office, another's office, two departments, coordinator."""
    session.add(Staff(code="w9", name="孙志强", area_code="g9"))
    session.scalars(select(Member).where(Member.role == public.GRID_OFFICE)).one().area_code = "s1"
    session.flush()
    for grid, text in (("g3", "worker"), ("g4", "unit"), ("g9", "elsewhere")):
        _open(session, vault, grid, text)
    _hold(session, "g9")
    posters.issue(session, grid_code="g9", location="9号楼", now=clock.now(), payload="ESEWHE")
    _open(session, vault, "g9", "colleague")
    for department, text in (("water", "ours"), ("urban", "theirs"), ("urban", "refused")):
        whistle = _call(session, vault, department, text)
        if text == "refused":
            _refuse(session, whistle, department)
    _reach(session, vault)
    for case in session.scalars(select(Case)).all():
        photos.keep(session, case, [b"photo"], now=clock.now())
    _odd_ratings(session)
    _paper(session)
    for community in ("m1", "s2"):
        _print(session, vault, community)


def _reach(session: Session, vault: Vault) -> None:
    """Give two workers a badge each, a number that is due for a check, and an offer to swap."""
    now = clock.now()
    contact_numbers.set_number(session, worker_code="w9", number="+99913800009", vault=vault)
    for worker in ("w1", "w9"):
        badges.issue(session, worker_code=worker, now=now)
    for sender, grid, asked in (("w9", "g9", "w1"), ("w1", "g3", "w9")):
        swap = SwapRequest(grid, asked, now + timedelta(days=1), now + timedelta(days=2))
        swaps.offer(session, swap, from_worker=sender, now=now)


def _odd_ratings(session: Session) -> None:
    """Leave a rating in each of two streets that was given in the second it was asked for."""
    session.scalars(select(Member).where(Member.role == public.REVIEWER)).one().area_code = "s2"
    for case in session.scalars(select(Case).where(Case.text.in_(("worker", "elsewhere")))):
        rating = Rating(
            case_id=case.id,
            token_hash=case.code.encode(),
            conduct_of=case.worker_code,
            result_of="worker",
            issued_at=clock.now(),
            expires_at=clock.now() + timedelta(days=14),
            answered_at=clock.now(),
            solved="solved",
        )
        session.add(rating)
        session.flush()
        session.add(RatingVersion(rating_id=rating.id, at=clock.now(), channel="link", solved="solved"))
    session.flush()


def _paper(session: Session) -> None:
    """Let a worker, a leader and an officer each have printed a case on their desk, and one somebody else."""
    for text, login in (
        ("worker", "worker"),
        ("unit", "grid_leader"),
        ("ours", "department_officer"),
        ("refused", "coordinator"),
        ("elsewhere", "nobody"),
    ):
        case = session.scalars(select(Case).where(Case.text == text)).one()
        session.add(CasePrint(case_id=case.id, at=clock.now(), login=login, name=login, numbered=True))
    session.flush()


def _print(session: Session, vault: Vault, community: str) -> None:
    """Leave a proven file of badges."""
    file = vault.keys.folder.parents[1] / "print"
    job = print_jobs.ask(
        session,
        PrintRequest(kind="badge", area_code=community, paper="a4", language="zh"),
        by="office",
        now=clock.now(),
        once=f"{community:-<20}",
    )
    (file / str(job.id)).mkdir(parents=True)
    (file / str(job.id) / f"{community}.pdf").write_bytes(b"%PDF-")
    digest = sha256(b"%PDF-").hexdigest()
    print_jobs.proven(
        session,
        job,
        community=community,
        sheets=1,
        symbols=1,
        digest=digest,
        posters=[],
        now=clock.now(),
    )


def _call(session: Session, vault: Vault, department: str, text: str) -> Whistle:
    case, now = _open(session, vault, "g3", text), clock.now()
    handling.answer_case(session, case.id, worker_code="w1", note="", now=now)
    return whistles.sound(
        session, case.id, department_code=department, request="来人", worker_code="w1", now=now
    )


def _refuse(session: Session, whistle: Whistle, department: str) -> None:
    why = Refusal("not_ours", instead="water")
    whistles.refuse(session, whistle.id, why, department_code=department, now=clock.now())


def take_cases(session: Session, vault: Vault) -> None:
    """Two interviewers take a household each and dial; each was told something."""
    boss = session.scalars(select(Account).where(Account.role == independent.SUPERVISOR)).first()
    assert boss is not None
    found = session.scalars(select(Account).where(Account.role == independent.INTERVIEWER))
    people = sorted(found, key=lambda each: each.login)
    for person in people:
        case = queue.next_case(session, interviewer=person, now=clock.now())
        assert case is not None
        fieldwork_calls.dial(
            session, case.unit, interviewer=person, fence=case.fence, vault=vault, now=clock.now()
        )
        session.add(PracticeCall(interviewer_id=person.id, household=0, started_at=clock.now()))
        seat_messages.send(session, "请喝水", to=person.id, by=boss, now=clock.now())
        session.flush()
        attempt = held_cases.attempt_in_hand(session, case)
        _doubt(session, attempt, colleague=next(each for each in people if each is not person))


def _doubt(session: Session, attempt: Attempt, *, colleague: Account) -> None:
    """A colleague has an interviewer's household in hand to call back, and the interview is disputed."""
    told = {"unit": attempt.unit, "interviewer_id": attempt.interviewer_id, "attempt_id": attempt.id}
    now = clock.now()
    if session.get(CallBackDraw, 0) is None:
        session.add(CallBackDraw(entry=0, wave_label=WAVE, after=0, size=1, root="0" * 64, at=now))
    session.add(CallBack(**told, entry=0, reason="lot", next_due=now, holder_id=colleague.id, taken_at=now))
    session.add(
        Dispute(
            **told,
            wave_label=WAVE,
            cause="flag",
            why="x",
            opened_by="supervisor",
            opened_role="supervisor",
            opened_at=now,
        )
    )


def _hold(session: Session, grid: str) -> None:
    duty.assign(
        session,
        Assignment(grid_code=grid, worker_code="w9", layer=0, valid_from=clock.now()),
        by="test",
        now=clock.now(),
    )


def _open(session: Session, vault: Vault, grid: str, text: str) -> Case:
    return opening.open_case(
        session,
        HelpRequest("水电气热", text, urgency="utility"),
        grid_code=grid,
        once=f"{text:-<24}",
        source="operator",
        vault=vault,
        now=clock.now(),
    ).case


@dataclass(frozen=True)
class Reach:
    """What a role's routes are called with: values of something of its own, and of things of others."""

    role: str
    own: Mapping[str, str | int]
    others: tuple[Mapping[str, str | int], ...]
    naming: str = ""
    """Only routes that take this value."""


def public_reach(app: Flask) -> dict[str, Reach]:
    """Return by blueprint and role what is one's own on the public side and what isn't."""
    with app.extensions["huying"].database.reading() as session:
        case = {each.text: {"case_id": each.id} for each in session.scalars(select(Case))}
        calls = session.execute(select(Case.text, Whistle.id).join(Whistle)).all()
        hung = dict(
            session.execute(select(Poster.grid_code, Poster.code).where(Poster.retired_at.is_(None))).all()
        )
        duties = dict(session.execute(select(Duty.grid_code, Duty.id)).all())
        worn = dict(session.execute(select(Badge.worker_code, Badge.code)).all())
        reached = dict(session.execute(select(Contact.worker_code, Contact.id)).all())
        offered = dict(session.execute(select(SwapOffer.to_worker, SwapOffer.id)).all())
        printed = dict(session.execute(select(PrintJob.area_code, PrintJob.id)).all())
        odd = dict(session.execute(select(Case.text, Rating.id).join(Rating)).all())
        paper = {
            text: {"case_id": number, "print_id": made}
            for text, number, made in session.execute(
                select(Case.text, Case.id, CasePrint.id).join(CasePrint, CasePrint.case_id == Case.id)
            )
        }
    whistle = {text: {"whistle_id": number} for text, number in calls}
    held = {
        text: found | {"position": 1, "into_id": case["colleague"]["case_id"]} for text, found in case.items()
    }
    grid, elsewhere = ({"code": code, "duty_id": duties[code], "poster": hung[code]} for code in ("g3", "g9"))
    mixed = {"code": "g4", "duty_id": duties["g3"]}
    strangers = (case["elsewhere"], case["colleague"], case["worker"])
    signed = {"vote": "sign"}
    return {
        "worker": Reach(public.WORKER, case["worker"], (case["colleague"], case["unit"])),
        "department": Reach(
            public.DEPARTMENT_OFFICER, whistle["ours"], (whistle["theirs"],), naming="whistle_id"
        ),
        "escalated": Reach(public.GRID_LEADER, case["unit"], strangers),
        "escalated (coordinator)": Reach(
            public.COORDINATOR,
            case["refused"] | signed,
            (case["unit"] | signed, case["ours"] | signed),
        ),
        "department (cases)": Reach(
            public.DEPARTMENT_OFFICER, case["ours"], (case["theirs"], case["refused"]), naming="case_id"
        ),
        "printed": Reach(public.WORKER, paper["worker"], (paper["elsewhere"], paper["unit"], paper["ours"])),
        "printed (leader)": Reach(public.GRID_LEADER, paper["unit"], (paper["worker"], paper["elsewhere"])),
        "printed (officer)": Reach(
            public.DEPARTMENT_OFFICER, paper["ours"], (paper["refused"], paper["worker"])
        ),
        "printed (coordinator)": Reach(public.COORDINATOR, paper["refused"], (paper["ours"],)),
        "team": Reach(
            public.GRID_LEADER,
            case["worker"] | {"code": "w1"},
            (case["colleague"] | {"code": "w9"}, case["elsewhere"] | {"code": "w9"}),
        ),
        "staff": Reach(public.GRID_OFFICE, {"code": "w1"}, ({"code": "w9"},)),
        "held": Reach(public.WORKER, held["worker"], (held["colleague"], held["unit"], held["ours"])),
        "held (leader)": Reach(public.GRID_LEADER, held["unit"], (held["worker"], held["elsewhere"])),
        "held (officer)": Reach(public.DEPARTMENT_OFFICER, held["ours"], (held["theirs"], held["worker"])),
        "odd_ratings": Reach(
            public.REVIEWER, {"rating_id": odd["worker"]}, ({"rating_id": odd["elsewhere"]},)
        ),
        "office": Reach(public.GRID_LEADER, grid, (elsewhere,)),
        "office (office)": Reach(public.GRID_OFFICE, grid, (elsewhere,)),
        "office (another's row)": Reach(public.GRID_OFFICE, grid, (mixed,), naming="duty_id"),
        "areas": Reach(public.GRID_OFFICE, grid, (elsewhere,)),
        "all_cases": Reach(public.GRID_OFFICE, case["worker"], (case["elsewhere"], case["colleague"])),
        "badges": Reach(public.GRID_OFFICE, {"code": worn["w1"]}, ({"code": worn["w9"]},)),
        "numbers": Reach(
            public.GRID_OFFICE,
            {"contact_id": reached["w2"], "found": "works"},
            ({"contact_id": reached["w9"], "found": "works"},),
        ),
        "swaps": Reach(
            public.WORKER,
            {"offer_id": offered["w1"], "word": "yes"},
            ({"offer_id": offered["w9"], "word": "yes"},),
        ),
        "fleet": Reach(
            public.GRID_OFFICE,
            {"job_id": printed["m1"], "community": "m1"},
            (
                {"job_id": printed["s2"], "community": "s2"},
                {"job_id": printed["m1"], "community": "s2"},
            ),
        ),
    }


def survey_reach(app: Flask) -> dict[str, Reach]:
    """Return by blueprint what is one's own on the independent side and what isn't."""
    with app.extensions["huying"].database.reading() as session:
        held = session.execute(
            select(Account.login, SampledCase.unit, SampledCase.fence, Account.id).join(
                SampledCase, SampledCase.holder_id == Account.id
            )
        ).all()
        copies = select(Account.login, SeatMessageCopy.message_id).join(SeatMessageCopy)
        told = dict(session.execute(copies).all())
        practised = dict(session.execute(select(Account.login, PracticeCall.id).join(PracticeCall)).all())
        holds = CallBack.holder_id == Account.id
        called = dict(session.execute(select(Account.login, CallBack.unit).join(CallBack, holds)).all())
        theirs = Dispute.interviewer_id == Account.id
        doubted = dict(session.execute(select(Account.login, Dispute.id).join(Dispute, theirs)).all())
    hand = {
        login: {"unit": unit, "fence": fence, "code": "C1", "seat": seat} for login, unit, fence, seat in held
    }
    reach = Reach(independent.INTERVIEWER, hand["interviewer"], (hand["second"],))
    own, other = ({"number": practised[login], "code": "C1"} for login in ("interviewer", "second"))
    practice = Reach(independent.INTERVIEWER, own, (other,))
    hands = dict.fromkeys(("interviewer", "interview", "coding", "wishes", "lines"), reach)
    mine_told, theirs_told = ({"number": told[login]} for login in ("interviewer", "second"))
    back, others = ({"unit": called[login], "number": doubted[login]} for login in ("interviewer", "second"))
    checks = Reach(independent.INTERVIEWER, back, (others,))
    reached = {**hands, "practice": practice, "call_backs": checks}
    return {**reached, "told": Reach(independent.INTERVIEWER, mine_told, (theirs_told,))}


RENAMED = {"areas.place": {"code": "poster"}}
"""Routes whose address names something else by the same word."""

REACHES = {"public": public_reach, "survey": survey_reach}
WHOLE = {
    "public": frozenset(
        {
            "posters",
            "fleet",
            "switchboard",
            "call_list",
            "accounts",
            "imports",
            "import_trial",
            "powers",
            "outbox",
            "review",
            "case_exports",
        }
    ),
    "survey": frozenset(
        {
            "waves",
            "freezing",
            "meeting",
            "early",
            "control",
            "closing",
            "correcting",
            "disputes",
            "assessor",
            "making",
            "score_desk",
            "handing_out",
            "appeals",
            "supervisor",
            "seats",
            "accounts",
            "registry",
            "auditing",
            "data_files",
            "auditors_package",
            "handed_on",
            "campaigns",
            "attribution",
            "questionnaires",
            "registry_trial",
            "curation",
            "tokens",
        }
    ),
}
"""Blueprints whose roles look after all there is of something: nothing in them is another's."""
