"""A small mail server of the tests' own (RFC 5321): it keeps what it is given, speaks TLS where asked, and can be slow, deaf or unwilling."""

import base64
import email
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from foundation.clock import now

SENDER = "center@region.example"


@dataclass(frozen=True)
class Kept:
    """A letter as it came: from and to whom its envelope says, over TLS or not."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    encrypted: bool
    user: str

    @property
    def words(self) -> str:
        return self.message.get_content()


@dataclass
class MailServer:
    """Its port, what it has kept, and how it behaves.

    Attributes:
        refusing: addresses for which it takes nothing, and with which answer.
        failing: how many letters it gives up on at their end, as if it were about to stop.
    """

    port: int = 0
    letters: list[Kept] = field(default_factory=list)
    refusing: dict[str, str] = field(default_factory=dict)
    failing: int = 0
    certificate: tuple[Path, Path] | None = None
    at_once: bool = False
    password: str = ""

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which the service uses it."""
        security = "none" if self.certificate is None else "tls" if self.at_once else "starttls"
        authority = str(self.certificate[0]) if self.certificate else ""
        return {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.port),
            "SMTP_SECURITY": security,
            "SMTP_FROM": SENDER,
            "SMTP_AUTHORITY_FILE": authority,
        }

    @property
    def settings(self) -> dict[str, object]:
        """The same, to be changed in settings that are read already."""
        return {
            **{name.lower(): value for name, value in self.environment.items()},
            "smtp_port": self.port,
        }

    def to(self, address: str) -> list[Kept]:
        return [each for each in self.letters if address in each.recipients]


@contextmanager
def mail_server(**behaviour: object) -> Iterator[MailServer]:
    """A server on a free port of loopback until the block ends."""
    made = MailServer(**behaviour)  # type: ignore[arg-type]

    class Talk(_Talk):
        behaviour = made

    with _Server(("127.0.0.1", 0), Talk) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def silent_server() -> Iterator[int]:
    """A port at which somebody picks up and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def certificate_in(folder: Path, *, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """A certificate for this name that nobody but itself has signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    alternative: x509.GeneralName
    try:
        alternative = x509.IPAddress(ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


class _Talk(socketserver.StreamRequestHandler):
    """One connection, as far as our side speaks."""

    behaviour: MailServer
    timeout = 30

    def setup(self) -> None:
        super().setup()
        self.encrypted, self.user = False, ""
        if self.behaviour.at_once:
            self._encrypt()

    def handle(self) -> None:
        self._forget()
        self._say("220 tests")
        while line := self.rfile.readline():
            words = line.decode().strip()
            verb = words.split(" ", 1)[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            answer = getattr(self, f"_{verb.lower()}", None)
            if answer is None:
                self._say("502 not here")
            else:
                answer(words)

    def _forget(self) -> None:
        self.sender, self.recipients = "", list[str]()

    def _ehlo(self, _words: str) -> None:
        offers = ["tests", "8BITMIME", "AUTH PLAIN"]
        if self.behaviour.certificate and not self.encrypted:
            offers.append("STARTTLS")
        for each in offers[:-1]:
            self._say(f"250-{each}")
        self._say(f"250 {offers[-1]}")

    def _starttls(self, _words: str) -> None:
        self._say("220 go on")
        self._encrypt()

    def _auth(self, words: str) -> None:
        _, user, password = base64.b64decode(words.split(" ")[2]).decode().split("\0")
        if password != self.behaviour.password:
            self._say("535 no")
            return
        self.user = user
        self._say("235 yes")

    def _mail(self, words: str) -> None:
        self._forget()
        self.sender = _address_in(words)
        self._say("250 ok")

    def _rcpt(self, words: str) -> None:
        address = _address_in(words)
        refusal = self.behaviour.refusing.get(address)
        if refusal is None:
            self.recipients.append(address)
        self._say(refusal or "250 ok")

    def _data(self, _words: str) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.behaviour.failing:
            self.behaviour.failing -= 1
            self._say("451 later")
            return
        message = email.message_from_bytes(b"".join(lines), policy=default)
        self.behaviour.letters.append(
            Kept(self.sender, self.recipients, message, self.encrypted, self.user)  # type: ignore[arg-type]
        )
        self._say("250 kept")

    def _noop(self, _words: str) -> None:
        self._say("250 ok")

    def _rset(self, _words: str) -> None:
        self._forget()
        self._say("250 ok")

    def _encrypt(self) -> None:
        assert self.behaviour.certificate
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.behaviour.certificate)
        try:
            self.request = self.connection = context.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError):
            # The other side does not trust it.
            self.rfile.close()
            return
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.encrypted = True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return
        finally:
            self.connection.close()


def _address_in(words: str) -> str:
    return words.partition("<")[2].partition(">")[0]
