"""Who the database server runs as: PostgreSQL refuses to be root, so root lends it an account that owns nothing else."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNPRIVILEGED = ("nobody", "daemon")


@dataclass(frozen=True)
class ServerUser:
    """The user and group of the server; `None` stands for ourselves."""

    user_id: int | None
    group_id: int | None

    @property
    def differs_from_ours(self) -> bool:
        """Whether the server runs as somebody else than we do."""
        return self.user_id is not None

    def as_process(self) -> dict[str, Any]:
        """The arguments that make a `subprocess` run as this account."""
        if not self.differs_from_ours:
            return {}
        return {"user": self.user_id, "group": self.group_id, "extra_groups": []}

    def take(self, folder: Path) -> None:
        """Make the folder, private to this account."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user_id is not None and self.group_id is not None:
            os.chown(folder, self.user_id, self.group_id)
        folder.chmod(0o700)


def server_user_for(home: Path) -> ServerUser:
    """Ourselves, or for root the owner of an earlier cluster, or an account made for owning nothing."""
    if os.geteuid() != 0:
        return ServerUser(None, None)
    if home.exists() and home.stat().st_uid != 0:
        return ServerUser(home.stat().st_uid, home.stat().st_gid)
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid)
    raise OSError("there is no unprivileged account to run the database as; start as an ordinary user")
