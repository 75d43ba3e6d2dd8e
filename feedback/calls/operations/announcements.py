"""What a caller is told where the call stands now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from feedback.calls import rules as ivr
from feedback.calls.queries import legs, seal_context
from feedback.models import Area, Call, Poster
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.telephony.voice import CallStep, Connect, Gather, HangUp


def next_step(session: Session, call: Call, *, operator: str, vault: Vault) -> CallStep | None:
    """Return what a call is told where it stands now."""
    stage = call.stage
    if stage == "code":
        again = _("编号不对，") if call.wrong else _("您好，这里是找网格员热线。")
        return Gather(again + _("请按海报上的编号，按井号结束。"), digits=ivr.LONGEST_CODE, turn=call.turn)
    if stage == "place":
        area = _area_name(session, call)
        return Gather(_("%(place)s，对请按 1，不对请按 2。", place=area), digits=1, turn=call.turn)
    if stage == "ringing":
        leg = next(each for each in legs(session, call) if each.position == call.leg)
        number = vault.open(leg.sealed_number, where=seal_context(f"leg{leg.position}", call.id))
        said = _("正在接通。没有人接的话，会登记您的号码，请人给您回电。") if call.leg == 1 else ""
        return Connect(said or _("没有人接，正在换一个电话。"), number, leg=call.leg)
    if stage == "operator":
        return Connect(_("正在转接话务员。"), operator, leg=0)
    if stage == "missed":
        said = _("没有人接听。我们已经登记，会请人给您回电。不要登记您的号码，请按 9。")
        return Gather(said, digits=1, wait_s=5, turn=call.turn)
    return None if call.answered else HangUp(_("再见。有急事请拨 12345，有生命危险请拨 110、119、120。"))


def _area_name(session: Session, call: Call) -> str:
    poster = session.get_one(Poster, call.poster_id)
    area = session.get_one(Area, poster.grid_code)
    above = session.get(Area, area.parent_code) if area.parent_code else None
    return f"{above.name if above else ''}{area.name}"
