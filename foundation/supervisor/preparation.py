"""What must be there before the processes start: the tables, and for the demo its region, whole or not at all."""

from collections.abc import Callable
from pathlib import Path

from foundation.connections import owners_answer, require_fit
from foundation.revisions import REACHED, known_revisions
from foundation.settings import Profile, Settings
from foundation.supervisor.database import KeptDatabase
from foundation.supervisor.place import CannotStart
from foundation.supervisor.processes import DEMO_REGION, MIGRATIONS, WHOSE_REGION, Process
from foundation.supervisor.talk import say


def prepare(settings: Settings, embedded: KeptDatabase | None, *, do: Callable[[Process], None]) -> None:
    """Migrate where migrations are missing, and make the demo region where there is none.

    A region that was broken off half-way would never be completed, so it is begun anew: nobody could use it yet.

    Raises:
        SettingsRefused: production and the database of a demo.
        CannotStart: a step failed, or the demo was to serve somebody's real database.
        OSError: the database cannot be reached.
    """
    require_fit(settings)
    unfinished = settings.data_dir / "demo-region.unfinished"
    if unfinished.exists():
        if embedded is None:
            raise CannotStart(
                "An earlier start was broken off while it made the demo region; empty the database, then remove "
                f"{unfinished}."
            )
        embedded.empty()
    if not known_revisions().suffice(owners_answer(settings, REACHED)):
        do(MIGRATIONS)
    whose = owners_answer(settings, WHOSE_REGION) if settings.profile is Profile.DEMO else ""
    if whose == "others":
        raise CannotStart(
            "This database holds people who are not the demo's, and the demo lets everybody in. "
            "Set PROFILE=production to serve it, or name another database."
        )
    if whose == "nobody":
        say("Making the demo region; only the first start does this.")
        unfinished.touch()
        people_file(settings).unlink(missing_ok=True)
        do(DEMO_REGION)
    unfinished.unlink(missing_ok=True)


def people_file(settings: Settings) -> Path:
    """Where the names of the demo people are remembered, for they change only with the region."""
    return settings.data_dir / "demo-people.txt"
