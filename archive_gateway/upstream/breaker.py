"""A circuit breaker: while the archive behind us is away, nobody waits for it.

Every request that waits holds a thread of the web server, and a few of them would hold all. pybreaker counts, opens and
closes. It is told what came of each attempt and does not make them: whatever it calls itself it calls one at a time.
"""

import contextlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from pybreaker import STATE_CLOSED, CircuitBreaker, CircuitBreakerError, CircuitMemoryStorage

from foundation.clock import now
from foundation.errors import UpstreamDown

FAILURES_IN_A_ROW = 3
REST_S = 15.0


class Failed(Exception):
    """What pybreaker is told of an attempt that came to nothing, or that is not known yet to have come to more."""


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
        self._circuit = CircuitBreaker(
            fail_max=failures_in_a_row,
            reset_timeout=rest_s,
            state_storage=_SteadyMemory(clock),
            throw_new_error_on_trip=False,
        )

    def require_closed(self) -> None:
        """Let an attempt through, unless the archive has just shown that it is away.

        Raises:
            UpstreamDown: it has, and this is not the one attempt that tries again.
        """
        if self._circuit.current_state == STATE_CLOSED:
            return
        try:
            # Told as failed before it is made: whether or not it ever tells more, the next waits for another rest.
            self._circuit.call(_fail)
        except CircuitBreakerError as fault:
            raise UpstreamDown("The image archive is not answering.") from fault
        except Failed:
            return

    def record_success(self) -> None:
        """The archive has answered, whatever it said: everybody may ask again."""
        self._circuit.close()

    def record_failure(self) -> None:
        """An attempt came to nothing."""
        if self._circuit.current_state == STATE_CLOSED:
            with contextlib.suppress(Failed, CircuitBreakerError):
                self._circuit.call(_fail)
        else:
            self._circuit.open()


class _SteadyMemory(CircuitMemoryStorage):  # type: ignore[misc]
    """Keeps when it opened by a clock that nobody sets: set back by an hour, the machine's own would mean an hour's rest."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(STATE_CLOSED)
        self._clock = clock
        self._opened: float | None = None

    @property
    def opened_at(self) -> datetime | None:
        return None if self._opened is None else now() - timedelta(seconds=self._clock() - self._opened)

    @opened_at.setter
    def opened_at(self, _machine_time: datetime) -> None:
        self._opened = self._clock()


def _fail() -> None:
    raise Failed
