"""Tables of the archive room."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

from migrations.walls import LOADER, WEB, forbid_change, guard_patient_table, make_schema

revision = "0004"
down_revision = "0003"

MOMENT = TIMESTAMP(timezone=True)


def upgrade() -> None:
    make_schema("archive")
    _studies()
    _series()
    _instances()
    _quarantine()
    for table in ("study", "series", "instance", "series_metadata"):
        guard_patient_table(f"archive.{table}", readers=("doctor",))
        _only_the_loader_adds(table)
    guard_patient_table("archive.study_assignment", patient_may_read=False)
    _only_the_loader_adds("study_assignment")
    forbid_change("archive.study_assignment")
    guard_patient_table(
        "archive.study_reading",
        readers=("doctor",),
        writers=("doctor",),
        patient_may_write=True,
        also="false",
    )
    forbid_change("archive.study_reading")
    # Giving a study to a patient, taking over an object that an archive behind us held, packing metadata anew.
    op.execute(f"GRANT UPDATE ON archive.study, archive.series, archive.instance TO {LOADER}")
    op.execute(f"GRANT UPDATE ON archive.series_metadata TO {LOADER}")
    op.execute(f"GRANT DELETE ON archive.instance TO {LOADER}")


def _studies() -> None:
    op.create_table(
        "study",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("study_instance_uid", sa.Text, nullable=False, unique=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id")),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("started_on", sa.Date),
        sa.Column("started_at", sa.Time),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("sent_patient_identifier", sa.Text, nullable=False),
        sa.Column("sent_patient_name", sa.Text, nullable=False),
        sa.Column("sent_birth_date", sa.Date),
        sa.Column("institution_name", sa.Text, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        schema="archive",
    )
    op.create_index("ix_study_patient_id_started_on", "study", ["patient_id", "started_on"], schema="archive")
    op.create_table(
        "study_assignment",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("study_id", UUID, sa.ForeignKey("archive.study.id"), nullable=False, index=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=False),
        schema="archive",
    )
    op.create_table(
        "study_reading",
        sa.Column("session_id", UUID, primary_key=True),
        sa.Column("study_id", UUID, sa.ForeignKey("archive.study.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        schema="archive",
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("study_id", UUID, sa.ForeignKey("archive.study.id"), nullable=False, index=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id")),
        sa.Column("study_instance_uid", sa.Text, nullable=False, index=True),
        sa.Column("series_instance_uid", sa.Text, nullable=False, unique=True),
        sa.Column("number", sa.Integer),
        sa.Column("modality", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        schema="archive",
    )
    op.create_table(
        "series_metadata",
        sa.Column("series_id", UUID, sa.ForeignKey("archive.series.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id")),
        sa.Column("study_instance_uid", sa.Text, nullable=False),
        sa.Column("series_instance_uid", sa.Text, nullable=False, unique=True),
        sa.Column("instance_count", sa.Integer, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.Column("etag", sa.Text, nullable=False),
        schema="archive",
    )
    # Packed already: the database need not try again.
    op.execute("ALTER TABLE archive.series_metadata ALTER COLUMN packed SET STORAGE EXTERNAL")


def _instances() -> None:
    op.create_table(
        "instance",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("series_id", UUID, sa.ForeignKey("archive.series.id"), nullable=False, index=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id")),
        sa.Column("study_instance_uid", sa.Text, nullable=False, index=True),
        sa.Column("series_instance_uid", sa.Text, nullable=False, index=True),
        sa.Column("sop_instance_uid", sa.Text, nullable=False, unique=True),
        sa.Column("sop_class_uid", sa.Text, nullable=False),
        sa.Column("number", sa.Integer),
        sa.Column("content_sha256", sa.Text, index=True),
        sa.Column("content_size", sa.BigInteger, nullable=False),
        sa.Column("data_set_offset", sa.BigInteger, nullable=False),
        sa.Column("content_transfer_syntax_uid", sa.Text, nullable=False),
        sa.Column("served_sha256", sa.Text),
        sa.Column("served_size", sa.BigInteger, nullable=False),
        sa.Column("served_transfer_syntax_uid", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer),
        sa.Column("columns", sa.Integer),
        sa.Column("bits_allocated", sa.Integer),
        sa.Column("bits_in_frame", sa.BigInteger),
        sa.Column("cell_bytes", sa.Integer, nullable=False),
        sa.Column("pixels_offset", sa.BigInteger),
        sa.Column("frame_count", sa.Integer, nullable=False),
        sa.Column("span_offsets", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("span_lengths", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("spans_in_frame", ARRAY(sa.Integer), nullable=False),
        sa.Column("dicom_json", sa.Text),
        schema="archive",
    )


def _quarantine() -> None:
    op.create_table(
        "quarantined_file",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("content_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("arrived_at", MOMENT, nullable=False),
        schema="archive",
    )
    table = "archive.quarantined_file"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {table} TO {LOADER}")
    op.execute(f"CREATE POLICY quarantined_file_loader ON {table} TO {LOADER} USING (true) WITH CHECK (true)")


def _only_the_loader_adds(table: str) -> None:
    op.execute(f"REVOKE INSERT ON archive.{table} FROM {WEB}")
