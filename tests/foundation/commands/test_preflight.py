"""Each known fault of a start has its own sentence, which says what helps; here each is provoked."""

import contextlib
import errno
import os
import runpy
import subprocess
import sys
from types import SimpleNamespace

import psycopg2
import pytest
from sqlalchemy import text

import app_factory
from foundation import own_folder
from foundation.database.revisions import known_revisions
from foundation.errors import DiskFull
from foundation.identifiers import new_id
from foundation.own_folder import LEAST_FREE_BYTES, free_bytes
from foundation.postgres.roles import LOADER, libpq_url
from tests.architecture.house import HOUSE
from tests.connections import own_connections
from tests.runtime.older_server import older_server

DISK_IS_FULL = text("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$")
# Each goes its own way to the database.
COMMANDS = (
    "verify-dispatch",
    "load-dispatch-reference",
    "work",
    "listen-dicom",
    "end-sessions --all",
)


@pytest.fixture
def run(settings):
    """A command with other settings than the tests'; they keep their connection."""

    def ran(words, **changes):
        with own_connections():
            made = app_factory.create_app(settings.model_copy(update=changes))
            return made.test_cli_runner().invoke(args=words.split())

    return ran


def sentence_of(result):
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr.rstrip("\n")


@pytest.fixture
def further_database(postgres):
    """The address of another database of the tests' server; statements given are carried out there first."""
    made = []

    def named(*statements):
        name = f"preflight_{new_id().hex}"
        as_administrator(postgres, "postgres", f"CREATE DATABASE {name}")
        made.append(name)
        for each in (f"GRANT CONNECT ON DATABASE {name} TO {LOADER}", *statements):
            as_administrator(postgres, name, each)
        return postgres.url(LOADER, database=name)

    yield named
    for name in made:
        as_administrator(postgres, "postgres", f"DROP DATABASE {name} WITH (FORCE)")


def as_administrator(postgres, database, statement):
    with contextlib.closing(
        psycopg2.connect(libpq_url(postgres.url("postgres", database=database)))
    ) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


# ---- the database ----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", COMMANDS)
def test_an_empty_database_is_called_one_without_tables(run, further_database, words):
    told = sentence_of(run(words, database_url=further_database()))

    assert told.startswith(
        "The database holds no tables of ours yet. Make them: .venv/bin/flask --app wsgi migrate"
    )


@pytest.mark.parametrize("words", COMMANDS)
def test_an_older_database_is_told_with_both_revisions(run, further_database, words):
    url = further_database(
        f"CREATE SCHEMA foundation; GRANT USAGE ON SCHEMA foundation TO {LOADER};"
        "CREATE TABLE foundation.alembic_version AS SELECT '0003' AS version_num;"
        f"GRANT SELECT ON foundation.alembic_version TO {LOADER}"
    )

    told = sentence_of(run(words, database_url=url))

    needed = known_revisions().newest
    assert told.startswith(f"The database is at revision 0003, and this version needs {needed}.")


def clock_ahead_by(minutes):
    """What makes the clock of a database go wrong: its own, found before the server's."""
    return (
        "CREATE SCHEMA wrong; GRANT USAGE ON SCHEMA wrong TO PUBLIC;"
        "CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
        f"$$ SELECT pg_catalog.clock_timestamp() + interval '{minutes} minutes' $$;"
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = wrong, pg_catalog', current_database()); END $$"
    )


@pytest.mark.parametrize("minutes", [11, -90])
@pytest.mark.parametrize("words", [*COMMANDS, "migrate"])
def test_a_clock_that_goes_otherwise_than_the_database_s_is_told(run, further_database, words, minutes):
    told = sentence_of(run(words, database_url=further_database(clock_ahead_by(minutes))))

    assert told.startswith(
        f"The clock of this machine and that of the database differ by {abs(minutes)} minutes, and both date what is kept."
    )


def test_clocks_may_differ_a_little(run, further_database):
    told = sentence_of(run("verify-dispatch", database_url=further_database(clock_ahead_by(9))))

    assert told.startswith("The database holds no tables of ours yet.")


@pytest.mark.parametrize("words", ["migrate", "verify-dispatch", "backup /nowhere/at-all", "work"])
def test_an_older_server_is_called_too_old(run, words, tmp_path):
    with older_server("15.8") as url:
        told = sentence_of(run(words.replace("/nowhere", str(tmp_path)), database_url=url))

    assert told.startswith(
        "The database server is PostgreSQL 15. 16 is the oldest that this service works with"
    )


def test_a_server_that_does_not_answer_is_told_as_such(run):
    told = sentence_of(run("verify-dispatch", database_url="postgresql://admin:s3cret@127.0.0.1:1/health"))

    assert told.startswith("The database cannot be reached: ")
    assert "s3cret" not in told


def test_a_login_that_may_not_make_roles_is_told_as_such(run, further_database):
    told = sentence_of(run("migrate", database_url=further_database()))

    assert told.startswith("The login in DATABASE_URL may not do this (permission denied")
    assert told.endswith("it has to be able to make roles, and to own the database.")


def test_a_fresh_folder_is_told_of_its_first_command(run, tmp_path):
    told = sentence_of(run("verify-dispatch", data_dir=tmp_path / "fresh", database_url=""))

    assert told.startswith("The database holds no tables of ours yet.")


# ---- the disk --------------------------------------------------------------------------------------


@pytest.fixture
def full_disk(monkeypatch):
    """As much is left as a file system tells that has a megabyte."""
    left = SimpleNamespace(f_bavail=256, f_frsize=4096)
    monkeypatch.setattr(own_folder.os, "statvfs", lambda _path: left)


@pytest.mark.parametrize("words", ["verify-dispatch", "migrate", "backup /nowhere/at-all"])
def test_a_full_disk_is_told_before_anything_is_done(run, full_disk, postgres, words, tmp_path):
    told = sentence_of(run(words.replace("/nowhere", str(tmp_path)), database_url=postgres.url(LOADER)))

    assert "is full: 1 MB are left, and 64 are the least to work with." in told


def test_a_full_disk_is_not_ready(client, full_disk):
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"status": "the disk is full", "free_bytes": 2**20}


def test_a_service_with_room_is_ready(client, tmp_path):
    assert free_bytes(tmp_path / "not" / "yet") > LEAST_FREE_BYTES
    assert client.get("/readyz").status_code == 200


def test_people_are_told_that_the_disk_of_the_database_is_full(as_loader):
    with pytest.raises(DiskFull, match="Nothing can be saved at the moment"), as_loader() as session:
        session.execute(DISK_IS_FULL)


def test_a_command_tells_that_the_disk_of_the_database_is_full(run, postgres, monkeypatch):
    monkeypatch.setattr(
        "dispatch_backend.services.commands.load_reference",
        lambda session, **_: session.execute(DISK_IS_FULL),
    )

    told = sentence_of(run("load-dispatch-reference", database_url=postgres.url(LOADER)))

    assert told.startswith("The disk of the database is full. Make room there and run it again")


# ---- whose it is -----------------------------------------------------------------------------------

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to somebody else")


@as_root
def test_a_folder_of_another_account_is_told_with_both_names(run, tmp_path):
    folder = tmp_path / "others"
    folder.mkdir()
    os.chown(folder, 65534, 65534)

    told = sentence_of(run("verify-dispatch", data_dir=folder, database_url=""))

    assert told.startswith(f"The folder {folder} belongs to nobody, and this runs as root")
    assert "name another folder with DATA_DIR" in told
    assert not (folder / "postgres").exists()


@as_root
def test_a_file_that_another_account_keeps_closed_is_told_with_both_names(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    fault = PermissionError(errno.EACCES, "Permission denied", str(folder / "secret_key"))

    told = own_folder.told_of(fault)

    assert told.startswith(f"{folder} belongs to nobody and is closed to root. Run it as nobody")


def test_a_file_of_our_own_that_is_closed_is_told_as_it_is(tmp_path):
    fault = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "secret_key"))

    assert own_folder.told_of(fault) == f"This cannot be done: Permission denied ({tmp_path}/secret_key)."


def test_a_full_disk_of_our_own_is_told_as_such():
    fault = OSError(errno.ENOSPC, "No space left on device", "/data/images")

    assert own_folder.told_of(fault) == "The disk is full (/data/images). Make room, and run it again."


def test_a_folder_that_cannot_be_made_is_told_of_without_a_trace(tmp_path):
    (tmp_path / "file").write_text("in the way")
    ran = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "settings"],
        cwd=HOUSE,
        env={"PATH": os.defpath, "DATA_DIR": str(tmp_path / "file" / "data")},
        capture_output=True,
        text=True,
    )

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"This cannot be done: Not a directory ({tmp_path}/file/data).\n"


def test_an_environment_of_another_account_is_told_as_such(tmp_path, monkeypatch):
    installer = runpy.run_path(str(HOUSE / "requirements" / "install.py"))
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "run.txt").write_text("")
    monkeypatch.setitem(installer["main"].__globals__, "PROJECT", tmp_path)
    monkeypatch.setitem(installer["main"].__globals__, "ENVIRONMENT", tmp_path / ".venv")
    # Root may write everywhere.
    monkeypatch.setattr(os, "access", lambda place, _mode: place != tmp_path / ".venv")

    with pytest.raises(SystemExit) as refused:
        installer["main"]("run")

    assert str(refused.value).startswith(f"{tmp_path / '.venv'} belongs to ")
    assert "cannot be written by" in str(refused.value)
    assert "python3-venv" not in str(refused.value)
