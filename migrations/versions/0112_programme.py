"""What the programme of informatisation brought: equipment by facility and year, and what was spent, entered by tables.

A process of the version before knows nothing of it.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import LOADER
from migrations.walls import SERVICE_ROLES

revision = "0112"
down_revision = "0111"

NUMBERS = ("workplaces", "multifunction_devices", "workplaces_to_automate", "workplaces_on_network")
YEARS = "year BETWEEN 1990 AND 2100"


def upgrade() -> None:
    op.create_table(
        "equipment",
        sa.Column("facility_id", sa.Uuid, sa.ForeignKey("identity.facility.id"), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in NUMBERS),
        sa.CheckConstraint(YEARS, name="year"),
        sa.CheckConstraint(f"least({', '.join(NUMBERS)}) >= 0", name="numbers"),
        sa.CheckConstraint("workplaces_on_network <= workplaces_to_automate", name="on_network"),
        schema="dispatch",
    )
    op.create_table(
        "programme_expense",
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("roubles", sa.BigInteger, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.CheckConstraint(YEARS, name="year"),
        sa.CheckConstraint("roubles >= 0", name="roubles"),
        sa.CheckConstraint("basis_en <> '' AND basis_ru <> ''", name="basis"),
        schema="dispatch",
    )
    for table in ("equipment", "programme_expense"):
        op.execute(f"GRANT SELECT ON dispatch.{table} TO {', '.join(SERVICE_ROLES)}")
        op.execute(f"GRANT INSERT, UPDATE ON dispatch.{table} TO {LOADER}")
