"""For which address passkeys are made. Pure."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

# Where browsers speak of passkeys without TLS (W3C Secure Contexts, 3.2).
WITHOUT_TLS = "localhost"


@dataclass(frozen=True, slots=True)
class Site:
    """The service as a passkey knows it.

    Attributes:
        origin: scheme, host and port, as the browser tells them (RFC 6454).
        domain: the RP ID (WebAuthn Level 3, section 4): the host alone. Empty where none can be made.
    """

    origin: str
    domain: str


def site_of(public_url: str) -> Site:
    """The site at the address that people type. A number is no domain, and without TLS a browser makes no passkey."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    possible = not _is_number(host) and (parts.scheme == "https" or host == WITHOUT_TLS)
    return Site(f"{parts.scheme}://{parts.netloc.lower()}", host if possible else "")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
