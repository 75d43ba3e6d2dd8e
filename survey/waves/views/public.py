"""What is open to everybody: frame and design from the freeze on, the bundle once a wave is over."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from huying.base import clock
from huying.ledger import witnessed
from huying.web import finals
from huying.web.access import anyone
from huying.web.current import installation, reading, transaction
from survey import verify
from survey.kinds import NAMES
from survey.models import LEDGER
from survey.registry.queries import log
from survey.registry.rules import outside as outside_rules
from survey.waves.operations import bundle as bundles
from survey.waves.queries import (
    calendar,
    ceremony,
    control,
    cosigning,
    frame_changes,
    outlook,
    rounds,
    terms,
    timeline,
    wave_head,
    waves,
    wordings,
)
from survey.waves.rules import planning
from survey.web.views.pages import page

routes = Blueprint("public", __name__)
PUBLISHED = "published"
"""The folder of bundles that are final, in this side's data; each can be made again."""


@routes.get("/rounds/")
@anyone
def rounds_() -> ResponseReturnValue:
    """List every wave with how it ended, say who witnesses, and how a household checks."""
    with reading() as session:
        return page(
            "waves/rounds",
            rounds=rounds.rounds(session),
            campaigns=rounds.campaigns(session),
            kinds=NAMES,
            watches=witnessed.watches(LEDGER, session),
            years=calendar.announced(session),
        )


@routes.get("/rounds/<label>")
@anyone
def round_(label: str) -> ResponseReturnValue:
    """Tell a wave's story: what was frozen when, which number decided, who witnessed, how to check."""
    settings = installation().settings
    with reading() as session:
        walk = ceremony.of(session, waves.find(session, label))
        return page(
            "waves/round",
            wave=walk.wave,
            points=timeline.points(walk),
            grids=frame_changes.of(session, label),
            names=frame_changes.names(session, label),
            sudden=frame_changes.is_sudden,
            absences=frame_changes.absences(session, label),
            brought=frame_changes.brought(session, walk.wave),
            people=log.people(session),
            checks=frame_changes.checks(session, walk.wave),
            outside=frame_changes.outside(session, label),
            is_far=outside_rules.is_far,
            witnesses=waves.witnesses(session, walk.wave),
            checkpoint=waves.has_checkpoint(session, walk.wave),
            vkey=bundles.vkey_of(session, label, keys=settings.keys, origin=f"{settings.origin}/log"),
            void=waves.why_void(session, walk.wave),
            kinds=NAMES,
            found=wave_head.published(session, walk.wave),
            awaited=cosigning.awaited(session, walk.wave, now=clock.now()),
            control=control.share(session, walk.wave),
            kept=outlook.kept(session, label),
            asked=wordings.of_wave(session, walk.wave),
            levels=planning.LEVELS,
            terms=terms.read(terms.of(session, walk.wave)),
        )


@routes.get("/waves/<label>/terms.json")
@anyone
def terms_(label: str) -> ResponseReturnValue:
    """Give out the sealed rules and kinds of grids, public from the freeze on."""
    with reading() as session:
        return Response(terms.of(session, waves.find(session, label)), mimetype="application/json")


@routes.get("/waves/<label>/bundle.zip")
@anyone
def bundle(label: str) -> ResponseReturnValue:
    """Give out everything with which a wave can be checked; refused before its end."""
    here = installation()
    keys, origin = here.keys, here.ledger_origin
    with reading() as session:
        identity = bundles.identity(session, label)
    if identity is None:
        # The first time it writes: the checkpoint of this size is signed once, and kept.
        with transaction() as session:
            bundles.write(session, label, keys=keys, now=clock.now(), origin=origin)
            identity = str(bundles.identity(session, label))

    def make() -> bytes:
        with reading() as session:
            return bundles.write(session, label, keys=keys, now=clock.now(), origin=origin)

    folder = here.settings.data / PUBLISHED
    made = finals.answer(
        identity, lambda: finals.from_file(folder, identity, make), mimetype="application/zip"
    )
    made.headers["Content-Disposition"] = f'attachment; filename="{label}.zip"'
    return made


@routes.get("/verify.py")
@anyone
def checker() -> ResponseReturnValue:
    """Give out the program with which a stranger checks a bundle, as one file."""
    return Response(
        Path(verify.__file__).read_bytes(),
        mimetype="text/x-python",
        headers={"Content-Disposition": 'attachment; filename="verify.py"'},
    )


@routes.get("/waves/<label>/frame.tsv")
@anyone
def frame(label: str) -> ResponseReturnValue:
    """Give out the frozen frame: codes and commitments, public from the freeze on."""
    with reading() as session:
        root = waves.find(session, label).frame_root
        return finals.answer(root, lambda: waves.frame_tsv(session, label), mimetype="text/plain")


@routes.get("/waves/<label>/design.tsv")
@anyone
def design(label: str) -> ResponseReturnValue:
    """Give out the design: how many are drawn of each grid, public from the freeze on."""
    with reading() as session:
        digest = waves.find(session, label).design_sha256
        return finals.answer(digest, lambda: waves.design_tsv(session, label), mimetype="text/plain")
