"""Which database a process speaks to, and as whom: the operator's if one is named, else the embedded one."""

import contextlib
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from psycopg2.extensions import parse_dsn

from foundation.database_roles import LOGIN_ROLES, OWNER, derived_passwords, libpq_url
from foundation.embedded_postgres import folder_in, read_address, running
from foundation.settings import Settings


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
def reachable(settings: Settings, role: str) -> Iterator[str]:
    """The address for this role; where no embedded server runs, one runs for the duration of the block."""
    if settings.database_url:
        yield _operators_url(settings, role)
        return
    with running(settings.data_dir) as address:
        yield address.url(role)


def _operators_url(settings: Settings, role: str) -> str:
    """A process given its own login uses it; given the administrator's, it still works only under its own role."""
    given = parse_dsn(libpq_url(settings.database_url))
    if role == OWNER:
        given["options"] = f"-c role={OWNER}"
    elif given.get("user") not in LOGIN_ROLES:
        given |= {"user": role, "password": derived_passwords(settings.secret_key)[role]}
    login = f"{quote(given.pop('user', ''), safe='')}:{quote(given.pop('password', ''), safe='')}"
    database = quote(given.pop("dbname", ""), safe="")
    return f"postgresql+psycopg2://{login}@/{database}?{urlencode(given, quote_via=quote)}"
