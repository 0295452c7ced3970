"""Which database a process speaks to, and as whom: the operator's if one is named, else the embedded one."""

import contextlib
import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import quote, urlencode

import psycopg2
from psycopg2.extensions import parse_dsn

from foundation.errors import CannotRun
from foundation.postgres.demo_refusal import refuse_demo
from foundation.postgres.embedded.address import ADMINISTRATOR, read_address
from foundation.postgres.embedded.running import folder_in, running
from foundation.postgres.passwords import connect_to
from foundation.postgres.roles import LOGIN_ROLES, OWNER, derived_passwords, libpq_url
from foundation.settings import Settings, SettingsRefused

# One "@", after the password: with others the driver would take a part of the password for the host, and name it.
PLAIN_ADDRESS = re.compile(r"postgres(ql)?(\+psycopg2)?://([^:@/?#\s]*(:[^@/?#\s]*)?@)?[^@\s]*")
ANSWERS_WITHIN_S = 10


# The oldest server on which our tables can be made; newer ones are what it is tested with.
OLDEST_SERVER, TESTED_SERVER = 16, 18


class DatabaseUnreachable(OSError):
    """Nobody answers, or not to us; one sentence without the password."""


def url_for(settings: Settings, role: str) -> str:
    """The address for this role, of the operator's server or of the embedded one that runs already.

    Raises:
        OSError: nothing has been started in the data folder yet.
    """
    if settings.database_url:
        return _operators_url(settings, role)
    address = read_address(folder_in(settings.data_dir))
    if address is None:
        raise OSError(f"there is no database in {settings.data_dir} yet; start the service with make run")
    return address.url(role)


@contextlib.contextmanager
def reachable_url(settings: Settings, role: str) -> Iterator[str]:
    """The address for this role; where no embedded server runs, one runs for the duration of the block.

    Raises:
        SettingsRefused: production and the database of a demo.
        OSError: the embedded server did not start, or nothing answers in production.
    """
    if settings.database_url:
        yield _allowed(settings, _operators_url(settings, role))
        return
    with running(settings.data_dir) as address:
        yield _allowed(settings, address.url(role))


@contextlib.contextmanager
def administrators_url(settings: Settings) -> Iterator[str]:
    """The address as which the whole of the database is written out or read in: the operator's as it is given.

    Raises:
        SettingsRefused: DATABASE_URL is no address.
        OSError: the embedded server did not start.
    """
    if settings.database_url:
        _require_plain(settings.database_url)
        yield settings.database_url
        return
    with running(settings.data_dir) as address:
        yield address.url(ADMINISTRATOR)


def serving_url(settings: Settings, role: str) -> str:
    """The address for a process that serves people.

    Raises:
        SettingsRefused: production and the database of a demo.
        OSError: nothing answers, so that nobody knows whose database it is; outside of production nobody asks.
    """
    return _allowed(settings, url_for(settings, role))


def require_compatible_database(settings: Settings) -> None:
    """Refuse before anything is made there.

    Raises:
        SettingsRefused: DATABASE_URL is no address; production and the database of a demo.
        CannotRun: the server is too old.
        OSError: nobody answers.
    """
    fetch_value_as_owner(settings, "SELECT true")
    refuse_demo(settings, partial(fetch_value_as_owner, settings))


def fetch_value_as_owner(settings: Settings, question: str) -> object:
    """What the database answers its owner; None where it does not know owner or table yet.

    Raises:
        DatabaseUnreachable: it does not answer at all.
    """
    url = settings.database_url or url_for(settings, OWNER)
    # Not as the owner from the first: on a fresh server of the operator's that role is still to be made.
    return fetch_value(url, f"SET ROLE {OWNER}; {question}")


def fetch_value(url: str, question: str) -> object:
    """The one value that the database answers; None where what is asked about is not there, or not for us.

    Raises:
        DatabaseUnreachable: nobody answers at this address.
        CannotRun: the server is too old.
    """
    with contextlib.closing(connected_to(url)) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(question)
        except (
            psycopg2.errors.UndefinedTable,
            psycopg2.errors.InvalidParameterValue,  # there is no such role
            psycopg2.errors.InsufficientPrivilege,
        ):
            return None
        row = cursor.fetchone()
        return row[0] if row else None


def connected_to(url: str) -> psycopg2.extensions.connection:
    """A connection of one's own, to be closed.

    Raises:
        SettingsRefused: it is no address.
        DatabaseUnreachable: nobody answers there.
        CannotRun: the server is too old.
    """
    _require_plain(url)
    try:
        connection = connect_to(url, connect_timeout=ANSWERS_WITHIN_S)
    except psycopg2.OperationalError as fault:
        reason = str(fault).strip().partition("\n")[0]
        raise DatabaseUnreachable(f"The database cannot be reached: {reason}") from None
    try:
        _require_supported(connection)
    except CannotRun:
        connection.close()
        raise
    return connection


def derives_passwords(settings: Settings) -> bool:
    """Whether our roles' passwords on the operator's server follow from our secret; not where a role's own login is given."""
    if not settings.database_url:
        return False
    _require_plain(settings.database_url)
    return parse_dsn(libpq_url(settings.database_url)).get("user") not in LOGIN_ROLES


def _require_supported(connection: psycopg2.extensions.connection) -> None:
    major = connection.server_version // 10_000
    if major < OLDEST_SERVER:
        raise CannotRun(
            f"The database server is PostgreSQL {major}. {OLDEST_SERVER} is the oldest that this service works with, and "
            f"{TESTED_SERVER} is what it is tested with: bring the server up to date, or name another in DATABASE_URL."
        )


def _allowed(settings: Settings, url: str) -> str:
    refuse_demo(settings, partial(fetch_value, url))
    return url


def _operators_url(settings: Settings, role: str) -> str:
    """A process given its own login uses it; given the administrator's, it still works only under its own role."""
    _require_plain(settings.database_url)
    given = parse_dsn(libpq_url(settings.database_url))
    if role == OWNER:
        given["options"] = f"-c role={OWNER}"
    elif given.get("user") not in LOGIN_ROLES:
        given |= {"user": role, "password": derived_passwords(settings.secret_key)[role]}
    login = f"{quote(given.pop('user', ''), safe='')}:{quote(given.pop('password', ''), safe='')}"
    database = quote(given.pop("dbname", ""), safe="")
    return f"postgresql+psycopg2://{login}@/{database}?{urlencode(given, quote_via=quote)}"


def _require_plain(url: str) -> None:
    """Refuse what the driver would misread: it quotes what it does not understand, and that may be the password."""
    with contextlib.suppress(psycopg2.ProgrammingError):
        if PLAIN_ADDRESS.fullmatch(url) and parse_dsn(libpq_url(url)):
            return
    raise SettingsRefused(
        [
            "DATABASE_URL is not an address such as postgresql://user:password@host:5432/name "
            "(special characters of the password are written as %40 and so on)"
        ]
    )
