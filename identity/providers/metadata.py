"""What a provider says of itself (OpenID Connect Discovery 1.0), kept for a while."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from foundation.errors import UpstreamDown
from identity.providers.profile import ProviderProfile
from identity.providers.refusals import ProviderDown
from identity.providers.transport import Transport

KEPT_S = 3600.0
# Somebody sits before the sign-in page and waits: a provider that needs longer counts as away.
SOON_S = 2.5
# After a failure the next people are told at once, rather than each waiting for the same silence.
PAUSE_AFTER_FAILURE_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The addresses of a provider, and whether it names itself in its answers (RFC 9207)."""

    authorize: str
    token: str
    jwks: str
    userinfo: str = ""
    end_session: str = ""
    names_itself: bool = False


class MetadataCache:
    """Discovery with an age. Without discovery, the profile's own endpoints."""

    def __init__(
        self, profile: ProviderProfile, transport: Transport, clock: Callable[[], float] = time.monotonic
    ):
        self._profile, self._transport, self._clock = profile, transport, clock
        self._kept: Metadata | None = None
        self._read_at = self._failed_at = float("-inf")
        self._lock = threading.Lock()

    def read(self, *, max_age_s: float = KEPT_S) -> Metadata:
        """The metadata, not older than asked.

        Raises:
            ProviderDown: the provider does not answer, or not as itself.
        """
        if not self._profile.discovery:
            return _configured(self._profile)
        kept = self._kept
        if kept is not None and self._clock() - self._read_at < max_age_s:
            return kept
        with self._lock:
            if self._kept is not None and self._clock() - self._read_at < max_age_s:
                return self._kept
            if self._clock() - self._failed_at < PAUSE_AFTER_FAILURE_S:
                raise ProviderDown("discovery.paused")
            try:
                self._kept = metadata_of(self._profile, self._ask())
            except UpstreamDown:
                self._failed_at = self._clock()
                raise
            self._read_at = self._clock()
            return self._kept

    def _ask(self) -> dict[str, Any]:
        return self._transport.json(self._profile.discovery, within_s=SOON_S)

    def cached(self) -> Metadata | None:
        """What was read before, of whatever age; asks nobody."""
        return self._kept if self._profile.discovery else _configured(self._profile)


def metadata_of(profile: ProviderProfile, document: dict[str, Any]) -> Metadata:
    """The metadata of a discovery document.

    Raises:
        ProviderDown: the document is of another issuer (section 4.3) or lacks an address.
    """
    if document.get("issuer") != profile.issuer:
        raise ProviderDown("discovery.issuer")
    named = {
        "authorize": document.get("authorization_endpoint"),
        "token": document.get("token_endpoint"),
        "jwks": document.get("jwks_uri"),
        "userinfo": document.get("userinfo_endpoint", ""),
        "end_session": document.get("end_session_endpoint", ""),
    }
    for name, address in named.items():
        needed = name in ("authorize", "token", "jwks")
        if not isinstance(address, str) or not _usable(address, profile.issuer, needed=needed):
            raise ProviderDown(f"discovery.{name}")
    return Metadata(
        **named,  # type: ignore[arg-type]
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _usable(address: str, issuer: str, *, needed: bool) -> bool:
    """A web address that is not less protected than the issuer's own."""
    if not address:
        return not needed
    parts = urlsplit(address)
    allowed = ("https",) if issuer.startswith("https://") else ("https", "http")
    return parts.scheme in allowed and bool(parts.hostname) and not parts.username


def _configured(profile: ProviderProfile) -> Metadata:
    endpoints = profile.endpoints
    return Metadata(
        authorize=endpoints.authorize,
        token=endpoints.token,
        jwks=endpoints.jwks,
        userinfo=endpoints.userinfo,
        end_session=endpoints.end_session,
    )
