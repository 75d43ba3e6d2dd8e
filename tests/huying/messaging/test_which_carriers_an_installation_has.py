"""Settings make carriers, one a channel; a message that is said goes by the gateway of calls."""

from __future__ import annotations

from dataclasses import replace

import pytest

from huying.base import settings as base_settings
from huying.base.channels import Channels, ChatGroup, Mail, Sms
from huying.base.voice import Voice
from huying.messaging import choice
from huying.messaging.carriers import Delivery
from huying.messaging.voice import VoiceCarrier
from huying.telephony.fake import FakeGateway
from huying.telephony.voice import NotServed, Placed

KEY = "k" * 16
FACTS = {"place": "第3网格", "matter": "水电气热", "code": "7K3M9Q"}


@pytest.fixture
def settings(tmp_path):
    said = {"HUYING_DATA": str(tmp_path), "P_BASE_URL": "https://hy.example.cn"}
    return base_settings.load("public", "P", said)


def test_nothing_set_is_no_carrier(settings):
    assert choice.made(settings) == {}
    assert choice.available(settings) == frozenset()


def test_each_channel_has_the_carrier_of_its_settings(settings):
    everything = replace(
        settings,
        channels=Channels(
            Sms("http", KEY, "https://sms.example"),
            (ChatGroup("office", "wecom", "https://chat.example"),),
            Mail("mail.example", sender="a@example.cn"),
        ),
        voice=Voice("http", KEY, address="https://carrier.example"),
    )
    made = choice.made(everything)
    assert {channel: carrier.name for channel, carrier in made.items()} == {
        "sms": "http",
        "chat": "chat",
        "mail": "mail",
        "voice": "voice",
    }
    assert choice.available(everything) == made.keys()


def test_twilio_and_the_demonstration(settings):
    abroad = replace(settings, channels=Channels(Sms("twilio", KEY, account="AC", number="+85212345678")))
    assert choice.short(abroad).name == "twilio"
    assert choice.short(replace(settings, demo=True)).name == "fake"


def test_a_gateway_that_only_takes_calls_says_no_messages(settings):
    deaf = replace(settings, voice=Voice("http", KEY))
    assert choice.made(deaf) == {}


class Gateway(FakeGateway):
    """Says what it is told to say of a call."""

    fate: object = Placed.ACCEPTED

    def announce(self, identity, *, number, say, base_url):
        if isinstance(self.fate, Exception):
            raise self.fate
        self.placed.append((identity, number, say))
        return self.fate


@pytest.mark.parametrize(
    ("fate", "delivery"),
    [
        (Placed.ACCEPTED, Delivery.ACCEPTED),
        (Placed.UNKNOWN, Delivery.UNKNOWN),
        (Placed.REFUSED, Delivery.REFUSED),
        (NotServed("够不着"), Delivery.REFUSED),
    ],
)
def test_a_message_is_said_to_whoever_answers(fate, delivery):
    gateway = Gateway(KEY)
    Gateway.fate = fate
    told = VoiceCarrier(gateway, "https://hy.example.cn").send(
        "i-1-0", number="+99913800001", template="ring", params=FACTS
    )
    assert told.delivery is delivery
    for identity, number, say in gateway.placed:
        assert (identity, number) == ("m.i-1-0", "+99913800001")
        assert "第3网格有危险" in say
