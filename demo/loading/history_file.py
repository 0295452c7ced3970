"""`python -m demo.loading.history_file`: reckons the history of the usual region and keeps it, as `make install` has it do."""

from demo.loading.dispatch import usual_terms, write_history
from demo.loading.history import keep_history
from demo.region import make_region
from foundation import clock
from foundation.settings import load_settings


def main() -> None:
    clock.set_zone(load_settings().region_time_zone)
    region, terms = make_region(), usual_terms()
    keep_history(write_history(region, terms), region, terms)


if __name__ == "__main__":
    main()
