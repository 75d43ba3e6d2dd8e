"""Which carriers an installation has, one a channel; a provider's library loads only where it is chosen."""

from __future__ import annotations

from collections.abc import Mapping

from huying.base.channels import Sms
from huying.base.settings import Settings
from huying.messaging.carriers import Carrier, FakeCarrier
from huying.telephony import choice

PRESSES: Mapping[str, str] = {"ring": "接单请按 1。"}
"""What is said of the key by which a message that rings is taken."""

Carriers = Mapping[str, Carrier]
"""The carrier of each channel: sms, chat, mail, voice. What has none waits, and goes stale."""


def made(settings: Settings) -> Carriers:
    """Return the carriers of these settings."""
    channels, gateway = settings.channels, choice.made(settings.voice)
    found: dict[str, Carrier] = {}
    if (sms := short(settings)) is not None:
        found["sms"] = sms
    if channels.chats:
        from huying.messaging.chat import ChatCarrier  # noqa: PLC0415

        found["chat"] = ChatCarrier(channels.chats)
    if channels.mail.server:
        from huying.messaging.mail import MailCarrier  # noqa: PLC0415

        found["mail"] = MailCarrier(channels.mail)
    if gateway is not None and settings.voice.places_calls:
        from huying.messaging.voice import VoiceCarrier  # noqa: PLC0415

        found["voice"] = VoiceCarrier(gateway, settings.base_url, presses=PRESSES)
    return found


def available(settings: Settings) -> frozenset[str]:
    """Return the channels that have a carrier."""
    channels = settings.channels
    having = {
        "sms": settings.sends_messages,
        "chat": bool(channels.chats),
        "mail": bool(channels.mail.server),
        "voice": settings.voice.places_calls,
    }
    return frozenset(channel for channel, has in having.items() if has)


def short(settings: Settings) -> Carrier | None:
    """Return the carrier of short messages, or None."""
    sms: Sms = settings.channels.sms
    if sms.carrier == "http":
        from huying.messaging.http import HttpCarrier  # noqa: PLC0415

        return HttpCarrier(sms.key, sms.address, sms.templates)
    if sms.carrier == "twilio":
        from huying.messaging.twilio import TwilioCarrier  # noqa: PLC0415

        return TwilioCarrier(sms.account, sms.key, sms.number, settings.base_url, sms.shared_key)
    if sms.carrier == "fake" or settings.demo:
        return FakeCarrier(settings.data / "messages" / settings.side)
    return None
