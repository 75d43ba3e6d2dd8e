"""Settings of carriers: read from the environment, refused with the sentence that mends them, never shown."""

from __future__ import annotations

import pytest

from huying.base import channels
from huying.base.channels import Channels, ChatGroup, Mail, Sms

KEY = "k" * 16


def read(**said: str) -> Channels:
    return channels.read(lambda name, default: said.get(name) or default, demo=False, key="")


def faults(found: Channels) -> str:
    return " ".join(found.faults(prefix="HUYING_PUBLIC", demo=False))


def test_nothing_set_is_no_carrier_and_no_fault():
    assert read() == Channels()
    assert not read().reaches_people
    assert faults(read()) == ""


def test_all_of_them_at_once():
    found = read(
        SMS="http",
        SMS_KEY=KEY,
        SMS_ADDRESS="https://sms.example/",
        SMS_TEMPLATES="rating=SMS_1 receipt=SMS_2",
        CHATS="office S1-2",
        CHAT_OFFICE="wecom",
        CHAT_OFFICE_ADDRESS="https://chat.example/send?key=hidden",
        CHAT_S1_2="feishu",
        CHAT_S1_2_ADDRESS="https://chat.example/hook/hidden",
        CHAT_S1_2_KEY="secret",
        MAIL="mail.example:2525",
        MAIL_FROM="hy@example.cn",
        MAIL_TO="office=a@example.cn water=b@example.cn",
    )
    assert faults(found) == ""
    assert found.sms.templates == {"rating": "SMS_1", "receipt": "SMS_2"}
    assert found.sms.address == "https://sms.example"
    assert [(group.name, group.dialect, group.key) for group in found.chats] == [
        ("office", "wecom", ""),
        ("S1-2", "feishu", "secret"),
    ]
    assert (found.mail.host, found.mail.port) == ("mail.example", 2525)
    assert found.mail.to["water"] == "b@example.cn"


@pytest.mark.parametrize(
    ("security", "server", "port"),
    [("ssl", "mail.example", 465), ("starttls", "mail.example", 587), ("ssl", "mail.example:25", 25)],
)
def test_a_server_of_letters_has_the_port_of_its_security(security, server, port):
    assert Mail(server, security).port == port


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (Channels(Sms("pigeon")), "HUYING_PUBLIC_SMS "),
        (Channels(Sms("fake", KEY)), "HUYING_PUBLIC_SMS"),
        (Channels(Sms("http", "short", "https://sms.example")), "SMS_KEY"),
        (Channels(Sms("http", KEY, "http://sms.example")), "SMS_ADDRESS"),
        (Channels(Sms("http", KEY, "")), "SMS_ADDRESS"),
        (Channels(Sms("twilio", KEY)), "SMS_ACCOUNT"),
        (Channels(chats=(ChatGroup("office", "icq", "https://x"),)), "CHAT_OFFICE "),
        (Channels(chats=(ChatGroup("office", "wecom", "http://chat.example/"),)), "CHAT_OFFICE_ADDRESS"),
        (Channels(chats=(ChatGroup("office", "dingtalk", "https://x"),)), "CHAT_OFFICE_KEY"),
        (Channels(mail=Mail("m", "none", sender="a@b")), "MAIL_SECURITY"),
        (Channels(mail=Mail("m", sender="nobody")), "MAIL_FROM"),
        (Channels(mail=Mail("m", sender="a@b", to={"office": "x"})), "MAIL_TO"),
        (Channels(mail=Mail("m", user="u", sender="a@b")), "MAIL_KEY"),
    ],
)
def test_what_cannot_work_is_refused_by_its_name(found, named):
    assert named in faults(found)


def test_no_secret_is_shown():
    found = Channels(
        Sms("http", "hidden" * 3, "https://sms.example", shared_key="hidden"),
        (ChatGroup("office", "wecom", "https://chat.example/send?key=hidden", "hidden"),),
        Mail("m", key="hidden"),
    )
    assert "hidden" not in repr(found)
