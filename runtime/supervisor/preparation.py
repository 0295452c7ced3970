"""What must be there before the processes start: the tables, and for the demo its region, whole or not at all."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from demo.people_file import people_file
from emr.summaries.rules.drawing import DRAWN_BY, drawing_digest
from foundation.database.revisions import REACHED, known_revisions
from foundation.postgres.connections import fetch_value_as_owner, require_compatible_database
from foundation.postgres.demo_refusal import WHOSE_REGION
from foundation.settings import Profile, Settings
from runtime.supervisor.database import SupervisedDatabase
from runtime.supervisor.preflight import CannotStart
from runtime.supervisor.processes import DEMO_REGION, MIGRATIONS, Process

# Of demo.first_start: from this stage on it mostly waits for the database, and leaves a core to whoever reads code.
ENTERING = 2


class Finish(Protocol):
    """Waits until a step has ended, and hears the number of each stage that the step begins meanwhile."""

    def __call__(self, on_stage: Callable[[int], None] = ..., /) -> None: ...


def ignored(_stage: int) -> None:
    """For a step whose stages matter to nobody."""


class Steps(Protocol):
    """Who carries out what is to be done, and tells the person at the keyboard of it."""

    def stage(self, sentence: str) -> None: ...

    def hold_back(self) -> None: ...

    def run_step(self, step: Process) -> None: ...

    def running_step(self, step: Process) -> AbstractContextManager[Finish]: ...


def prepare(settings: Settings, embedded: SupervisedDatabase | None, steps: Steps) -> None:
    """Start the embedded database, migrate where tables or lines of the records are outdated, make the demo region where there is none.

    The region is one transaction, so that one that was broken off is not there.

    Raises:
        SettingsRefused: production and the database of a demo.
        CannotStart: a step failed, or the demo was to serve somebody's real database.
        OSError: the database cannot be reached.
    """
    if embedded is not None:
        if embedded.is_new() and settings.profile is Profile.DEMO:
            _make_demo(settings, embedded, steps)
            return
        steps.hold_back()
        embedded.start()
    else:
        steps.hold_back()
    require_compatible_database(settings)
    tables_suffice = known_revisions().suffice(fetch_value_as_owner(settings, REACHED))
    if not tables_suffice or fetch_value_as_owner(settings, DRAWN_BY) != drawing_digest():
        steps.stage("Bringing the tables up to date.")
        steps.run_step(MIGRATIONS)
    whose = fetch_value_as_owner(settings, WHOSE_REGION) if settings.profile is Profile.DEMO else ""
    if whose == "others":
        raise CannotStart(
            "This database holds people who are not the demo's, and the demo lets everybody in. "
            "Set PROFILE=production to serve it, or name another database."
        )
    if whose == "nobody":
        steps.stage("Making the demo region; only the first start does this.")
        people_file(settings.data_dir).unlink(missing_ok=True)
        steps.run_step(DEMO_REGION)


def _make_demo(settings: Settings, embedded: SupervisedDatabase, steps: Steps) -> None:
    """The very first start: much of the region needs no database, and is made while there is none yet."""
    steps.stage("Making the demo region; only the first start does this.")
    people_file(settings.data_dir).unlink(missing_ok=True)
    with steps.running_step(DEMO_REGION) as finish:
        embedded.start()
        finish(lambda stage: steps.hold_back() if stage == ENTERING else None)
