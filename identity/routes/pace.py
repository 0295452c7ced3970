"""How often one address may begin to sign in, fail to, or send what is no message of a provider.

Counted in the memory of each process, a minute at a time.

The address is the last that X-Forwarded-For names: the proxy in front wrote it, what stands before it anybody may
have. Without a proxy nobody else than this machine reaches us, and nothing is counted.
"""

import threading
from datetime import datetime, timedelta

from flask import request

from foundation.errors import TooOften

MINUTE = timedelta(minutes=1)
MOST_REMEMBERED = 10_000


class Pace:
    """So many acts a minute from one address.

    Args:
        most: enough for a clinic whose desks share an address and begin their day together.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._counted: dict[str, tuple[datetime, int]] = {}
        self._lock = threading.Lock()

    def require(self, address: str, *, at: datetime) -> None:
        """Refuse whoever has done it too often in this minute. Raises TooOften."""
        with self._lock:
            if address and self._count(address, at) >= self._most:
                raise TooOften("This was tried too often from your network. Please wait a minute.")

    def note(self, address: str, *, at: datetime) -> None:
        """Count one more."""
        with self._lock:
            began = self._counted.get(address, (at, 0))[0] if self._count(address, at) else at
            if len(self._counted) >= MOST_REMEMBERED:
                self._counted.clear()
            self._counted[address] = (began, self._count(address, at) + 1)

    def _count(self, address: str, at: datetime) -> int:
        began, count = self._counted.get(address, (at, 0))
        return count if at - began < MINUTE else 0


STARTS, FAILURES, REFUSED_MESSAGES = Pace(60), Pace(20), Pace(20)


def visitor() -> str:
    """The visitor's address as the proxy tells it; empty where there is none."""
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
