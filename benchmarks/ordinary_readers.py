"""People who read: each asks for a page, looks at it for a moment, and asks for the next."""

import http.client
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.load_client import Request

LOOKS_FOR_S = 0.2
GIVES_UP_AFTER_S = 10.0
HEALTH_EVERY_S = 0.2
HEALTH_WITHIN_S = 2.0


@dataclass
class Seen:
    """What readers and the health check met: milliseconds of each page, pages that did not come, checks that were lost."""

    ms: list[float] = field(default_factory=list)
    lost: int = 0
    healthz_lost: int = 0

    @property
    def p95_ms(self) -> float:
        return statistics.quantiles(self.ms, n=20)[18]


def watched(port: int, requests: Sequence[Request], *, seconds: float) -> Seen:
    """Let one reader for each request read for so long, and the health check with them."""
    seen, ends_at = Seen(), time.monotonic() + seconds
    threads = [threading.Thread(target=_read, args=(port, each, ends_at, seen)) for each in requests]
    threads.append(threading.Thread(target=_check, args=(port, ends_at, seen)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _read(port: int, request: Request, ends_at: float, seen: Seen) -> None:
    headers = {"Cookie": request.cookie}
    while time.monotonic() < ends_at:
        began = time.monotonic()
        status = _asked(port, request.path, headers, GIVES_UP_AFTER_S)
        seen.ms.append((time.monotonic() - began) * 1000)
        seen.lost += status != http.client.OK
        time.sleep(LOOKS_FOR_S)


def _check(port: int, ends_at: float, seen: Seen) -> None:
    while time.monotonic() < ends_at:
        seen.healthz_lost += _asked(port, "/healthz", {}, HEALTH_WITHIN_S) != http.client.OK
        time.sleep(HEALTH_EVERY_S)


def _asked(port: int, path: str, headers: dict[str, str], within_s: float) -> int:
    """The status of the answer; 0 where none comes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=within_s)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return answer.status
