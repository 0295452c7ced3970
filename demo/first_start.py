"""`python -m demo.first_start`: what the first start of a demo makes: the tables where they are missing, and the region.

One program instead of a command for each step: to read the service's code takes as long as a step. A process of its own
makes the tables while this one reads on, and others plan the region and store its pictures while this one enters it.
"""

import gc
import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.context import ForkProcess

from demo.loading.tables import make_kept_tables
from demo.people_file import people_file
from foundation import clock, logs, sealing
from foundation.child_processes import set_parent_death_signal
from foundation.commands.stages import tell_stage
from foundation.database.revisions import REACHED, known_revisions
from foundation.postgres.connections import administrators_url, fetch_value_as_owner, reachable_url
from foundation.postgres.demo_refusal import WHOSE_REGION
from foundation.postgres.roles import OWNER
from foundation.settings import Profile, Settings, load_settings

LANGUAGE = "en"


def main() -> int:
    # What is made here is written and done with: to look for circles among a hundred thousand rows takes a tenth of the time.
    gc.disable()
    settings = load_settings()
    if settings.profile is Profile.PRODUCTION:
        print("The demo region is never made in production.", file=sys.stderr)
        return 2
    logs.configure_logging(settings.log_level)
    clock.set_zone(settings.region_time_zone)
    sealing.set_key(settings.secret_key)
    tell_stage("Making the tables.")
    tables = _begun_tables(settings)
    # Only now: to read all that draws and loads a region takes as long as to make the tables.
    from demo.loading.region import preparing
    from demo.region import make_region
    from demo.sign_in_hints import people_to_try

    with preparing(settings, make_region()) as prepared, reachable_url(settings, OWNER) as url:
        tables.join()
        if tables.exitcode:
            return 1
        if fetch_value_as_owner(settings, WHOSE_REGION) != "nobody":
            print("This database holds a region already; the demo is made in an empty one.", file=sys.stderr)
            return 2
        people_file(settings.data_dir).write_text("\n".join(people_to_try(LANGUAGE)))
        prepared.load(url, on_progress=tell_stage)
    return 0


def _begun_tables(settings: Settings) -> ForkProcess:
    """The process that makes the tables as soon as the database is there; its exit code tells whether it could."""
    # Forked before anything is open that two could use.
    begun = get_context("fork").Process(target=_make_tables, args=(settings,))
    begun.start()
    return begun


def _make_tables(settings: Settings) -> None:
    set_parent_death_signal(signal.SIGKILL)
    with reachable_url(settings, OWNER) as url, administrators_url(settings) as administrators:
        reached = fetch_value_as_owner(settings, REACHED)
        if known_revisions().suffice(reached):
            return
        # An operator's database may hold what is not ours, and its login may not give tables away.
        if reached is None and not settings.database_url and make_kept_tables(administrators):
            return
        # Not before: to read all migrations takes as long as to make the kept tables.
        from foundation.database.migrations import migrate

        migrate(url)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A whole region in memory takes long to be given back object by object; the system takes it at once.
    os._exit(code)
