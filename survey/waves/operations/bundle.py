"""The bundle of a wave that is over: everything with which an outsider checks it, and nothing of another."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.ledger import note
from huying.ledger.rotation import signer_of
from huying.ledger.witnessed import SIGNING
from survey import campaign
from survey.drawing import tally
from survey.drawing.bundle import bundle_files, bundle_zip
from survey.ledger_key import ORIGIN, vkey
from survey.models import LEDGER, LogCheckpoint
from survey.waves.queries import terms, waves


def checkpoint(session: Session, *, keys: Keyring, origin: str = ORIGIN) -> str:
    """Return the signed checkpoint of the ledger as it stands: at the freeze, what everybody should keep."""
    return LEDGER.checkpoint(session, origin=origin, key=keys.signing(SIGNING))


def vkey_of(session: Session, label: str, *, keys: Keyring, origin: str = ORIGIN) -> str:
    """Return the verifier key for a wave's bundle: the one in force, or the one that signed it."""
    end = waves.find(session, label).last_entry
    signed = None if end is None else session.get(LogCheckpoint, end + 1)
    if signed is None:
        return vkey(keys, origin=origin)
    return signer_of(LEDGER, session, signed.note, keys=keys, origin=origin).text


def is_signed(session: Session, label: str) -> bool:
    """Whether the bundle of a wave was made before: then it can be read without writing anything."""
    end = waves.find(session, label).last_entry
    return end is not None and session.get(LogCheckpoint, end + 1) is not None


def write(
    session: Session,
    label: str,
    *,
    keys: Keyring,
    now: datetime,  # noqa: ARG001  (a wave's end is a state, not a time)
    origin: str = ORIGIN,
) -> bytes:
    """Return `bundle.zip` of a wave, the same bytes every time; raise Refused before its end."""
    wave = waves.find(session, label)
    if wave.state != "closed" or wave.last_entry is None:
        raise Refused(_("这一轮还没有结束，核查包要等结束以后才公布。"))
    size = wave.last_entry + 1
    signed = _checkpoint(session, size, origin=origin, key=keys.signing(SIGNING))
    design = waves.design_rows(session, label)
    files = bundle_files(
        checkpoint=signed,
        # No further than the wave's last entry: a later wave may be running.
        log=LEDGER.lines(session, 0, size),
        frame=waves.frame_tsv(session, label),
        design=waves.design_tsv(session, label),
        draw=waves.draw_txt(session, wave),
        sample=waves.sample_tsv(session, label),
        tally=tally.build(waves.tally_of(session, label), design=design),
        vkeys=[signer_of(LEDGER, session, signed, keys=keys, origin=origin).text],
        exclude=waves.exclude_tsv(session, wave),
        terms=terms.of(session, wave),
    )
    return bundle_zip(files)


def _checkpoint(session: Session, size: int, *, origin: str, key: Ed25519PrivateKey) -> str:
    """Return the signed note of the log's first `size` lines; made once, then kept."""
    if kept := session.get(LogCheckpoint, size):
        return kept.note
    # Of two who ask for it first, one signs; the other finds it signed.
    campaign.campaign_lock(session)
    if kept := session.get(LogCheckpoint, size):
        return kept.note
    signed = note.sign_checkpoint(note.Checkpoint(origin, size, LEDGER.root(session, size)), key=key)
    session.add(LogCheckpoint(size=size, note=signed))
    session.flush()
    return signed
