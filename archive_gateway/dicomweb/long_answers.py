"""How many long answers one session may be receiving at once: each holds a thread for as long as its reader takes."""

import threading
from collections import Counter
from collections.abc import Callable, Hashable

from foundation.errors import RateLimited

MOST_AT_ONCE = 6


class LongAnswers:
    """Counts them for each session, in this process."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._under_way: Counter[Hashable] = Counter()
        self._lock = threading.Lock()

    def begin(self, session: Hashable) -> Callable[[], None]:
        """One more; gives what is to be called once it has ended.

        Raises:
            RateLimited: the session has as many as it may.
        """
        with self._lock:
            if self._under_way[session] >= self._most:
                raise RateLimited(
                    "You are receiving several long answers already. Wait until one of them has ended."
                )
            self._under_way[session] += 1
        ended = threading.Event()

        def end() -> None:
            if ended.is_set():
                return
            ended.set()
            with self._lock:
                self._under_way[session] -= 1
                if not self._under_way[session]:
                    del self._under_way[session]

        return end


LONG_ANSWERS = LongAnswers()
