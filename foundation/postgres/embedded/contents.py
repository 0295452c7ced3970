"""What every server of ours holds before anybody uses it: one database and the roles."""

import contextlib

import psycopg2

from foundation.postgres.embedded.address import ADMINISTRATOR, DATABASE, ServerAddress
from foundation.postgres.roles import LOGIN_ROLES, libpq_url, prepare_roles


def prepare_database(address: ServerAddress) -> None:
    """Make the database and the roles where they are missing."""
    if not _execute(address, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE):
        _execute(address, f"CREATE DATABASE {DATABASE}")
    prepare_roles(address.url(ADMINISTRATOR), {role: address.passwords[role] for role in LOGIN_ROLES})


def _execute(address: ServerAddress, statement: str, *values: str) -> bool:
    """As the administrator, outside of a transaction; whether a row came back."""
    connection = psycopg2.connect(libpq_url(address.url(ADMINISTRATOR, database="postgres")))
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.description is not None and cursor.fetchone() is not None
