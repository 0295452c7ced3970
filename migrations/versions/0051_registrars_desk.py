"""The registrar's desk: who asks for their record to be found, and who is provisional.

A process of the version before keeps no request.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import LOADER, WEB, WORKER

revision = "0051"
down_revision = "0050"

TABLE = "identity.record_request"


def upgrade() -> None:
    op.create_table(
        "record_request",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("account_id", UUID, sa.ForeignKey("identity.account.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("proven_sealed", sa.LargeBinary, nullable=False),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("asked_at", TIMESTAMP(timezone=True), nullable=False),
        sa.UniqueConstraint(
            "account_id", "facility_id", "asked_on", name="uq_record_request_account_id_facility_id_asked_on"
        ),
        schema="identity",
    )
    op.create_index(
        "ix_record_request_facility_id_asked_at",
        "record_request",
        ["facility_id", "asked_at", "id"],
        schema="identity",
    )
    op.create_index("ix_record_request_asked_at", "record_request", ["asked_at"], schema="identity")
    _guard_requests()
    op.execute("CREATE INDEX ix_patient_provisional ON identity.patient (id) WHERE provisional")


def _guard_requests() -> None:
    """Each is made by its own account, read by the registrars of the facility that was asked, and swept by the worker."""
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {TABLE} TO {WEB}")
    op.execute(f"GRANT SELECT, DELETE ON {TABLE} TO {WORKER}")
    op.execute(f"GRANT SELECT, UPDATE (proven_sealed) ON {TABLE} TO {LOADER}")
    op.execute(
        f"CREATE POLICY record_request_own_add ON {TABLE} FOR INSERT TO {WEB} WITH CHECK ("
        "account_id = (SELECT foundation.actor_account()) AND (SELECT foundation.actor_kind()) = 'citizen' "
        "AND asked_at BETWEEN now() - interval '10 minutes' AND now() + interval '10 minutes')"
    )
    op.execute(
        f"CREATE POLICY record_request_registrar ON {TABLE} FOR SELECT TO {WEB} USING ("
        "(SELECT foundation.actor_role()) = 'registrar' AND facility_id = (SELECT foundation.actor_facility()))"
    )
    op.execute(f"CREATE POLICY record_request_worker ON {TABLE} TO {WORKER} USING (true)")
    op.execute(f"CREATE POLICY record_request_loader ON {TABLE} TO {LOADER} USING (true) WITH CHECK (true)")
