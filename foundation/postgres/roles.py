"""The roles that the service works under, made the same way on the embedded server and on the operator's."""

import base64
import contextlib
import hashlib
import hmac
from collections.abc import Mapping

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection, cursor, encrypt_password

OWNER = "center_owner"
WEB = "center_web"
WORKER = "center_worker"
LOADER = "center_loader"
# Owns the few functions that look before anybody is signed in; never logs in.
DOORKEEPER = "center_doorkeeper"
LOGIN_ROLES = (WEB, WORKER, LOADER)

# Any number, the same in every process: two preparations at once would trip over each other.
PREPARATION_LOCK = 7_230_114


def libpq_url(url: str) -> str:
    """The same address without the name of SQLAlchemy's driver."""
    return "postgresql://" + url.partition("://")[2]


def derived_passwords(secret_key: str) -> dict[str, str]:
    """The passwords on an operator's server: nothing to keep, the same in every process that knows the key."""
    return {role: _derived_password(secret_key, role) for role in LOGIN_ROLES}


def _derived_password(secret_key: str, role: str) -> str:
    digest = hmac.new(secret_key.encode(), f"database role {role}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def prepare_roles(admin_url: str, passwords: Mapping[str, str]) -> None:
    """Make the owner and the login roles in the database of this address, and set the passwords.

    Args:
        admin_url: a superuser's address, or of a login that may create roles and grants on the database.
    """
    with contextlib.closing(psycopg2.connect(libpq_url(admin_url))) as opened, opened:
        _prepare(opened, passwords)


def hand_roles_to_database_owner(superusers_url: str) -> None:
    """Let the login that owns the database administer our roles, as if it had made them itself: it is the one that migrates."""
    with (
        contextlib.closing(psycopg2.connect(libpq_url(superusers_url))) as opened,
        opened,
        opened.cursor() as asking,
    ):
        asking.execute(
            "SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba "
            "WHERE d.datname = current_database() AND NOT r.rolsuper"
        )
        for (owner,) in asking.fetchall():
            for role in (OWNER, DOORKEEPER, *LOGIN_ROLES):
                asking.execute(
                    sql.SQL("GRANT {} TO {} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE").format(
                        sql.Identifier(role), sql.Identifier(owner)
                    )
                )


def _prepare(opened: connection, passwords: Mapping[str, str]) -> None:
    bounds = sql.SQL("NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS")
    with opened.cursor() as asking:
        asking.execute("SELECT pg_advisory_xact_lock(%s)", (PREPARATION_LOCK,))
        asking.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'center\\_%'")
        present = {name for (name,) in asking.fetchall()}
        for role in {OWNER, DOORKEEPER, *passwords} - present:
            asking.execute(sql.SQL("CREATE ROLE {} NOLOGIN {}").format(sql.Identifier(role), bounds))
        for role, password in passwords.items():
            # Hashed on this side, so that no log of the server ever holds the password.
            hashed = encrypt_password(password, role, opened, "scram-sha-256")
            asking.execute(
                sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(hashed))
            )
        _grant(asking, opened.info.dbname, passwords)


def _grant(asking: cursor, database: str, passwords: Mapping[str, str]) -> None:
    names = {"database": sql.Identifier(database), "owner": sql.Identifier(OWNER)}
    logins = sql.SQL(", ").join(map(sql.Identifier, passwords))
    asking.execute("SELECT pg_has_role(current_user, %s, 'SET')", (OWNER,))
    if asking.fetchone() == (False,):
        # A creator who is no superuser may administer the new role, but not become it.
        asking.execute(sql.SQL("GRANT {owner} TO CURRENT_USER WITH SET TRUE, INHERIT FALSE").format(**names))
    doorkeeper = sql.Identifier(DOORKEEPER)
    asking.execute(
        sql.SQL("GRANT {doorkeeper} TO {owner} WITH SET TRUE, INHERIT FALSE").format(
            doorkeeper=doorkeeper, **names
        )
    )
    asking.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    asking.execute(sql.SQL("GRANT CONNECT, CREATE ON DATABASE {database} TO {owner}").format(**names))
    asking.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {logins}").format(logins=logins, **names))
