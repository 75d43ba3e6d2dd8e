"""Letters by SMTP, for desks of the staff. Sent to the last dot and nothing came back: nobody knows."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as WIRE

from huying.base import clock
from huying.base.channels import Mail
from huying.messaging.carriers import ACCEPTED, UNKNOWN, Delivery, NoEvents, Sent, body

TIMEOUT_S = 10


@dataclass(frozen=True, slots=True)
class MailCarrier(NoEvents):
    """Sends by one server; `number` is an address of mail."""

    mail: Mail
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False, compare=False)
    name: str = "mail"

    def send(self, identity: str, *, number: str, template: str, params: Mapping[str, str]) -> Sent:
        """Send one letter; its Message-ID is the message's own, so that a server can tell a repetition."""
        letter = self._letter(identity, to=number, text=body(template, params))
        try:
            server = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            return Sent(Delivery.REFUSED, str(error.smtp_code))
        except OSError:  # and everything that smtplib raises
            return Sent(Delivery.LATER, "unreached")
        with closing(server):
            return _handed_over(server, letter)

    def _letter(self, identity: str, *, to: str, text: str) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = self.mail.sender, to
        letter["Subject"] = text.partition("：")[0][:40]
        letter["Date"] = clock.now()
        letter["Message-ID"] = f"<{identity}@{self.mail.sender.partition('@')[2]}>"
        letter.set_content(text)
        return letter

    def _connected(self) -> smtplib.SMTP:
        host, port = self.mail.host, self.mail.port
        if self.mail.security == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=self.trust)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
        try:
            if self.mail.security != "ssl":
                server.starttls(context=self.trust)
            server.ehlo()
            if self.mail.user:
                server.login(self.mail.user, self.mail.key)
        except BaseException:
            server.close()
            raise
        return server


def _handed_over(server: smtplib.SMTP, letter: EmailMessage) -> Sent:
    """Hand a letter over; a 4xx is told to come again, a 5xx never to."""
    try:
        for code, _text in (server.mail(str(letter["From"])), server.rcpt(str(letter["To"]))):
            if code >= 400:
                return _answered(code)
    except OSError:
        return Sent(Delivery.LATER, "unreached")
    try:
        return _answered(server.data(letter.as_bytes(policy=WIRE))[0])
    except smtplib.SMTPDataError as error:  # it wouldn't hear of it
        return _answered(error.smtp_code)
    except OSError:
        return UNKNOWN


def _answered(code: int) -> Sent:
    if code < 400:
        return ACCEPTED
    return Sent(Delivery.LATER if code < 500 else Delivery.REFUSED, str(code))
