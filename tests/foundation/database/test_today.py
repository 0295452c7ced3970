"""What the database holds for today is the region's day, whatever the hour and wherever the server stands."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from foundation import clock
from foundation.database import process_engines
from foundation.postgres.roles import WEB

HOUSE = Path(__file__).parents[3]
# At every hour the day of one of the two is another than the day of UTC.
FARTHEST = ("Etc/GMT+12", "Pacific/Kiritimati")
DAY_OF_THE_SERVER = re.compile(r"current_date|\bnow\(\)::date", re.IGNORECASE)
# It lets in a day more than the server's own; what is exact, the service has looked at.
WITH_A_DAY_TO_SPARE = {"identity.record_death"}
SAID = """
    SELECT p.oid::regproc::text, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^(pg_|information_schema)' AND p.prokind = 'f'
    UNION ALL SELECT policyname, concat(qual, with_check) FROM pg_policies
    UNION ALL SELECT c.oid::regclass::text, pg_get_viewdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'v' AND n.nspname !~ '^(pg_|information_schema)'
"""


@pytest.mark.parametrize("name", FARTHEST)
def test_today_is_the_day_of_the_region(postgres, monkeypatch, name):
    monkeypatch.setattr(clock, "_zone", [ZoneInfo(name)])
    asked = text("SELECT foundation.today(), now()")
    with process_engines.connected(postgres.url(WEB), pool_size=1):
        with process_engines.engine().connect() as connection:
            in_a_transaction, at = connection.execute(asked).one()
        with process_engines.unauthenticated_connection() as connection:
            alone, later = connection.execute(asked).one()

    assert in_a_transaction == _day(at, name)
    assert alone == _day(later, name)


def _day(at: datetime, zone: str):
    return at.astimezone(ZoneInfo(zone)).date()


def test_nobody_who_says_no_zone_is_given_another_than_utc(engines):
    with engines["administrator"].connect() as connection:
        connection.execute(text("SET LOCAL app.zone = ''"))
        today, at = connection.execute(text("SELECT foundation.today(), now()")).one()

    assert today == _day(at, "UTC")


def test_the_database_asks_for_no_other_day(engines):
    with engines["administrator"].connect() as connection:
        said = connection.execute(text(SAID)).all()

    assert len(said) > 300
    assert {name for name, body in said if DAY_OF_THE_SERVER.search(body)} == WITH_A_DAY_TO_SPARE


def test_neither_does_a_query():
    queries = [*HOUSE.glob("*/**/queries.py"), *HOUSE.glob("*/**/queries/*.py")]
    queries = [each for each in queries if ".venv" not in each.parts]

    assert len(queries) > 60
    assert [str(each) for each in queries if "current_date" in each.read_text()] == []
