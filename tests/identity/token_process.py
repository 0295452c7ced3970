"""A process of the service as far as tokens go: says of each whether it opens anything.

`python -m tests.identity.token_process URL`, then on each line of standard input a token.
"""

import sys

from foundation.database.process_engines import connect
from identity.sessions.queries.sessions import sign_in_of


def main(url: str) -> None:
    connect(url)
    for line in sys.stdin:
        print("signed in" if sign_in_of(line.strip()) else "a stranger", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
