"""Letters to people's mail servers, by the operator's own (RFC 5321); over TLS that is verified, and without it nothing is sent.

A letter has the same number however often it is sent, so that servers and mailboxes know it again (RFC 5322, 3.6.4).
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from foundation.errors import CannotRun
from foundation.settings import MailSecurity, Settings

# Of each step of the talk; a server that is slower is tried again later.
ANSWERS_WITHIN_S = 10
# RFC 5321, 4.2.1.
PERMANENT = range(500, 600)


class AddressRefused(Exception):
    """The mail server takes nothing for this address, now or later (RFC 5321, 4.2.1: 5yz)."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person.

    Attributes:
        recipient: in plain letters, of a domain too (identity.contact_points.rules.addresses).
        number: by which it is known again.
        at: its date.
        language: "en" or "ru".
    """

    recipient: str
    number: str
    at: datetime
    language: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MailServer:
    """The operator's. `authority_file`: of who has signed its certificate; "" for those that the machine trusts."""

    host: str
    port: int
    security: MailSecurity
    user: str
    password: str
    sender: str
    authority_file: str


def mail_server_of(settings: Settings) -> MailServer | None:
    """None where this service sends no letters."""
    if not settings.sends_mail:
        return None
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_from,
        settings.smtp_authority_file,
    )


def send(server: MailServer, letter: Letter) -> None:
    """Hand one letter over.

    Raises:
        AddressRefused: it will never be taken.
        OSError, smtplib.SMTPException: not now; the certificate is not the server's, or something else is wrong there.
    """
    message = written(letter, sender=server.sender)
    with _talking(server) as talk:
        try:
            talk.send_message(message, from_addr=server.sender, to_addrs=[letter.recipient])
        except smtplib.SMTPRecipientsRefused as fault:
            if all(status in PERMANENT for status, _ in fault.recipients.values()):
                # What the server says may quote the address, so it is not handed on.
                raise AddressRefused from None
            raise


def try_mail_server(server: MailServer) -> None:
    """Go as far as a letter would and send none. Raises CannotRun: naming what is wrong."""
    try:
        with _talking(server) as talk:
            talk.noop()
    except ssl.SSLCertVerificationError as fault:
        raise CannotRun(
            f"The certificate of {server.host} is not one that is trusted ({fault.verify_message})."
        ) from fault
    except smtplib.SMTPAuthenticationError as fault:
        raise CannotRun(f"{server.host} does not take SMTP_USER and SMTP_PASSWORD.") from fault
    except (OSError, smtplib.SMTPException) as fault:
        raise CannotRun(
            f"The mail server {server.host}:{server.port} cannot be used ({type(fault).__name__})."
        ) from fault


def written(letter: Letter, *, sender: str) -> EmailMessage:
    """The letter with its headers. Raises ValueError: an address or the subject holds the end of a line."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender)
    message["To"] = _address(letter.recipient)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.number}@{sender.rpartition('@')[2]}>"
    # No machine answers it: RFC 3834, 5.
    message["Auto-Submitted"] = "auto-generated"
    # What is told of the content stands with it, and would go where the content is set after it.
    message.set_content(letter.body)
    message["Content-Language"] = letter.language
    return message


def _address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    return Address(username=local, domain=domain)


@contextmanager
def _talking(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A connection over which nothing is said in clear, but to a server on this machine where the settings ask for it."""
    context = ssl.create_default_context(cafile=server.authority_file or None)
    direct = server.security is MailSecurity.TLS
    talk = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=ANSWERS_WITHIN_S, context=context)
        if direct
        else smtplib.SMTP(server.host, server.port, timeout=ANSWERS_WITHIN_S)
    )
    with talk:
        if server.security is MailSecurity.STARTTLS:
            talk.starttls(context=context)
        if server.user:
            talk.login(server.user, server.password)
        yield talk
