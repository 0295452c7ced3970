"""Where the server answers and under which passwords; kept in a file only its owner may read."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlencode

from foundation.postgres.roles import LOGIN_ROLES, OWNER

ADMINISTRATOR = "postgres"
DATABASE = "center"
FILE_NAME = "address.json"


@dataclass(frozen=True)
class ServerAddress:
    """The folder of the server's socket, its port, and each role's password."""

    host: str
    port: int
    passwords: dict[str, str]

    def url(self, role: str, *, database: str = DATABASE) -> str:
        """The address for SQLAlchemy.

        Args:
            role: a role that may log in, or the owner: that one may not, so the administrator logs in and becomes it.
        """
        query = {"host": self.host, "port": str(self.port)}
        if role == OWNER:
            login, query["options"] = ADMINISTRATOR, f"-c role={OWNER}"
        else:
            login = role
        password = quote(self.passwords[login], safe="")
        return f"postgresql+psycopg2://{login}:{password}@/{database}?{urlencode(query, quote_via=quote)}"


def new_address() -> ServerAddress:
    """An address whose place is not known yet, with a fresh password for everybody who may log in."""
    return ServerAddress(
        host="",
        port=5432,
        passwords={role: secrets.token_urlsafe(24) for role in (ADMINISTRATOR, *LOGIN_ROLES)},
    )


def read_address(folder: Path) -> ServerAddress | None:
    """The address kept in this folder, if one is."""
    try:
        return ServerAddress(**json.loads((folder / FILE_NAME).read_text()))
    except FileNotFoundError:
        return None


def keep_address(folder: Path, address: ServerAddress, *, host: str) -> ServerAddress:
    """Write the address with its present place; a reader meets the old file or the new one, never half of one."""
    placed = replace(address, host=host)
    unfinished = folder / f"{FILE_NAME}.new"
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(placed), file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(folder / FILE_NAME)
    return placed
