"""A process of the service as far as counting goes: tries to begin signing in, and says how often it was let through.

`python -m tests.identity.counting_process URL`, then on each line of standard input an address and how often to try.
"""

import sys

from foundation.database.process_engines import connect
from foundation.errors import RateLimited
from identity.signing_in.routes.rate_limits import STARTS


def main(url: str) -> None:
    connect(url)
    for line in sys.stdin:
        address, tries = line.split()
        print(sum(let_through(address) for _ in range(int(tries))), flush=True)


def let_through(address: str) -> bool:
    try:
        STARTS.hit(address)
    except RateLimited:
        return False
    return True


if __name__ == "__main__":
    main(sys.argv[1])
