"""The tables of a demo's first start: what the migrations make of an empty database, kept as one script.

Each start of an empty demo would else go the migrations' whole way, which grows with every one of them. Whatever holds real
people is made by the migrations themselves.
"""

import contextlib
import subprocess
from pathlib import Path

from demo.loading.keeping import keep_script, kept_script
from foundation.postgres.connections import connected_to
from foundation.postgres.embedded.address import ADMINISTRATOR, ServerAddress
from foundation.postgres.embedded.binaries import client_program
from foundation.postgres.roles import libpq_url

NAME = "tables"
# A line that speaks to psql, not to the server.
FOR_PSQL = "\\"


def keep_tables(address: ServerAddress) -> None:
    """Keep the tables of a server that holds nothing else.

    Where the environment has no pg_dump nothing is kept, and a first start goes the migrations' way.
    """
    if program := client_program("pg_dump"):
        keep_script(NAME, script_of(program, libpq_url(address.url(ADMINISTRATOR))))


def script_of(program: Path, database: str) -> str:
    """All that a database holds, its rows too, as statements for any client."""
    words = [str(program), f"--dbname={database}", "--inserts", "--rows-per-insert=1000"]
    told = subprocess.run(words, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout
    return "\n".join(line for line in told.splitlines() if not line.startswith(FOR_PSQL))


def make_kept_tables(administrators_url: str) -> bool:
    """Make the tables in a database without any, all of them or none; False where other code's were kept, or none.

    Args:
        administrators_url: of a login who may give tables to their owner, and functions to the doorkeeper.
    """
    if (script := kept_script(NAME)) is None:
        return False
    with contextlib.closing(connected_to(administrators_url)) as connection, connection.cursor() as cursor:
        cursor.execute(script)
        connection.commit()
    return True
