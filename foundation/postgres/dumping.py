"""The whole database in one file and back, by PostgreSQL's own programs; they are told the password where nobody sees it.

A dump is of one moment, also while people work. It holds the database's tables, rights and rows, and no role: roles belong
to the server, and are made there before.
"""

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ, make_dsn, parse_dsn

from foundation.errors import CannotRun
from foundation.postgres.connections import connected_to
from foundation.postgres.embedded.binaries import MAJOR_VERSION, client_program
from foundation.postgres.roles import OWNER, libpq_url

# Ours are the schemas that belong to the owner of the tables.
OUR_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = %s ORDER BY 1"
OUR_TABLES = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND pg_get_userbyid(n.nspowner) = %s ORDER BY 1, 2
"""
# A column that is called so names contents that lie beside the database; other digests are of what is within it.
NAMES_OF_CONTENTS = ["content_sha256", "served_sha256"]
CONTENT_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = %s AND column_name = ANY (%s) ORDER BY 1, 2
"""
SEES_ALL_ROWS = """
SELECT rolsuper OR (rolbypassrls AND pg_has_role('pg_read_all_data', 'USAGE')) FROM pg_roles
WHERE rolname = current_user
"""
IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
LINES_TOLD = 3


@dataclass(frozen=True)
class Snapshot:
    """The database as it is at one moment, for whoever looks through it.

    Attributes:
        rows: how many each table holds, by "schema.table".
        contents: the SHA-256 of every content that rows of the asked schema name.
    """

    revision: str
    rows: dict[str, int]
    contents: frozenset[str]


def dump(url: str, file: Path, *, contents_in: str) -> Snapshot:
    """Write the database into a file.

    Args:
        url: of a login that reads past row-level security.
        contents_in: the schema whose rows name contents that lie beside the database.

    Raises:
        CannotRun: it may not, or the program did not end well.
    """
    with contextlib.closing(connected_to(url)) as connection:
        if not _value(connection, SEES_ALL_ROWS):
            raise CannotRun(
                f"The login {connection.info.user} does not see every row, so what it wrote would not be whole. "
                "Make one that does (CREATE ROLE center_backup LOGIN BYPASSRLS PASSWORD '…'; "
                "GRANT pg_read_all_data TO center_backup) and give its address as DATABASE_URL to this command."
            )
        connection.rollback()
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
        with connection.cursor() as cursor:
            cursor.execute(OUR_SCHEMAS, [OWNER])
            schemas = [name for (name,) in cursor.fetchall()]
        if not schemas:
            raise CannotRun(f"The database {connection.info.dbname} holds no tables of ours to back up.")
        moment = f"--snapshot={_value(connection, 'SELECT pg_export_snapshot()')}"
        ours = [f"--schema={name}" for name in schemas]
        _run([_client("pg_dump", connection), "--format=custom", moment, f"--file={file}", *ours], url)
        return _look_through(connection, contents_in)


def restore(url: str, file: Path, *, contents_in: str) -> Snapshot:
    """Fill an empty database from a file: all of it or nothing.

    Args:
        url: of a superuser of the server, on which our roles are made already.
        contents_in: as in `dump`.

    Raises:
        CannotRun: the program did not end well.
    """
    with contextlib.closing(connected_to(url)) as connection:
        program = _client("pg_restore", connection)
    _run([program, "--single-transaction", "--exit-on-error", str(file)], url)
    with contextlib.closing(connected_to(url)) as connection:
        return _look_through(connection, contents_in)


def require_restorable(url: str) -> None:
    """Refuse before anything is done.

    Raises:
        CannotRun: somebody has tables of ours in this database, or the login cannot give tables to their owner.
    """
    with contextlib.closing(connected_to(url)) as connection:
        if _value(connection, OUR_SCHEMAS, OWNER):
            raise CannotRun(
                f"The database {connection.info.dbname} holds a region already, and nothing is put over it. "
                "Restore into a new database, or into a new DATA_DIR."
            )
        if not _value(connection, IS_SUPERUSER):
            raise CannotRun(
                f"The login {connection.info.user} is no superuser of the server, and only one can give the tables to "
                "their owner. Give the address of a superuser as DATABASE_URL to this command."
            )


def _look_through(connection: Any, contents_in: str) -> Snapshot:
    with connection.cursor() as cursor:
        cursor.execute(OUR_TABLES, [OWNER])
        rows = {f"{schema}.{table}": _count(cursor, schema, table) for schema, table in cursor.fetchall()}
        cursor.execute(CONTENT_COLUMNS, [contents_in, NAMES_OF_CONTENTS])
        contents: set[str] = set()
        for table, column in cursor.fetchall():
            names = {"table": sql.Identifier(contents_in, table), "column": sql.Identifier(column)}
            asked = sql.SQL("SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL")
            cursor.execute(asked.format(**names))
            contents.update(content for (content,) in cursor.fetchall())
    revision = str(_value(connection, "SELECT version_num FROM foundation.alembic_version"))
    return Snapshot(revision, rows, frozenset(contents))


def _count(cursor: Any, schema: str, table: str) -> int:
    cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table)))
    (count,) = cursor.fetchone()
    return int(count)


def _value(connection: Any, question: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question, values or None)
        row = cursor.fetchone()
    return row[0] if row else None


def _client(name: str, connection: Any) -> Path:
    """The program that comes with the environment; of a newer server, the operator's."""
    major = connection.server_version // 10_000
    if major <= MAJOR_VERSION and (program := client_program(name)):
        return program
    if found := shutil.which(name):
        return Path(found)
    raise CannotRun(f"The server is PostgreSQL {major}: put its own {name} on the PATH and ask again.")


def _run(words: list[str | Path], url: str) -> None:
    """Run one of the programs; what is secret of the address stands in its environment, not among its words."""
    given = parse_dsn(libpq_url(url))
    password = given.pop("password", "")
    ran = subprocess.run(
        [*map(str, words), f"--dbname={make_dsn(**given)}"],
        env={"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        told = " ".join(ran.stderr.strip().splitlines()[-LINES_TOLD:])
        raise CannotRun(f"{Path(words[0]).name} did not end well: {told}")
