"""While the service's secret is being changed, a role's password may be that of either secret: one of them opens."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import psycopg2
from psycopg2.extensions import connection, parse_dsn

from foundation.postgres.roles import libpq_url

Opened = TypeVar("Opened")

# Of each role on the operator's server, the password that the further secret gives it.
_further: dict[str, str] = {}


def set_further_passwords(passwords: Mapping[str, str]) -> None:
    """From now on these are tried where the first password does not open."""
    _further.clear()
    _further.update(passwords)


def opened_as(role: str, connect: Callable[[dict[str, str]], Opened]) -> Opened:
    """A connection as the role.

    Args:
        connect: opens it with what it is given in the place of the address' own; raises OperationalError.
    """
    try:
        return connect({})
    except psycopg2.OperationalError:
        if role not in _further:
            raise
        return connect({"password": _further[role]})


def connect_to(url: str, **options: Any) -> connection:
    """A connection to an address of ours. Raises OperationalError."""
    address = libpq_url(url)

    def connect(other: dict[str, str]) -> connection:
        given: dict[str, Any] = {**options, **other}
        opened: connection = psycopg2.connect(address, **given)
        return opened

    return opened_as(parse_dsn(address).get("user", ""), connect)
