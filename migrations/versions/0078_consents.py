"""What a person consents to: each answer a dated row, with the version of the text that was read; nothing is ever changed.

What somebody answers for another ends with the right by which they did. A process of the version before knows of no consents,
and does nothing that would need one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import LOADER, WEB, WORKER, forbid_change, guard_patient_table

revision = "0078"
down_revision = "0077"

MOMENT = TIMESTAMP(timezone=True)
CONSENT = "identity.consent"
# Whoever acts for a child or a ward answers in their place, for no longer than the right lasts; by an own grant nobody does.
BY_RIGHT = (
    "EXISTS (SELECT 1 FROM identity.delegation AS d WHERE d.id = consent.delegation_id "
    "AND d.patient_id = consent.patient_id AND d.kind IN ('parent', 'guardian') "
    "AND consent.stands_until IS NOT NULL AND consent.stands_until <= d.ends_at)"
)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("text_version", sa.Integer, nullable=False),
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id")),
        sa.Column("stands_until", MOMENT),
        sa.Column("decided_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("purpose IN ('research', 'reminders', 'sharing')", name="ck_consent_purpose"),
        sa.CheckConstraint("decision IN ('permit', 'deny')", name="ck_consent_decision"),
        sa.CheckConstraint("text_version > 0", name="ck_consent_text_version"),
        sa.CheckConstraint(
            "(delegation_id IS NULL) = (stands_until IS NULL)", name="ck_consent_stands_until"
        ),
        schema="identity",
    )
    guard_patient_table(CONSENT, part="whole")
    # Nobody answers for a person but who they are, or who acts for them: no file is loaded that would say so.
    op.execute(f"REVOKE INSERT ON {CONSENT} FROM {LOADER}")
    op.execute(
        f"CREATE POLICY identity_consent_add ON {CONSENT} FOR INSERT TO {WEB} WITH CHECK ("
        "patient_id = (SELECT foundation.actor_patient('whole')) AND decided_at = now() "
        "AND (SELECT foundation.actor_kind()) IN ('citizen', 'delegate') "
        "AND delegation_id IS NOT DISTINCT FROM (SELECT foundation.actor_delegation()) "
        f"AND (delegation_id IS NULL OR {BY_RIGHT}))"
    )
    forbid_change(CONSENT)
    # Who asks in nobody's name whether a consent stands: it ends with the right by which it was given.
    op.execute(f"GRANT SELECT ON identity.delegation_end TO {WORKER}")
    op.execute(
        f"CREATE POLICY identity_delegation_end_worker ON identity.delegation_end FOR SELECT TO {WORKER} USING (true)"
    )
