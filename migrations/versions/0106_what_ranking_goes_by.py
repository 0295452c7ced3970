"""By what free slots are ranked is kept here, in versions: what each part of a slot's cost weighs, and how long the way takes.

Until now the weights were written into the code, and a way was reckoned from the distance alone. From now on the ministry enters both; what
one transaction enters is a version, no version is ever changed, and the newest word of each thing counts. So a ranking of the past
can be reckoned again as it was.

Version 1 says what the code said until now. A process of the version before goes on ranking by its own numbers, which are the same until
the ministry enters others.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

from foundation.postgres.roles import LOADER
from migrations.walls import SERVICE_ROLES, forbid_change, keep_in_versions

revision = "0106"
down_revision = "0105"

MOST_MINUTES = 14 * 24 * 60


def upgrade() -> None:
    _versions()
    _weights()
    _travel_times()
    for table in ("routing_weights", "travel_time"):
        keep_in_versions(f"dispatch.{table}", held_by="dispatch.add_to_new_routing")
    op.execute("INSERT INTO dispatch.routing_version DEFAULT VALUES")
    op.execute(
        "INSERT INTO dispatch.routing_weights (valid_from, version, breach, waiting, travel_hour, basis_en, basis_ru) "
        "VALUES ('2000-01-01', 1, 10, 1, 0.6, 'Until the ministry enters its own', 'Пока министерство не ввело своих')"
    )


def _versions() -> None:
    op.create_table(
        "routing_version",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entered_at", TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        schema="dispatch",
    )
    op.execute(f"GRANT SELECT ON dispatch.routing_version TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON dispatch.routing_version TO {LOADER}")
    op.execute(
        "CREATE FUNCTION dispatch.current_routing() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE "
        "RETURN (SELECT max(number) FROM dispatch.routing_version)"
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.number_routing() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.number := coalesce(dispatch.current_routing() + 1, 1);
            NEW.entered_at := now();
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.add_to_new_routing() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (
                SELECT FROM dispatch.routing_version v WHERE v.number = NEW.version
                AND v.number = dispatch.current_routing() AND v.entered_at = now()
            ) THEN
                RAISE EXCEPTION 'routing stays as it was entered: what is told otherwise makes the next version'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER dispatch_routing_version_stands BEFORE INSERT ON dispatch.routing_version "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.number_routing()"
    )
    forbid_change("dispatch.routing_version")


def _weights() -> None:
    op.create_table(
        "routing_weights",
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("version", sa.Integer, sa.ForeignKey("dispatch.routing_version.number"), primary_key=True),
        sa.Column("breach", sa.Double, nullable=False),
        sa.Column("waiting", sa.Double, nullable=False),
        sa.Column("travel_hour", sa.Double, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        # What is no number is greater than every number.
        sa.CheckConstraint(
            "least(breach, waiting, travel_hour) >= 0 AND greatest(breach, waiting, travel_hour) <= 1000",
            name="ck_routing_weights_between",
        ),
        sa.CheckConstraint("basis_en <> '' AND basis_ru <> ''", name="ck_routing_weights_basis"),
        schema="dispatch",
    )


def _travel_times() -> None:
    facility = "identity.facility.id"
    op.create_table(
        "travel_time",
        sa.Column("from_facility_id", sa.Uuid, sa.ForeignKey(facility), primary_key=True),
        sa.Column("to_facility_id", sa.Uuid, sa.ForeignKey(facility), primary_key=True),
        sa.Column("version", sa.Integer, sa.ForeignKey("dispatch.routing_version.number"), primary_key=True),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.CheckConstraint(f"minutes BETWEEN 0 AND {MOST_MINUTES}", name="ck_travel_time_minutes"),
        sa.CheckConstraint("from_facility_id <> to_facility_id", name="ck_travel_time_two_places"),
        schema="dispatch",
    )
