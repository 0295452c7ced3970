"""What must be there before the processes start: the tables, and for the demo its region, whole or not at all."""

from collections.abc import Callable

from foundation.settings import Profile, Settings
from foundation.supervisor.database import KeptDatabase, answer
from foundation.supervisor.place import CannotStart
from foundation.supervisor.processes import DEMO_REGION, IS_EMPTY, MIGRATIONS, Process
from foundation.supervisor.talk import say


def prepare(settings: Settings, embedded: KeptDatabase | None, *, do: Callable[[Process], None]) -> None:
    """Migrate, and make the demo region where there is none.

    A region that was broken off half-way would never be completed, so it is begun anew: nobody could use it yet.
    """
    unfinished = settings.data_dir / "demo-region.unfinished"
    if unfinished.exists():
        if embedded is None:
            raise CannotStart(
                "An earlier start was broken off while it made the demo region; empty the database, then remove "
                f"{unfinished}."
            )
        embedded.empty()
    do(MIGRATIONS)
    if settings.profile is Profile.DEMO and answer(settings, IS_EMPTY):
        say("Making the demo region; only the first start does this.")
        unfinished.touch()
        do(DEMO_REGION)
    unfinished.unlink(missing_ok=True)
