"""`python -m demo.loading.keep_region`: makes what of the usual region is the same every day, as `make install` has it do."""

import tempfile
from pathlib import Path

from demo.loading.dispatch import usual_terms, write_history
from demo.loading.history import keep_history
from demo.loading.keeping import forget
from demo.loading.records import keep_records, write_records
from demo.loading.tables import keep_tables
from demo.region import make_region
from foundation import clock
from foundation.database.migrations import migrate
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import OWNER
from foundation.settings import load_settings


def main() -> None:
    clock.set_zone(load_settings().region_time_zone)
    region, terms = make_region(), usual_terms()
    forget()
    keep_history(write_history(region, terms), region, terms)
    keep_records(write_records(region), region)
    with (
        tempfile.TemporaryDirectory(prefix="center-") as folder,
        running(Path(folder), durable=False) as address,
    ):
        migrate(address.url(OWNER))
        keep_tables(address)


if __name__ == "__main__":
    main()
