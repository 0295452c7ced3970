"""What does counting in the database add to a sign-in, beside what a sign-in writes there anyway?

Ours is the one statement that counts a beginning. The reference is the transaction that every beginning makes: the numbers
of the attempt, committed to disk. Both are asked in turns on one connection; eight threads on one address come afterwards.
"""

import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from foundation.actor import Actor
from foundation.database.migrations import migrate
from foundation.database.process_engines import connect, disconnect
from foundation.database.transactions import transaction
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import OWNER, WEB
from identity.signing_in.actions.sign_ins import PendingSignIn, begin_sign_in
from identity.signing_in.routes.rate_limits import RateLimit

QUICK = bool(os.environ.get("QUICK"))
ROUNDS, TIMES = (3, 200) if QUICK else (5, 1000)
THREADS = 8
ADDRESSES = 10_000
LIMIT = RateLimit("measured", 10**9)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="center-") as folder, running(Path(folder)) as address:
        migrate(address.url(OWNER))
        connect(address.url(WEB))
        asked = {"begin": begin, "many": count_many, "one": count_one, "look": look}
        rounds: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(ROUNDS):
            for name, act in asked.items():
                rounds[name].append(statistics.median(milliseconds(act) for _ in range(TIMES)))
            print({name: round(found[-1], 3) for name, found in rounds.items()}, file=sys.stderr)
        ms = {name: statistics.median(found) for name, found in rounds.items()}
        at_once = counted_at_once()
        disconnect()
    print(
        json.dumps(
            {
                "bench": "sign_in_counts",
                "ours": round(ms["many"], 3),
                "reference": round(ms["begin"], 3),
                "ratio": round(ms["many"] / ms["begin"], 2),
                "unit": "ms",
                "reference_is": "the transaction that keeps a beginning sign-in, committed to disk",
                "n": ROUNDS * TIMES,
                "detail": {
                    "one_address_ms": round(ms["one"], 3),
                    "look_ms": round(ms["look"], 3),
                    "one_address_eight_threads_per_s": round(at_once),
                },
            }
        )
    )


def begin() -> None:
    with transaction(Actor.anonymous()) as session:
        browser, state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(4))
        begin_sign_in(
            session, PendingSignIn(nonce, code_verifier), provider="measured", browser=browser, state=state
        )


def count_many() -> None:
    """Mostly addresses that are not known yet, so that each makes a row."""
    LIMIT.hit(f"198.51.{secrets.randbelow(ADDRESSES)}")


def count_one() -> None:
    LIMIT.hit("198.51.100.7")


def look() -> None:
    LIMIT.check("198.51.100.7")


def milliseconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def counted_at_once() -> float:
    """How often a second the threads of a process get to count the same address, whose row they queue for."""
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(lambda _: count_one(), range(THREADS * TIMES)))
    return THREADS * TIMES / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
