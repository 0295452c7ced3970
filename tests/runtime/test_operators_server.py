"""With DATABASE_URL the operator's server is used: roles are made there, and each process works under its own."""

import contextlib
from collections.abc import Iterator

import psycopg2
import pytest

from foundation.connections import url_for
from foundation.database_roles import (
    LOADER,
    LOGIN_ROLES,
    OWNER,
    WEB,
    derived_passwords,
    libpq_url,
    prepare_roles,
)
from foundation.embedded_postgres import ServerAddress, running
from foundation.migrations import migrate
from foundation.settings import Settings, load_settings

KEY = "the operator's secret key, long enough"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """A server of somebody's, whose administrator of our database is no superuser."""
    with running(tmp_path_factory.mktemp("operator"), durable=False) as address:
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


@pytest.fixture(scope="module")
def admin_url(server: ServerAddress) -> str:
    return f"postgresql://admin:admin@/health?host={server.host}&port={server.port}"


@pytest.fixture(scope="module")
def settings(admin_url: str) -> Settings:
    prepare_roles(admin_url, derived_passwords(KEY))
    return load_settings({"PROFILE": "test", "SECRET_KEY": KEY, "DATABASE_URL": admin_url})


def who(url: str) -> tuple[str, str]:
    with contextlib.closing(psycopg2.connect(libpq_url(url))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT current_user, current_database()")
        return cursor.fetchone()


@pytest.mark.parametrize("role", LOGIN_ROLES)
def test_a_process_given_the_administrators_address_works_under_its_own_role(settings, role):
    assert who(url_for(settings, role)) == (role, "health")


def test_a_process_given_its_own_login_uses_it(server, settings):
    password = derived_passwords(KEY)[LOADER]
    own = f"postgresql://{LOADER}:{password}@/health?host={server.host}&port={server.port}"
    given = load_settings({"PROFILE": "test", "SECRET_KEY": KEY, "DATABASE_URL": own})

    assert who(url_for(given, WEB)) == (LOADER, "health")


def test_preparing_twice_changes_nothing(settings, admin_url):
    prepare_roles(admin_url, derived_passwords(KEY))

    assert who(url_for(settings, WEB)) == (WEB, "health")


def test_an_administrator_who_is_no_superuser_can_migrate(settings):
    assert who(url_for(settings, OWNER)) == (OWNER, "health")
    assert migrate(url_for(settings, OWNER))
