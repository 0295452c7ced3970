"""Two records of one person can be joined, and parted again: what is kept of it, and what histories allow for it.

Rows of the record that is joined come to belong to the record that stays, and back: of histories, too, the doorkeeper may change
whose a row is, and nothing else, for it has rights on that column alone (docs/decisions/0022-merges.md). What a referral's event
was sealed with stands beside it then, so that the chain still says what it said.

A process of the version before goes on: no record is joined until there are processes of this one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, LOADER
from migrations.walls import WEB, forbid_change, guard_patient_table

revision = "0069"
down_revision = "0068"

MOMENT = TIMESTAMP(timezone=True)
# Whoever may know who a patient is.
STAFF = (
    *("doctor", "nurse", "laboratory-assistant", "radiologist", "registrar"),
    *("dispatcher", "shift-lead", "triager"),
)
# Each is known by the row beside it and by whose it is, which change together.
TWOFOLD = """
    SELECT c.conrelid::regclass::text, quote_ident(c.conname) FROM pg_constraint c
    WHERE c.contype = 'f' AND cardinality(c.conkey) > 1 AND NOT c.condeferrable AND EXISTS (
        SELECT FROM pg_attribute a
        WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname IN ('patient_id', 'delegate_id'))
"""


def upgrade() -> None:
    op.execute("ALTER TABLE identity.patient ADD COLUMN merged_into uuid REFERENCES identity.patient (id)")
    op.execute(
        "CREATE INDEX ix_patient_merged_into ON identity.patient (merged_into) WHERE merged_into IS NOT NULL"
    )
    op.execute(f"GRANT SELECT (merged_into), UPDATE (merged_into) ON identity.patient TO {DOORKEEPER}")
    _merges()
    _manifests()
    _parts()
    _histories()
    for table, name in op.get_bind().execute(sa.text(TWOFOLD)).all():
        op.execute(f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY IMMEDIATE")


def _by_whom() -> list[sa.Column]:
    return [
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
    ]


def _merges() -> None:
    op.create_table(
        "merge",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("survivor_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("merged_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("merged_person", JSONB, nullable=False),
        sa.Column("reason", sa.Text, sa.CheckConstraint("reason <> ''"), nullable=False),
        sa.Column("document_kind", sa.Text, nullable=False),
        sa.Column("evidence_digest", sa.Text, nullable=False),
        sa.Column("accounts_moved", sa.Boolean, nullable=False),
        sa.Column("moved", JSONB, nullable=False),
        *_by_whom(),
        sa.Column("merged_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("survivor_id <> merged_id", name="ck_merge_merged_id"),
        schema="identity",
    )
    op.create_table(
        "merge_undone",
        sa.Column("merge_id", UUID, sa.ForeignKey("identity.merge.id"), primary_key=True),
        sa.Column("survivor_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("reason", sa.Text, sa.CheckConstraint("reason <> ''"), nullable=False),
        *_by_whom(),
        sa.Column("undone_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    for table in ("identity.merge", "identity.merge_undone"):
        guard_patient_table(table, readers=STAFF, part="whole", patient="survivor_id")
        # Written by the two functions alone.
        op.execute(f"REVOKE INSERT ON {table} FROM {WEB}")
        forbid_change(table)
        _for_the_doorkeeper(table, "SELECT, INSERT")


def _manifests() -> None:
    """Which rows moved, and how care was that both records had."""
    op.create_table(
        "merged_row",
        sa.Column("merge_id", UUID, _of_merge(), primary_key=True),
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("column_name", sa.Text, primary_key=True),
        sa.Column("row_id", UUID, primary_key=True),
        schema="identity",
    )
    op.create_table(
        "merged_care",
        sa.Column("merge_id", UUID, _of_merge(), primary_key=True),
        sa.Column("relation_id", UUID, sa.ForeignKey("identity.care_relation.id"), primary_key=True),
        *(
            sa.Column(name, MOMENT, nullable=False)
            for name in ("began_at", "ends_at", "began_then", "ends_then")
        ),
        schema="identity",
    )
    for table in ("identity.merged_row", "identity.merged_care"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT ON {table} TO {LOADER}")
        op.execute(
            f"CREATE POLICY {table.replace('.', '_')}_loader ON {table} FOR SELECT TO {LOADER} USING (true)"
        )
        forbid_change(table)
        _for_the_doorkeeper(table, "SELECT, INSERT")


def _of_merge() -> sa.ForeignKey:
    """The merge itself is written last, with how much has moved."""
    return sa.ForeignKey("identity.merge.id", deferrable=True, initially="IMMEDIATE")


def _parts() -> None:
    """What moves with a record, in its order: migrations.walls.moves_with_record writes it."""
    op.create_table(
        "record_part",
        sa.Column("place", sa.Integer, sa.Identity(always=True), primary_key=True),
        sa.Column("table_name", sa.Text, nullable=False),
        sa.Column("patient_column", sa.Text, nullable=False),
        sa.Column("row_column", sa.Text, nullable=False),
        sa.Column("parent_table", sa.Text, nullable=False),
        sa.Column("parent_column", sa.Text, nullable=False),
        sa.Column("alike", ARRAY(sa.Text), nullable=False),
        sa.Column("other_column", sa.Text, nullable=False),
        sa.Column("sealed_column", sa.Text, nullable=False),
        sa.Column("of_account", sa.Boolean, nullable=False),
        schema="identity",
    )
    op.execute(f"GRANT SELECT ON identity.record_part TO {DOORKEEPER}")


def _for_the_doorkeeper(table: str, rights: str) -> None:
    op.execute(f"GRANT {rights} ON {table} TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY {table.replace('.', '_')}_doorkeeper ON {table} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
    )


def _histories() -> None:
    """Whose a row is, the doorkeeper may change; everything else the rights on columns keep from it."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION foundation.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND current_user = '{DOORKEEPER}' THEN
                RETURN NULL;
            END IF;
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '42501';
        END $$
        """
    )
    _begin_with(
        "dispatch.count_version",
        f"IF current_user = '{DOORKEEPER}' AND NEW.version = OLD.version THEN RETURN NEW; END IF;",
    )
    _begin_with(
        "emr.check_line", f"IF TG_OP = 'UPDATE' AND current_user = '{DOORKEEPER}' THEN RETURN NEW; END IF;"
    )
    op.execute("ALTER TABLE dispatch.referral_event ADD COLUMN sealed_patient_id uuid")
    _begin_with("dispatch.seal_event", "NEW.sealed_patient_id := NULL;")
    told = op.get_bind().scalar(sa.text("SELECT pg_get_functiondef('dispatch.digest_of_event'::regproc)"))
    now_patient = "(event).patient_id"
    if told.count(now_patient) != 1:
        raise RuntimeError("dispatch.digest_of_event does not name the patient once")
    _define(told.replace(now_patient, "coalesce((event).sealed_patient_id, (event).patient_id)"))


def _begin_with(function: str, first: str) -> None:
    """Let a trigger's function do something before all that it does."""
    told = op.get_bind().scalar(sa.text(f"SELECT pg_get_functiondef('{function}'::regproc)"))
    if told.count("BEGIN\n") != 1:
        raise RuntimeError(f"{function} does not begin once")
    _define(told.replace("BEGIN\n", f"BEGIN\n            {first}\n"))


def _define(function: str) -> None:
    op.get_bind().exec_driver_sql(function.replace("%", "%%"))
