"""The bundle of a wave that is over: everything with which an outsider checks it, and nothing of another."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.ledger import note, tree
from huying.ledger.rotation import signer_of
from huying.ledger.store import LogCheckpointMixin
from huying.ledger.witnessed import SIGNING
from survey import campaign, verify
from survey.drawing import late_difference as differences
from survey.drawing.bundle import bundle_files, bundle_zip
from survey.ledger_key import ORIGIN, origin_of, vkey
from survey.models import LEDGER, Wave
from survey.waves.queries import cosigning, early_ending, late_difference, sealed, terms, waves
from survey.waves.rules import early_ending as early

UNSIGNED = "unsigned"
"""In the bundle: the witnesses that were waited for in vain, one a line."""
LATER = frozenset({1, 25})
"""Checks that need the witnesses' signatures under the score itself."""
EARLY = frozenset({12, 23})
"""Checks that a wave fails which says of itself that it ended early."""


def checkpoint(session: Session, wave: Wave | None = None, *, keys: Keyring, origin: str = ORIGIN) -> str:
    """Return the signed checkpoint of the ledger as it stands: at the freeze, what everybody should keep.

    Of a campaign it is the campaigns' ledger.
    """
    ledger = LEDGER if wave is None else wave.ledger
    return ledger.checkpoint(session, origin=_name(wave, origin), key=keys.signing(SIGNING))


def _name(wave: Wave | None, origin: str) -> str:
    """Return the name of a wave's ledger, where the households' has the name `origin`."""
    return origin_of(is_campaign=wave is not None and wave.is_campaign, origin=origin)


def vkey_of(session: Session, label: str, *, keys: Keyring, origin: str = ORIGIN) -> str:
    """Return the verifier key for a wave's bundle: the one in force, or the one that signed it."""
    wave = waves.find(session, label)
    signed = _signed(session, wave)
    name = _name(wave, origin)
    if signed is None:
        return vkey(keys, origin=name)
    return signer_of(wave.ledger, session, signed.note, keys=keys, origin=name).text


def _signed(session: Session, wave: Wave) -> LogCheckpointMixin | None:
    """Return the checkpoint that ends a wave, once it was signed."""
    return None if wave.last_entry is None else session.get(wave.ledger.stored, wave.last_entry + 1)


def identity(session: Session, label: str) -> str | None:
    """Return what tells the bundle of a wave from every other; None until its last checkpoint is signed.

    From then on only signatures of witnesses can come, or another version of this program.
    """
    wave = waves.find(session, label)
    signed = _signed(session, wave)
    if signed is None:
        return None
    cosigned = wave.ledger.cosigned
    lines = select(cosigned.line).where(
        cosigned.size >= (wave.beacon_after or 0), cosigned.size <= signed.size
    )
    parts = [
        *(version("huying"), label, signed.note, *cosigning.missing(session, wave)),
        *session.scalars(lines.order_by(cosigned.size, cosigned.key)),
    ]
    return sha256("\0".join(parts).encode()).hexdigest()


def write(
    session: Session,
    label: str,
    *,
    keys: Keyring,
    now: datetime,
    origin: str = ORIGIN,
) -> bytes:
    """Return `bundle.zip` of a wave, the same bytes every time; raise Refused before its end.

    It waits a week at most for its last cosignatures; the wave's pages name who didn't sign by then.
    """
    wave = waves.find(session, label)
    if wave.state != "closed" or wave.last_entry is None:
        raise Refused(_("这一轮还没有结束，核查包要等结束以后才公布。"))
    if names := cosigning.awaited(session, wave, now=now):
        raise Conflict(
            _("还在等 %(names)s 在得分下面签名，最多等七天，然后公布核查包。", names="、".join(names))
        )
    size, name = wave.last_entry + 1, _name(wave, origin)
    signed = _checkpoint(session, wave, size, origin=name, key=keys.signing(SIGNING))
    vkey = signer_of(wave.ledger, session, signed, keys=keys, origin=name).text
    # No further than the wave's last entry: a later wave may be running.
    files = _files(session, wave, wave.ledger.lines(session, 0, size), checkpoint=signed, vkey=vkey)
    return bundle_zip(files)


def check(session: Session, wave: Wave, line: bytes, *, keys: Keyring, origin: str = ORIGIN) -> None:
    """Raise Refused where the wave, with `line` for its score, would fail the checks of a stranger.

    It is the stranger's own program that looks. Signatures of witnesses come later; that a wave ended early
    is what its log says, and its pages.
    """
    log, name = [*wave.ledger.lines(session), line], _name(wave, origin)
    root = tree.root(map(tree.leaf_hash, log))
    signed = note.sign_checkpoint(note.Checkpoint(name, len(log), root), key=keys.signing(SIGNING))
    own = vkey(keys, origin=name)
    files = _files(session, wave, log, checkpoint=signed, vkey=own)
    given = verify.Wave("", files)
    given.options = Namespace(
        key=[verify.read_key(own)],
        wave=wave.label,
        quorum=None,
        seen=[],
        earlier=[],
        openings=("openings.tsv", waves.openings_tsv(session, wave.label)),
        minutes=("minutes.tsv", waves.minutes_tsv(session, wave.label)),
    )
    early = any(each["t"] == "close" and each["result"] == "early" for each in sealed.entries(session, wave))
    spared = LATER | (EARLY if early else frozenset())
    failed = [
        text for word, number, text in verify.findings(given) if word == "FAIL" and number not in spared
    ]
    if failed:
        raise Refused(
            _("核查程序不会让这一轮通过，所以不能公布得分：%(failed)s", failed="；".join(failed)), status=500
        )


def _files(
    session: Session, wave: Wave, log: Sequence[bytes], *, checkpoint: str, vkey: str
) -> dict[str, bytes]:
    label = wave.label
    kept = _kept(session, wave, size=len(log)) if wave.terms is not None else {}
    cosigned = "".join(_cosignatures(session, wave, len(log)))
    more = {f"checkpoints/{size}": text.encode() for size, text in kept.items()}
    if wave.groups is not None and wave.codes is not None:
        more |= {"groups.tsv": wave.groups.encode(), "codes.txt": wave.codes.encode()}
    if (late := late_difference.tsv(session, wave)) is not None:
        more[differences.NAME] = late
    if unsigned := cosigning.missing(session, wave):
        more[UNSIGNED] = "".join(f"{name}\n" for name in unsigned).encode()
    if (words := early_ending.words(session, wave)) is not None:
        more[early.NAME] = words
    return bundle_files(
        checkpoint=checkpoint + cosigned,
        log=log,
        frame=waves.frame_tsv(session, label),
        design=waves.design_tsv(session, label),
        draw=waves.draw_txt(session, wave),
        sample=waves.sample_tsv(session, label),
        tally=waves.tally_tsv(session, wave),
        vkeys=[vkey, *waves.witnesses(session, wave)],
        exclude=waves.exclude_tsv(session, wave),
        terms=terms.of(session, wave),
        more=more,
    )


def _kept(session: Session, wave: Wave, *, size: int) -> dict[int, str]:
    """The checkpoints from the freeze on that a witness has signed."""
    stored = wave.ledger.stored
    rows = select(stored.size, stored.note).where(
        stored.size >= (wave.beacon_after or 0), stored.size <= size
    )
    found = {}
    for at, text in session.execute(rows.order_by(stored.size)):
        if lines := _cosignatures(session, wave, at):
            found[at] = text + "".join(lines)
    return found


def _cosignatures(session: Session, wave: Wave, size: int) -> list[str]:
    cosigned = wave.ledger.cosigned
    rows = select(cosigned.line).where(cosigned.size == size).order_by(cosigned.key)
    return list(session.scalars(rows))


def _checkpoint(session: Session, wave: Wave, size: int, *, origin: str, key: Ed25519PrivateKey) -> str:
    """Return the signed note of the log's first `size` lines; made once, then kept."""
    ledger = wave.ledger
    if kept := session.get(ledger.stored, size):
        return kept.note
    # Of two who ask for it first, one signs; the other finds it signed.
    campaign.campaign_lock(session)
    if kept := session.get(ledger.stored, size):
        return kept.note
    signed = note.sign_checkpoint(note.Checkpoint(origin, size, ledger.root(session, size)), key=key)
    session.execute(insert(ledger.stored), [{"size": size, "note": signed}])
    return signed
