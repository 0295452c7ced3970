"""A server of an operator's: one that knows nothing of us but a login that may make roles, and an empty database."""

import contextlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import psycopg2
from psycopg2.extensions import parse_dsn

from foundation.postgres.embedded.address import ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOGIN_ROLES, libpq_url

_numbers = itertools.count()


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
            cursor.execute("CREATE ROLE keeper LOGIN SUPERUSER PASSWORD 'keepers-word'")
            cursor.execute("CREATE DATABASE health OWNER admin")
        yield address


def admins_url(address: ServerAddress) -> str:
    return f"postgresql://admin:admin@/health?host={address.host}&port={address.port}"


def superusers_url(admin_url: str, database: str) -> str:
    """The address of a superuser of the same server, in one of its databases."""
    given = parse_dsn(admin_url)
    asked = {"host": given["host"], "port": given["port"]}
    return f"postgresql://keeper:keepers-word@/{database}?{urlencode(asked)}"


@contextlib.contextmanager
def empty_database(superusers: str) -> Iterator[str]:
    """A further database on the same server, for the duration of the block."""
    name = f"further_{next(_numbers)}"
    given = parse_dsn(superusers)
    with contextlib.closing(psycopg2.connect(**{**given, "dbname": "postgres"})) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield superusers_url(superusers, name)
        finally:
            connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
