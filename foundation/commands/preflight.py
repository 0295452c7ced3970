"""What every command looks at before it begins: the folder, the server, the tables. Each fault has its own sentence."""

import contextlib
from collections.abc import Iterator

from foundation.clock import now
from foundation.database.revisions import REACHED, known_revisions
from foundation.errors import CannotRun
from foundation.own_folder import require_own, require_room
from foundation.postgres.connections import fetch_value, reachable_url
from foundation.settings import Settings

# Both date what is kept, and what one of them has dated the other compares; sessions and bookings are counted in minutes.
CLOCKS_MAY_DIFFER_BY_S = 10 * 60
ITS_TIME = "SELECT extract(epoch FROM clock_timestamp())::float8"
MIGRATE = ".venv/bin/flask --app wsgi migrate"


@contextlib.contextmanager
def ready_url(settings: Settings, role: str, *, waits_for_room: bool = False) -> Iterator[str]:
    """The address for this role, of a database that can be worked with.

    Args:
        waits_for_room: for what is kept running: on a full disk it goes on with what needs no room, and is there afterwards.

    Raises:
        CannotRun: naming the fault and what helps.
        OSError: nobody answers.
    """
    require_own(settings.data_dir)
    if not waits_for_room:
        require_room(settings.data_dir)
    with reachable_url(settings, role) as url:
        require_same_time(url)
        require_migrated(url)
        yield url


def require_same_time(url: str) -> None:
    """Raises CannotRun: the database's clock and ours differ by more than ten minutes."""
    theirs, ours = fetch_value(url, ITS_TIME), now().timestamp()
    if isinstance(theirs, float) and abs(theirs - ours) > CLOCKS_MAY_DIFFER_BY_S:
        raise CannotRun(
            f"The clock of this machine and that of the database differ by {abs(theirs - ours) / 60:.0f} minutes, and both "
            "date what is kept. Set the one that is wrong, and run it again."
        )


def require_migrated(url: str) -> None:
    """Raises CannotRun: the tables are not there, or are those of an older version."""
    reached, known = fetch_value(url, REACHED), known_revisions()
    if not reached:
        raise CannotRun(
            f"The database holds no tables of ours yet. Make them: {MIGRATE} (make run does so by itself)."
        )
    if not known.suffice(reached):
        raise CannotRun(
            f"The database is at revision {reached}, and this version needs {known.newest}. Bring it up to date: {MIGRATE}"
        )
