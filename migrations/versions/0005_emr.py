"""The record: entries, versions, signatures, summaries, and the directory that records refer to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

from migrations.walls import LOADER, SERVICE_ROLES, WEB, forbid_change, guard_patient_table, make_schema

revision = "0005"
down_revision = "0004"

MOMENT = TIMESTAMP(timezone=True)
DOCTOR = "(SELECT foundation.actor_role()) = 'doctor'"


def upgrade() -> None:
    make_schema("emr")
    _entries()
    _versions()
    _signatures()
    _summaries()
    _directory()
    _guard()


def _entries() -> None:
    op.create_table(
        "entry",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("source_system", sa.Text),
        sa.Column("source_identifier", sa.Text),
        sa.UniqueConstraint("source_system", "source_identifier", name="uq_entry_source_system"),
        sa.UniqueConstraint("id", "patient_id", name="uq_entry_id"),
        schema="emr",
    )


def _versions() -> None:
    op.create_table(
        "entry_version",
        sa.Column("entry_id", UUID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("patient_id", UUID, nullable=False, index=True),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("previous_sha256", sa.Text, nullable=False),
        sa.Column("author_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("author_role", sa.Text, nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("effective_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_entry_version_number"),
        # A version can never slip into the record of another patient than its entry's.
        sa.ForeignKeyConstraint(
            ["entry_id", "patient_id"],
            ["emr.entry.id", "emr.entry.patient_id"],
            name="fk_entry_version_entry",
        ),
        sa.UniqueConstraint("entry_id", "number", "patient_id", name="uq_entry_version_entry_id"),
        schema="emr",
    )


def _signatures() -> None:
    op.create_table(
        "signature",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("entry_id", UUID, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("patient_id", UUID, nullable=False, index=True),
        sa.Column("signer_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("meaning", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("signed_sha256", sa.Text, nullable=False),
        sa.Column("signed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("entry_id", "number", name="uq_signature_entry_id"),
        sa.ForeignKeyConstraint(
            ["entry_id", "number", "patient_id"],
            ["emr.entry_version.entry_id", "emr.entry_version.number", "emr.entry_version.patient_id"],
            name="fk_signature_entry_version",
        ),
        schema="emr",
    )


def _summaries() -> None:
    op.create_table(
        "entry_summary",
        sa.Column("entry_id", UUID, sa.ForeignKey("emr.entry.id"), primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("effective_at", MOMENT, nullable=False),
        sa.Column("facility_id", UUID),
        sa.Column("author_id", UUID),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        schema="emr",
    )
    # Pages of the timeline are read backwards from a place in it, so that page 50 costs what page 1 costs.
    op.execute(
        "CREATE INDEX ix_entry_summary_timeline ON emr.entry_summary (patient_id, effective_at DESC, entry_id DESC)"
    )
    op.execute(
        "CREATE INDEX ix_entry_summary_kind "
        "ON emr.entry_summary (patient_id, kind, effective_at DESC, entry_id DESC)"
    )


def _directory() -> None:
    op.create_table(
        "directory_resource",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("resource_id", UUID, nullable=False),
        sa.Column("resource_type", sa.Text, nullable=False),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("source_identifier", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "resource_type",
            "source_system",
            "source_identifier",
            "content_sha256",
            name="uq_directory_resource_resource_type",
        ),
        schema="emr",
    )
    op.create_index(
        "ix_directory_resource_resource_id",
        "directory_resource",
        ["resource_id", "recorded_at"],
        schema="emr",
    )
    op.execute(f"GRANT SELECT ON emr.directory_resource TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON emr.directory_resource TO {LOADER}")


def _guard() -> None:
    staff = {"readers": ("doctor",), "writers": ("doctor",)}
    guard_patient_table(
        "emr.entry",
        **staff,
        also="EXISTS (SELECT FROM emr.entry_version WHERE entry_version.entry_id = entry.id)",
    )
    guard_patient_table(
        "emr.entry_version",
        **staff,
        also="author_id = (SELECT foundation.actor_staff()) OR EXISTS (SELECT FROM emr.signature "
        "WHERE signature.entry_id = entry_version.entry_id AND signature.number = entry_version.number)",
    )
    guard_patient_table("emr.signature", **staff)
    guard_patient_table("emr.entry_summary", **staff)
    # Nobody writes or signs in another's name.
    for table, person in (("entry_version", "author_id"), ("signature", "signer_id")):
        op.execute(
            f"CREATE POLICY emr_{table}_own_name ON emr.{table} AS RESTRICTIVE FOR INSERT TO {WEB} "
            f"WITH CHECK ({person} = (SELECT foundation.actor_staff()))"
        )
    op.execute(
        f"CREATE POLICY emr_entry_summary_redraw ON emr.entry_summary FOR UPDATE TO {WEB} "
        f"USING ({DOCTOR} AND identity.in_care(patient_id)) "
        f"WITH CHECK ({DOCTOR} AND identity.in_care(patient_id))"
    )
    op.execute(f"GRANT UPDATE ON emr.entry_summary TO {WEB}, {LOADER}")
    op.execute(f"GRANT DELETE ON emr.entry_summary TO {LOADER}")
    for table in ("entry", "entry_version", "signature", "directory_resource"):
        forbid_change(f"emr.{table}")
