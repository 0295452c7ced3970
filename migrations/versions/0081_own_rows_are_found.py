"""What a copy of all a person's data gathers is found by the person, also where no page asks so."""

from alembic import op

revision = "0081"
down_revision = "0080"

TABLES = (
    ("interop", "export"),
    ("archive", "series"),
    ("portal", "objection_step"),
    ("portal", "erasure_item"),
    ("portal", "erasure_step"),
    ("identity", "closure_lift"),
)


def upgrade() -> None:
    for schema, table in TABLES:
        op.create_index(f"ix_{table}_patient_id", table, ["patient_id"], schema=schema)
