"""Alive and ready."""

import contextlib

import psycopg2
import pytest

from foundation.database import process_engines
from foundation.database.revisions import known_revisions
from foundation.identifiers import new_id
from foundation.postgres.roles import WEB, libpq_url
from tests.connections import own_connections

NOT_MIGRATED = "the database is not migrated"


@pytest.fixture
def other_database(app, postgres):
    """Gives the application an empty database; what is written there is written as the administrator."""
    name = f"other_{new_id().hex}"
    write(postgres, "postgres", f"CREATE DATABASE {name}")
    engine = process_engines.make_engine(postgres.url(WEB, database=name), pool_size=1)
    with own_connections(engine):
        yield lambda statement: write(postgres, name, statement)
    engine.dispose()
    write(postgres, "postgres", f"DROP DATABASE {name}")


def write(postgres, name, statement):
    connection = psycopg2.connect(libpq_url(postgres.url("postgres", database=name)))
    connection.autocommit = True
    with contextlib.closing(connection):
        connection.cursor().execute(statement)


def migrated_to(revision):
    return (
        f"CREATE SCHEMA foundation; GRANT USAGE ON SCHEMA foundation TO {WEB};"
        f"CREATE TABLE foundation.alembic_version AS SELECT '{revision}' AS version_num;"
        f"GRANT SELECT ON foundation.alembic_version TO {WEB}"
    )


def test_the_service_says_that_it_is_alive(client):
    assert client.get("/healthz").json == {"status": "ok"}


def test_the_service_is_ready_when_the_database_answers(client):
    assert client.get("/readyz").json == {"status": "ok", "revision": known_revisions().newest}


def test_it_is_not_ready_on_an_empty_database(client, other_database):
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["status"]) == (503, NOT_MIGRATED)


def test_it_is_not_ready_on_a_database_that_is_just_being_migrated(client, other_database):
    other_database("CREATE SCHEMA foundation; CREATE TABLE foundation.alembic_version (version_num text)")

    assert client.get("/readyz").status_code == 503


def test_it_is_not_ready_on_a_database_older_than_the_code(client, other_database):
    other_database(migrated_to("0001"))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"status": NOT_MIGRATED, "revision": "0001", "needed": known_revisions().newest}


def test_it_stays_ready_when_the_database_is_migrated_before_the_code_is_replaced(client, other_database):
    other_database(migrated_to("9999"))

    assert client.get("/readyz").status_code == 200


def test_it_is_not_ready_while_the_database_is_away(app, client, tmp_path):
    engine = process_engines.make_engine(f"postgresql://nobody@/nothing?host={tmp_path}", pool_size=1)

    with own_connections(engine):
        answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (503, {"status": "the database cannot be reached"})


def test_the_newest_revision_is_read_from_the_files(tmp_path):
    (tmp_path / "0001_first.py").write_text('revision = "0001"\ndown_revision = None\n')
    (tmp_path / "0002_second.py").write_text('revision = "0002"\ndown_revision = "0001"\n')

    known = known_revisions(tmp_path)

    assert (known.newest, known.earlier) == ("0002", {"0001"})
