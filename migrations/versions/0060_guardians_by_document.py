"""A registrar enters the guardian of an adult by the document that they have seen, and ends it; both people are told.

The right is a row of `identity.delegation` like every other, and what was seen of the paper stands beside it under the same
number. A process of the version before enters none, and knows of them as of any.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import LOADER, WEB
from migrations.walls import guard_patient_table

revision = "0060"
down_revision = "0059"

MOMENT = TIMESTAMP(timezone=True)
PAPER, RIGHT, END = "identity.guardianship", "identity.delegation", "identity.delegation_end"
REGISTRAR = "(SELECT foundation.actor_role()) = 'registrar'"
BY_ACTOR = (
    "staff_id = (SELECT foundation.actor_staff()) AND facility_id = (SELECT foundation.actor_facility()) "
    "AND (SELECT identity.actor_at_post())"
)
BOTH_IN_CARE = "identity.in_care(patient_id) AND identity.in_care(delegate_id)"


def upgrade() -> None:
    _papers()
    _rights()
    _ends()
    _messages()


def _papers() -> None:
    op.create_table(
        "guardianship",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("delegate_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("document_kind", sa.Text, nullable=False),
        sa.Column("number_sealed", sa.LargeBinary, nullable=False),
        sa.Column("issuer", sa.Text, sa.CheckConstraint("issuer <> ''"), nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.ForeignKeyConstraint(
            ["id", "patient_id", "delegate_id"],
            ["identity.delegation.id", "identity.delegation.patient_id", "identity.delegation.delegate_id"],
        ),
        schema="identity",
    )
    guard_patient_table(PAPER, readers=("registrar",), part="whole")
    op.execute(
        f"CREATE POLICY identity_guardianship_add ON {PAPER} FOR INSERT TO {WEB} "
        f"WITH CHECK ({REGISTRAR} AND {BY_ACTOR} AND {BOTH_IN_CARE} AND entered_at = now())"
    )
    # The service's secret may be changed.
    op.execute(f"GRANT UPDATE (number_sealed) ON {PAPER} TO {LOADER}")


def _rights() -> None:
    """Of a guardian alone; its beginning is told by a clock that may differ a little."""
    op.execute(f"GRANT INSERT ON {RIGHT} TO {WEB}")
    op.execute(
        f"CREATE POLICY identity_delegation_of_guardian ON {RIGHT} FOR INSERT TO {WEB} WITH CHECK ("
        f"kind = 'guardian' AND {REGISTRAR} AND {BY_ACTOR} AND {BOTH_IN_CARE} AND entered_at = now() "
        "AND began_at BETWEEN now() - interval '5 minutes' AND now() + interval '5 minutes')"
    )


def _ends() -> None:
    """Asked of the papers, which a registrar reads: rights are no part of what registrars see."""
    op.execute(
        f"CREATE POLICY identity_delegation_end_of_guardian ON {END} FOR INSERT TO {WEB} WITH CHECK ("
        f"{REGISTRAR} AND (SELECT identity.actor_at_post()) AND ended_at = now() AND identity.in_care(patient_id) "
        f"AND EXISTS (SELECT 1 FROM {PAPER} AS g WHERE g.id = delegation_id "
        "AND g.patient_id = delegation_end.patient_id AND g.delegate_id = delegation_end.delegate_id))"
    )
    # What of the ends a registrar sees: those of guardians.
    op.execute(
        f"CREATE POLICY identity_delegation_end_guardian_read ON {END} FOR SELECT TO {WEB} USING ("
        f"{REGISTRAR} AND identity.in_care(patient_id) AND EXISTS (SELECT 1 FROM {PAPER} AS g WHERE g.id = delegation_id))"
    )


def _messages() -> None:
    """The web announces what it has entered or ended in the same transaction, to each of the two."""
    op.execute(
        f"""
        CREATE FUNCTION identity.has_changed_guardian(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN EXISTS (
            SELECT FROM {PAPER} g LEFT JOIN {END} e ON e.delegation_id = g.id
            WHERE g.id = (payload ->> 'object_id')::uuid
              AND CASE topic WHEN 'guardian.entered' THEN g.entered_at = now()
                  WHEN 'guardian.ended' THEN e.ended_at = now() ELSE false END
              AND payload IN (jsonb_build_object('patient_id', g.patient_id, 'object_id', g.id),
                              jsonb_build_object('patient_id', g.delegate_id, 'object_id', g.id)))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_guardians ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (identity.has_changed_guardian(topic, payload))"
    )
