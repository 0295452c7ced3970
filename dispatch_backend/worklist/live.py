"""What has just changed, heard from the database: one listening connection for all boards of a process.

The database says only that something changed and which referral; what it is, each board asks for itself.
"""

import contextlib
import queue
import select
import threading
from collections.abc import Hashable

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from foundation import logs
from foundation.errors import Busy
from foundation.postgres.passwords import connect_to
from foundation.postgres.roles import libpq_url

CHANNEL = "dispatch"
# Said to every board after the connection was lost: something may have been missed meanwhile.
ANYTHING = ""
WAKE_EVERY_S = 1.0
AGAIN_AFTER_S = 1.0
# A board that lies behind needs no further news: it will look at everything.
LONGEST_BACKLOG = 50
MOST_BOARDS = 240
# A browser opens six connections to one address and lets a seventh wait in silence; so the sixth window still reaches us,
# and the oldest hears that it gives way.
MOST_BOARDS_OF_ONE = 5
# Said to the oldest board of a person who has opened one too many: it gives way.
GIVEN_WAY = "given way"


class ChangeBroadcast:
    """Listens in a thread of its own, from the first board on until closed."""

    def __init__(self, url: str) -> None:
        self._url = libpq_url(url)
        # Whose each board is, the oldest first.
        self._boards: dict[queue.Queue[str], Hashable] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._listening = threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(self, person: Hashable) -> "queue.Queue[str]":
        """Begin to listen: a queue into which the numbers of changed referrals fall until `unsubscribe`.

        Where one person has opened too many boards, their oldest is told GIVEN_WAY.

        Raises:
            Busy: as many boards are open as this process can serve.
        """
        inbox: queue.Queue[str] = queue.Queue(LONGEST_BACKLOG)
        with self._lock:
            self._give_way(person)
            if len(self._boards) >= MOST_BOARDS:
                raise Busy("The service is very busy. Please try again in a moment.")
            self._boards[inbox] = person
            if self._thread is None:
                self._thread = threading.Thread(target=self._listen, name="changes", daemon=True)
                self._thread.start()
        self._listening.wait(WAKE_EVERY_S)
        return inbox

    def unsubscribe(self, inbox: "queue.Queue[str]") -> None:
        with self._lock:
            self._boards.pop(inbox, None)

    def _give_way(self, person: Hashable) -> None:
        own = [board for board, whose in self._boards.items() if whose == person]
        for board in own[: max(0, len(own) + 1 - MOST_BOARDS_OF_ONE)]:
            del self._boards[board]
            with contextlib.suppress(queue.Empty):
                while True:
                    board.get_nowait()
            board.put_nowait(GIVEN_WAY)

    def close(self) -> None:
        self._closed.set()
        if self._thread:
            self._thread.join()

    def _listen(self) -> None:
        while not self._closed.is_set():
            try:
                with contextlib.closing(connect_to(self._url)) as listening:
                    self._receive(listening)
            except psycopg2.Error as fault:
                logs.event("board.deaf", fault=type(fault).__name__)
                self._closed.wait(AGAIN_AFTER_S)

    def _receive(self, listening: connection) -> None:
        listening.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with listening.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
        self._publish(ANYTHING)
        self._listening.set()
        while not self._closed.is_set():
            select.select([listening], [], [], WAKE_EVERY_S)
            listening.poll()
            while listening.notifies:
                self._publish(listening.notifies.pop(0).payload)

    def _publish(self, number: str) -> None:
        with self._lock:
            boards = list(self._boards)
        for inbox in boards:
            with contextlib.suppress(queue.Full):
                inbox.put_nowait(number)
