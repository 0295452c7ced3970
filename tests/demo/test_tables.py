"""The kept tables of a demo's first start are those that the migrations make, or nobody's."""

import contextlib

import psycopg2
import pytest

from demo.loading import keeping
from demo.loading.tables import keep_tables, make_kept_tables, script_of
from foundation.database.migrations import migrate
from foundation.database.revisions import REACHED, known_revisions
from foundation.postgres.connections import fetch_value
from foundation.postgres.embedded.address import ADMINISTRATOR
from foundation.postgres.embedded.binaries import client_program
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import OWNER, libpq_url

EMPTY = "empty"


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A server whose own database the migrations made, beside an empty one."""
    with running(tmp_path_factory.mktemp("tables"), durable=False) as address:
        migrate(address.url(OWNER))
        with contextlib.closing(psycopg2.connect(libpq_url(address.url(ADMINISTRATOR)))) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {EMPTY}")
        yield address


@pytest.fixture
def kept_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT", tmp_path / "kept")


@pytest.mark.usefixtures("kept_folder")
def test_kept_tables_rights_and_rows_are_those_of_the_migrations(migrated):
    keep_tables(migrated)

    empty = migrated.url(ADMINISTRATOR, database=EMPTY)
    assert make_kept_tables(empty)

    program = client_program("pg_dump")
    script = script_of(program, libpq_url(empty))
    assert "CREATE POLICY" in script
    assert "INSERT INTO dispatch.allowed_transition" in script
    assert script == script_of(program, libpq_url(migrated.url(ADMINISTRATOR)))
    assert known_revisions().suffice(fetch_value(empty, REACHED))


@pytest.mark.usefixtures("kept_folder")
def test_tables_of_other_migrations_are_nobodys(migrated, monkeypatch):
    keep_tables(migrated)
    keeping.code_read.cache_clear()
    monkeypatch.setattr(keeping, "FOLLOWS_FROM", ("demo",))

    assert not make_kept_tables(migrated.url(ADMINISTRATOR, database=EMPTY))
    keeping.code_read.cache_clear()


def test_what_the_migrations_say_is_part_of_what_tables_follow_from():
    assert "migrations" in keeping.FOLLOWS_FROM
