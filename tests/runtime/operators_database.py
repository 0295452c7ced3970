"""A server of an operator's: one that knows nothing of us but a login that may make roles, and an empty database."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from foundation.postgres.embedded.address import ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOGIN_ROLES, libpq_url


@contextlib.contextmanager
def somebodys_server(folder: Path) -> Iterator[ServerAddress]:
    with running(folder, durable=False) as address:
        with contextlib.closing(psycopg2.connect(libpq_url(address.url("postgres")))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            for role in LOGIN_ROLES:
                cursor.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
            cursor.execute("DROP OWNED BY center_owner, center_doorkeeper")
            cursor.execute("DROP ROLE center_owner, center_doorkeeper")
            cursor.execute("CREATE ROLE admin LOGIN CREATEROLE PASSWORD 'admin'")
            cursor.execute("CREATE DATABASE health OWNER admin")
        yield address


def admins_url(address: ServerAddress) -> str:
    return f"postgresql://admin:admin@/health?host={address.host}&port={address.port}"
