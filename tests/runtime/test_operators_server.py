"""With DATABASE_URL the operator's server is used: roles are made there, and each process works under its own."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from app_factory import create_app
from foundation.database.migrations import migrate
from foundation.postgres.connections import url_for
from foundation.postgres.embedded.address import ServerAddress
from foundation.postgres.roles import (
    LOADER,
    LOGIN_ROLES,
    OWNER,
    WEB,
    derived_passwords,
    libpq_url,
    prepare_roles,
)
from foundation.settings import Settings, load_settings
from tests.conftest import SECRET
from tests.ports import free_port, free_ports
from tests.runtime.operators_database import admins_url, somebodys_server
from tests.runtime.watching import Run, answers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """A server of somebody's, whose administrator of our database is no superuser."""
    with somebodys_server(tmp_path_factory.mktemp("operator")) as address:
        yield address


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[str]:
    """The address of our empty database on a server that has never heard of us."""
    with somebodys_server(tmp_path / "operator") as address:
        yield admins_url(address)


@pytest.fixture(scope="module")
def admin_url(server: ServerAddress) -> str:
    return admins_url(server)


@pytest.fixture(scope="module")
def settings(admin_url: str) -> Settings:
    prepare_roles(admin_url, derived_passwords(SECRET))
    return load_settings({"PROFILE": "test", "SECRET_KEY": SECRET, "DATABASE_URL": admin_url})


def who(url: str) -> tuple[str, str]:
    with contextlib.closing(psycopg2.connect(libpq_url(url))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT current_user, current_database()")
        return cursor.fetchone()


@pytest.mark.parametrize("role", LOGIN_ROLES)
def test_a_process_given_the_administrators_address_works_under_its_own_role(settings, role):
    assert who(url_for(settings, role)) == (role, "health")


def test_a_process_given_its_own_login_uses_it(server, settings):
    password = derived_passwords(SECRET)[LOADER]
    own = f"postgresql://{LOADER}:{password}@/health?host={server.host}&port={server.port}"
    given = load_settings({"PROFILE": "test", "SECRET_KEY": SECRET, "DATABASE_URL": own})

    assert who(url_for(given, WEB)) == (LOADER, "health")


def test_preparing_twice_changes_nothing(settings, admin_url):
    prepare_roles(admin_url, derived_passwords(SECRET))

    assert who(url_for(settings, WEB)) == (WEB, "health")


def test_an_administrator_who_is_no_superuser_can_migrate(settings):
    assert who(url_for(settings, OWNER)) == (OWNER, "health")
    assert migrate(url_for(settings, OWNER))


def test_what_a_new_version_needs_done_is_done_by_migrate_once(settings):
    ran = [create_app(settings).test_cli_runner().invoke(args=["migrate"]) for _ in range(2)]

    assert [each.exit_code for each in ran] == [0, 0]
    assert "Lines of the records drawn anew: 0." in ran[0].output
    assert "drawn anew" not in ran[1].output


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start the service with this database; whatever was started ends with the test."""
    runs: list[Run] = []

    def begin(database_url: str, **environment: str) -> Run:
        runs.append(
            Run(
                "runtime.supervisor",
                data_dir=tmp_path / "data",
                port=free_ports(),
                DATABASE_URL=database_url,
                **environment,
            )
        )
        return runs[-1]

    yield begin
    for run in reversed(runs):  # they share the folder
        run.end_surely()


@pytest.mark.timeout(400)
def test_the_service_starts_on_a_fresh_server_of_the_operators_and_again(fresh_server, supervisor):
    first = supervisor(fresh_server)
    first.wait_for("Everything is up.")
    assert answers(first.port, "/readyz")
    first.press_control_c()

    second = supervisor(fresh_server)
    second.wait_for("Everything is up.")

    assert "Making the demo region" in first.said()
    assert "Making the demo region" not in second.said()
    assert answers(second.port, "/readyz")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://admin:s3cret-word@127.0.0.1:{port}/health",
        "postgresql://admin:s3cret-word@/health?host=/nowhere",
        "postgresql://admin:s3cret-word@no-such-host.invalid/health",
    ],
)
def test_a_server_that_does_not_answer_is_told_in_one_sentence(supervisor, address):
    run = supervisor(address.format(port=free_port()))

    assert run.process.wait(60) == 2
    assert run.said().startswith("The database cannot be reached: ")
    assert run.said().count("\n") == 1
    assert "s3cret" not in run.said()


@pytest.mark.parametrize(
    "word", ["s3cret@w0rd", "s3cret/w0rd", "s3cret%w0rd", "s3cret?w0rd", "s3cret#w0rd", "s3cret w0rd"]
)
def test_an_address_whose_password_would_be_misread_is_refused_without_it(supervisor, word):
    run = supervisor(f"postgresql://admin:{word}@127.0.0.1:1/health")

    assert run.process.wait(60) == 2
    assert "DATABASE_URL is not an address" in run.said()
    assert "s3cret" not in run.said()
    assert "w0rd" not in run.said()
    assert "Traceback" not in run.said()
