"""`python -m demo.first_start`: what the first start of a demo makes: the tables where they are missing, and the region.

One process, and one for the pictures, instead of a command for each step: to read the service's code takes as long as
a step. It makes what needs no database while the database is still being started, and says in sentences what it does.
"""

import gc
import sys

from demo.loading.region import preparing
from demo.people_file import people_file
from demo.region import make_region
from demo.sign_in_hints import people_to_try
from foundation import clock, logs, sealing
from foundation.commands.stages import tell_stage
from foundation.database.migrations import migrate
from foundation.database.revisions import REACHED, known_revisions
from foundation.postgres.connections import fetch_value_as_owner, reachable_url
from foundation.postgres.demo_refusal import WHOSE_REGION
from foundation.postgres.roles import OWNER
from foundation.settings import Profile, load_settings

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
    tell_stage("Drawing the pictures of the demo region.")
    with preparing(settings, make_region()) as prepared, reachable_url(settings, OWNER) as url:
        if not known_revisions().suffice(fetch_value_as_owner(settings, REACHED)):
            tell_stage("Making the tables.")
            migrate(url)
        if fetch_value_as_owner(settings, WHOSE_REGION) != "nobody":
            print("This database holds a region already; the demo is made in an empty one.", file=sys.stderr)
            return 2
        people_file(settings.data_dir).write_text("\n".join(people_to_try(LANGUAGE)))
        prepared.load(url, on_progress=tell_stage)
    return 0


if __name__ == "__main__":
    sys.exit(main())
