"""What a test of routing enters goes when it ends: versions are forever, and other tests rank by what they know."""

import pytest
from sqlalchemy import text

from tests.registers import Loading

# Each names its version.
TABLES = ("routing_decision", "routing_weights", "travel_time", "route_target", "route_rule", "capability")


@pytest.fixture
def load(command, tmp_path):
    return Loading(command, tmp_path)


@pytest.fixture
def code(as_administrator):
    """By what an operator's table knows a facility."""

    def of(facility_id) -> str:
        with as_administrator() as connection:
            return connection.scalar(
                text("SELECT code FROM identity.facility WHERE id = :id"), {"id": facility_id}
            )

    return of


@pytest.fixture
def version(as_administrator):
    """The newest version."""

    def newest() -> int:
        with as_administrator() as connection:
            return connection.scalar(text("SELECT dispatch.current_routing()"))

    return newest


@pytest.fixture(autouse=True)
def forgotten(as_administrator, version):
    before = version()
    yield
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in TABLES:
            connection.execute(
                text(f"DELETE FROM dispatch.{table} WHERE version > :before"), {"before": before}
            )
        connection.execute(
            text("DELETE FROM dispatch.routing_version WHERE number > :before"), {"before": before}
        )
