"""A circuit breaker: while the archive behind us is away, nobody waits for it.

Every request that waits holds a thread of the web server, and a few of them would hold all.
"""

import threading
import time
from collections.abc import Callable

from foundation.errors import UpstreamDown

FAILURES_IN_A_ROW = 3
REST_S = 15.0


class Breaker:
    """Counts failures in a row; after so many of them it lets only one attempt through in each rest.

    Args:
        rest_s: how long everybody else is refused at once.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        *,
        failures_in_a_row: int = FAILURES_IN_A_ROW,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures_in_a_row
        self._rest_s = rest_s
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0

    def require_hope(self) -> None:
        """Let an attempt through, unless the archive has just shown that it is away.

        Raises:
            UpstreamDown: it has, and this is not the one attempt that tries again.
        """
        with self._lock:
            if self._failures < self._most:
                return
            if self._clock() < self._rests_until:
                raise UpstreamDown("The image archive is not answering.")
            # This one tries; whether or not it ever tells what came of it, the next waits for another rest.
            self._rests_until = self._clock() + self._rest_s

    def note_answer(self) -> None:
        """The archive has answered, whatever it said: everybody may ask again."""
        with self._lock:
            self._failures = 0

    def note_failure(self) -> None:
        """An attempt came to nothing."""
        with self._lock:
            self._failures += 1
            self._rests_until = self._clock() + self._rest_s
