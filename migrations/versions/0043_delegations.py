"""Who may act for whom: rights with their ends, and the ages that the law names.

A process of the version before knows nothing of them, and lets nobody act for anybody.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

from migrations.walls import LOADER, SERVICE_ROLES, WEB, forbid_change

revision = "0043"
down_revision = "0042"

MOMENT = TIMESTAMP(timezone=True)
# Federal law 323-FZ of 21 November 2011, in force since 2012; the Civil Code's first part since 1995.
LIMITS = (
    (
        "5b0c8f0e-6a3d-4a0e-9b57-2f7c5d1e0015",
        "own_access",
        15,
        "Federal law 323-FZ, articles 20 (part 2), 22 (part 2) and 54 (part 2)",
        "Федеральный закон № 323-ФЗ, статьи 20 (часть 2), 22 (часть 2) и 54 (часть 2)",
        date(2012, 1, 1),
    ),
    (
        "5b0c8f0e-6a3d-4a0e-9b57-2f7c5d1e0018",
        "of_age",
        18,
        "Civil Code of the Russian Federation, article 21 (part 1)",
        "Гражданский кодекс Российской Федерации, статья 21 (часть 1)",
        date(1995, 1, 1),
    ),
)


def upgrade() -> None:
    _limits()
    _delegations()
    _ends()


def _limits() -> None:
    table = op.create_table(
        "age_limit",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("kind", sa.Text, sa.CheckConstraint("kind IN ('own_access', 'of_age')"), nullable=False),
        sa.Column("years", sa.Integer, sa.CheckConstraint("years BETWEEN 1 AND 100"), nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False, server_default=sa.text("'infinity'")),
        sa.UniqueConstraint("kind", "valid_from", name="uq_age_limit_kind_valid_from"),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_age_limit_valid_to"),
        schema="identity",
    )
    names = ("id", "kind", "years", "basis_en", "basis_ru", "valid_from")
    op.bulk_insert(table, [dict(zip(names, each, strict=True)) for each in LIMITS])
    op.execute(f"GRANT SELECT ON identity.age_limit TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON identity.age_limit TO {LOADER}")


def _delegations() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("delegate_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("until_age", sa.Integer),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("evidence_sha256", sa.Text, nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("entered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.UniqueConstraint(
            "id", "patient_id", "delegate_id", name="uq_delegation_id_patient_id_delegate_id"
        ),
        sa.CheckConstraint("kind IN ('parent', 'guardian', 'grant')", name="ck_delegation_kind"),
        sa.CheckConstraint(
            "scopes <@ ARRAY['record', 'bookings', 'images'] AND cardinality(scopes) > 0",
            name="ck_delegation_scopes",
        ),
        sa.CheckConstraint("patient_id <> delegate_id", name="ck_delegation_delegate_id"),
        sa.CheckConstraint("ends_at > began_at", name="ck_delegation_ends_at"),
        sa.CheckConstraint("(kind = 'parent') = (until_age IS NOT NULL)", name="ck_delegation_until_age"),
        sa.CheckConstraint("basis <> ''", name="ck_delegation_basis"),
        schema="identity",
    )
    _guard("identity.delegation")


def _ends() -> None:
    op.create_table(
        "delegation_end",
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("delegate_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column("reason", sa.Text, sa.CheckConstraint("reason <> ''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["delegation_id", "patient_id", "delegate_id"],
            ["identity.delegation.id", "identity.delegation.patient_id", "identity.delegation.delegate_id"],
        ),
        schema="identity",
    )
    _guard("identity.delegation_end")


def _guard(table: str) -> None:
    """Both whom it concerns read it; operators and loaders enter it."""
    policy = table.replace(".", "_")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO {WEB}, {LOADER}")
    op.execute(f"GRANT INSERT ON {table} TO {LOADER}")
    op.execute(
        f"CREATE POLICY {policy}_concerned ON {table} FOR SELECT TO {WEB} "
        "USING ((SELECT foundation.actor_patient()) IN (patient_id, delegate_id))"
    )
    op.execute(f"CREATE POLICY {policy}_loader ON {table} TO {LOADER} USING (true) WITH CHECK (true)")
    forbid_change(table)
