"""Registrars see what senders tell of a patient otherwise, and answer it; the worker carries the answer out as the loader.

Of a conflict they see who the patient is by both sides and how many entries wait, never what those say. An answer is a row, and
what became of it another, which the loader writes. A process of the version before asks nobody and carries nothing out.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import WEB, forbid_change, guard_patient_table

revision = "0063"
down_revision = "0062"

MOMENT = TIMESTAMP(timezone=True)
REGISTRAR = "(SELECT foundation.actor_role()) = 'registrar'"
BY_ACTOR = (
    "staff_id = (SELECT foundation.actor_staff()) AND facility_id = (SELECT foundation.actor_facility()) "
    "AND (SELECT identity.actor_at_post())"
)
# Of a conflict and of a decision, what a registrar sees; what waits is the record's.
SEEN = {
    "import_conflict": "id, patient_id, kind, source_system, told, waiting, facility_id, raised_at",
    "import_conflict_decision": "conflict_id, patient_id, decision, decided_at",
}


def upgrade() -> None:
    # Whoever is told of comes with it, and is not counted.
    op.execute(
        "ALTER TABLE emr.import_conflict ADD COLUMN waiting integer NOT NULL GENERATED ALWAYS AS (jsonb_array_length("
        "jsonb_path_query_array(held, '$.resources[*] ? (@.resource.resourceType != \"Patient\")'))) STORED"
    )
    op.create_index("ix_import_conflict_patient_id", "import_conflict", ["patient_id"], schema="emr")
    for table, columns in SEEN.items():
        op.execute(f"GRANT SELECT ({columns}) ON emr.{table} TO {WEB}")
        op.execute(
            f"CREATE POLICY emr_{table}_registrar ON emr.{table} FOR SELECT TO {WEB} "
            f"USING ({REGISTRAR} AND identity.in_care(patient_id))"
        )
    _answers()
    _outcomes()
    _messages()


def _answers() -> None:
    op.create_table(
        "conflict_answer",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("conflict_id", UUID, sa.ForeignKey("emr.import_conflict.id"), nullable=False, index=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column(
            "choice",
            sa.Text,
            sa.CheckConstraint("choice IN ('theirs', 'ours', 'another-person', 'confirmed')"),
            nullable=False,
        ),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("family_name", "given_name", "middle_name", "birth")
        ),
        sa.Column("reason", sa.Text, sa.CheckConstraint("reason <> ''"), nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("(choice = 'confirmed') = (birth <> '')", name="ck_conflict_answer_birth"),
        schema="emr",
    )
    guard_patient_table("emr.conflict_answer", readers=("registrar",), patient_may_read=False)
    op.execute(
        f"CREATE POLICY emr_conflict_answer_add ON emr.conflict_answer FOR INSERT TO {WEB} WITH CHECK ("
        f"{REGISTRAR} AND {BY_ACTOR} AND identity.in_care(patient_id) AND answered_at = now() "
        "AND EXISTS (SELECT 1 FROM emr.import_conflict c WHERE c.id = conflict_id "
        "AND c.patient_id = conflict_answer.patient_id) "
        "AND NOT EXISTS (SELECT 1 FROM emr.import_conflict_decision d "
        "WHERE d.conflict_id = conflict_answer.conflict_id))"
    )
    forbid_change("emr.conflict_answer")


def _outcomes() -> None:
    op.create_table(
        "conflict_outcome",
        sa.Column("answer_id", UUID, sa.ForeignKey("emr.conflict_answer.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("carried_out", sa.Boolean, nullable=False),
        sa.Column("stored", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="emr",
    )
    guard_patient_table("emr.conflict_outcome", readers=("registrar",), patient_may_read=False)
    # What became of an answer only whoever carries it out knows.
    op.execute(f"REVOKE INSERT ON emr.conflict_outcome FROM {WEB}")
    forbid_change("emr.conflict_outcome")


def _messages() -> None:
    """The web announces an answer that was given in the same transaction, and nothing else of this."""
    op.execute(
        """
        CREATE FUNCTION emr.has_answered(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN topic = 'conflict.answered' AND EXISTS (
            SELECT FROM emr.conflict_answer a
            WHERE a.id = (payload ->> 'object_id')::uuid AND a.answered_at = now()
              AND a.staff_id = (SELECT foundation.actor_staff())
              AND payload = jsonb_build_object('patient_id', a.patient_id, 'object_id', a.id))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_answers ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (emr.has_answered(topic, payload))"
    )
