"""How often one address may begin to sign in, fail to, or send what is no message of a provider.

The library `limits` decides; the counts stand in the database, the same for every process.
"""

import re
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter

from foundation.errors import RateLimited
from foundation.shared_counts import SharedCounts

# Whoever has one IPv6 address has as many as they like, within the network that their provider gave them.
NETWORK_BITS = 64

WITH_PORT = re.compile(r"\[(?P<six>[^\]]*)\](:\d*)?|(?P<four>\d+\.\d+\.\d+\.\d+):\d*")

limiter = FixedWindowRateLimiter(SharedCounts())


class RateLimit:
    """So many acts a minute from one address.

    Args:
        most: enough for a clinic whose desks share an address and begin their day together.
    """

    def __init__(self, act: str, most: int) -> None:
        self._act = act
        self._limit = RateLimitItemPerMinute(most)

    def hit(self, address: str) -> None:
        """Count one more, and refuse it where it is one too many. Raises RateLimited, Busy."""
        if address and not limiter.hit(self._limit, self._act, address):
            raise _too_often()

    def check(self, address: str) -> None:
        """Refuse whoever has done it too often in this minute. Raises RateLimited, Busy."""
        if address and not limiter.test(self._limit, self._act, address):
            raise _too_often()

    def record(self, address: str) -> None:
        """Count one more. Raises Busy."""
        if address:
            limiter.hit(self._limit, self._act, address)


STARTS = RateLimit("sign-in begun", 60)
FAILURES = RateLimit("sign-in failed", 20)
REFUSED_MESSAGES = RateLimit("message refused", 20)


def client_address() -> str:
    """Where the visitor comes from, as the proxy in front tells it; empty for this machine, which is not counted.

    Without a proxy nobody else reaches us.
    """
    try:
        address = ip_address(_without_port(request.remote_addr or ""))
    except ValueError:
        return "unreadable"
    if address.is_loopback:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, NETWORK_BITS), strict=False))
    return str(getattr(address, "ipv4_mapped", None) or address)


def _without_port(told: str) -> str:
    """The address alone: some proxies write the port behind it, and IPv6 then in brackets, or a zone."""
    found = WITH_PORT.fullmatch(told.strip())
    return (found["six"] or found["four"]).partition("%")[0] if found else told.strip().partition("%")[0]


def _too_often() -> RateLimited:
    return RateLimited("This was tried too often from your network. Please wait a minute.")
