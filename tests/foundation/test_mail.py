"""Letters go over TLS that is verified, say what they say in whatever language, and nothing that is typed becomes a header."""

import smtplib
import ssl
from datetime import UTC, datetime
from email.header import decode_header, make_header

import pytest

from foundation.errors import CannotRun
from foundation.mail import AddressRefused, Letter, mail_server_of, send, try_mail_server, written
from foundation.settings import load_settings
from tests.mail_server import SENDER, certificate_in, mail_server, silent_server

AT = datetime(2026, 5, 3, 9, 5, tzinfo=UTC)


def letter(recipient="anna@example.ru", **changes):
    known = {
        "number": "sign-in.7",
        "at": AT,
        "language": "ru",
        "subject": "Вход в Диспетчерский центр",
        "body": "Кто-то вошёл.\n\n.точка в начале строки\n",
    }
    return Letter(recipient=recipient, **{**known, **changes})


def server_of(kept, tmp_path, **changes):
    environment = {**kept.environment, "DATA_DIR": str(tmp_path), **changes}
    found = mail_server_of(load_settings(environment))
    assert found
    return found


def test_a_letter_arrives_over_tls_as_it_was_written(tmp_path):
    with mail_server(certificate=certificate_in(tmp_path)) as kept:
        send(server_of(kept, tmp_path), letter())

    (came,) = kept.letters
    assert came.encrypted
    assert (came.sender, came.recipients) == (SENDER, ["anna@example.ru"])
    assert came.words.replace("\r\n", "\n") == "Кто-то вошёл.\n\n.точка в начале строки\n"
    assert str(make_header(decode_header(came.message["Subject"]))) == "Вход в Диспетчерский центр"
    assert came.message["Message-ID"] == "<sign-in.7@region.example>"
    assert came.message["Auto-Submitted"] == "auto-generated"
    assert came.message["Content-Language"] == "ru"
    assert came.message["Date"].datetime == AT


def test_tls_from_the_first_byte_and_a_login(tmp_path):
    with mail_server(certificate=certificate_in(tmp_path), at_once=True, password="right") as kept:
        send(server_of(kept, tmp_path, SMTP_USER="center", SMTP_PASSWORD="right"), letter())

        with pytest.raises(smtplib.SMTPAuthenticationError):
            send(server_of(kept, tmp_path, SMTP_USER="center", SMTP_PASSWORD="wrong"), letter())

    (came,) = kept.letters
    assert (came.encrypted, came.user) == (True, "center")


@pytest.mark.parametrize("at_once", [False, True])
def test_a_certificate_of_somebody_else_is_refused_before_anything_is_said(tmp_path, at_once):
    other = certificate_in(tmp_path, name="mail.example")
    with mail_server(certificate=other, at_once=at_once, password="right") as kept:
        server = server_of(kept, tmp_path, SMTP_USER="center", SMTP_PASSWORD="right")

        with pytest.raises(ssl.SSLCertVerificationError):
            send(server, letter())
        with pytest.raises(CannotRun, match="certificate"):
            try_mail_server(server)

    assert kept.letters == []


def test_nothing_is_sent_in_clear_to_a_server_that_offers_no_tls(tmp_path):
    with mail_server() as kept, pytest.raises(smtplib.SMTPNotSupportedError):
        send(server_of(kept, tmp_path, SMTP_SECURITY="starttls"), letter())

    assert kept.letters == []


def test_an_address_that_is_refused_for_good_is_told_from_one_that_is_refused_now(tmp_path):
    with mail_server(refusing={"gone@example.ru": "550 no such user", "full@example.ru": "452 full"}) as kept:
        server = server_of(kept, tmp_path)

        with pytest.raises(AddressRefused):
            send(server, letter("gone@example.ru"))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(server, letter("full@example.ru"))


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": "anna@example.ru\r\nBcc: all@example.ru"},
        {"subject": "Sign-in\r\nBcc: all@example.ru"},
        {"recipient": "anna@example.ru>\r\nRCPT TO:<all@example.ru"},
    ],
)
def test_no_line_that_is_typed_becomes_a_header(changes):
    with pytest.raises(ValueError, match=r"(?i)invalid|linefeed|newline|CR|cannot"):
        written(letter(**changes), sender=SENDER).as_bytes()


def test_a_server_that_never_says_a_word_is_given_up_on(tmp_path, monkeypatch):
    monkeypatch.setattr("foundation.mail.ANSWERS_WITHIN_S", 0.2)
    with silent_server() as port, mail_server() as kept, pytest.raises(OSError):
        send(server_of(kept, tmp_path, SMTP_PORT=str(port)), letter())


def test_the_command_tells_whether_letters_are_taken(app, settings, tmp_path):
    with mail_server(certificate=certificate_in(tmp_path)) as kept:
        on = app.test_cli_runner()
        before = app.extensions["settings"]
        app.extensions["settings"] = settings.model_copy(
            update={**kept.settings, "smtp_security": load_settings(kept.environment).smtp_security}
        )
        try:
            taken = on.invoke(args=["check-mail"])
        finally:
            app.extensions["settings"] = before
    off = app.test_cli_runner().invoke(args=["check-mail"])

    assert (taken.exit_code, off.exit_code) == (0, 0)
    assert f"takes letters from {SENDER}" in taken.output
    assert "sends no e-mail" in off.output
