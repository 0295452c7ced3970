"""Orders of the ministry say where patients of a facility go for a service, and whom a facility may serve is kept beside them.

An order is a rule for a facility that refers, a service and a time: its targets in their order. A place that it does not name is offered all
the same, at a cost (`outside_order`); a place that may not serve the patient (age, sex, a licence that has ended) is not offered. Both
are told in the versions of 0106.

Until an order or a limit is entered nothing changes. A process of the version before ranks without them, and a loader of it that enters
weights leaves `outside_order` as it comes along.
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import keep_in_versions

revision = "0114"
down_revision = "0113"

FACILITY, SERVICE, VERSION = (
    "identity.facility.id",
    "dispatch.service.code",
    "dispatch.routing_version.number",
)
OLDEST = 150


def upgrade() -> None:
    op.execute(
        "ALTER TABLE dispatch.routing_weights ADD COLUMN outside_order double precision NOT NULL DEFAULT 0.5 "
        "CONSTRAINT ck_routing_weights_outside_order CHECK (outside_order BETWEEN 0 AND 1000)"
    )
    _rules()
    _targets()
    _capabilities()
    for table in ("route_rule", "route_target", "capability"):
        keep_in_versions(f"dispatch.{table}", held_by="dispatch.add_to_new_routing")


def _rules() -> None:
    op.create_table(
        "route_rule",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("from_facility_id", sa.Uuid, sa.ForeignKey(FACILITY), nullable=False),
        sa.Column("service_code", sa.Text, sa.ForeignKey(SERVICE), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False, server_default=sa.text("'infinity'")),
        sa.Column("version", sa.Integer, sa.ForeignKey(VERSION), nullable=False),
        sa.Column("order_number", sa.Text, nullable=False),
        sa.Column("ordered_on", sa.Date, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.UniqueConstraint("from_facility_id", "service_code", "valid_from", "version"),
        sa.UniqueConstraint("id", "version"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_route_rule_valid"),
        sa.CheckConstraint(
            "order_number <> '' AND basis_en <> '' AND basis_ru <> ''", name="ck_route_rule_basis"
        ),
        schema="dispatch",
    )


def _targets() -> None:
    op.create_table(
        "route_target",
        sa.Column("rule_id", sa.Uuid, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("facility_id", sa.Uuid, sa.ForeignKey(FACILITY), nullable=False),
        # Of its rule: what is in force stays whole.
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id", "version"], ["dispatch.route_rule.id", "dispatch.route_rule.version"]
        ),
        sa.UniqueConstraint("rule_id", "facility_id"),
        sa.CheckConstraint("position > 0", name="ck_route_target_position"),
        schema="dispatch",
    )


def _capabilities() -> None:
    op.create_table(
        "capability",
        sa.Column("service_code", sa.Text, sa.ForeignKey(SERVICE), primary_key=True),
        sa.Column("facility_id", sa.Uuid, sa.ForeignKey(FACILITY), primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("version", sa.Integer, sa.ForeignKey(VERSION), primary_key=True),
        sa.Column("valid_to", sa.Date, nullable=False, server_default=sa.text("'infinity'")),
        sa.Column("age_from", sa.Integer, nullable=False, server_default="0"),
        sa.Column("age_to", sa.Integer, nullable=False, server_default=str(OLDEST)),
        sa.Column("sex", sa.Text),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_capability_valid"),
        sa.CheckConstraint(
            f"age_from >= 0 AND age_from <= age_to AND age_to <= {OLDEST}", name="ck_capability_age"
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name="ck_capability_sex"),
        schema="dispatch",
    )
