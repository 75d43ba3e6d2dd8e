"""Which gateway and which dialler an installation has: its settings are read once, and checked."""

from __future__ import annotations

from collections.abc import Callable

from huying.base.dialling import DiallerSettings
from huying.base.voice import Voice
from huying.telephony.dialler import Dialler, Resolve
from huying.telephony.manual import ManualDialler
from huying.telephony.voice import VoiceGateway


def made(voice: Voice) -> VoiceGateway | None:
    """Return the gateway of these settings, or None; a provider's library loads only where it is chosen."""
    if voice.gateway == "http":
        from huying.telephony.http import HttpGateway  # noqa: PLC0415

        return HttpGateway(voice.key, voice.address)
    if voice.gateway == "twilio":
        from huying.telephony.twilio import TwilioGateway  # noqa: PLC0415

        return TwilioGateway(voice.account, voice.key, voice.number, voice.byoc, voice.shared_key)
    if voice.gateway == "fake":
        from huying.telephony.fake import FakeGateway  # noqa: PLC0415

        return FakeGateway(voice.key)
    return None


def dialler(own: DiallerSettings, resolve: Resolve, *, base_url: str) -> Dialler:
    """Return the dialler of these settings; `resolve` opens a number where the adapter needs it."""
    if own.dialler == "http":
        from huying.telephony.http_dialler import HttpDialler  # noqa: PLC0415

        return HttpDialler(resolve, own.key, own.address, base_url, frozenset(own.can), own.seat)
    if own.dialler == "twilio":
        from huying.telephony.twilio_dialler import TwilioDialler  # noqa: PLC0415

        return TwilioDialler(
            resolve,
            own.account,
            own.key,
            own.number,
            base_url,
            own.seat,
            own.byoc,
            own.shared_key,
        )
    if own.dialler == "fake":
        from huying.telephony.fake_dialler import FakeDialler  # noqa: PLC0415

        return FakeDialler(resolve, own.key)
    return ManualDialler()


def serves(own: DiallerSettings) -> Callable[[str], bool]:
    """Return what tells whether the dialler of these settings may ring a number at all; no network."""
    return dialler(own, _opens_nothing, base_url="").serves


def _opens_nothing(reference: str) -> str:
    message = f"{reference} is not to be opened"
    raise LookupError(message)
