"""Which gateway an installation has: read once from the environment, checked before anything is served."""

from __future__ import annotations

from huying.base.voice import Voice
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
