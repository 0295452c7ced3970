"""Whether somebody cares for one patient is answered by the index of the relation alone, with its beginning and end.

A list's wall asks it for every line, in each table that the line is put together from; each answer read the row as well.
Processes of the version before name the constraint, and it keeps its name and what it forbids.
"""

from alembic import op

revision = "0056"
down_revision = "0055"

RELATION = "identity.care_relation"
NAME = "uq_care_relation_patient_id"


def upgrade() -> None:
    op.execute(
        f"CREATE UNIQUE INDEX {NAME}_with_time ON {RELATION} (patient_id, facility_id, basis, staff_id) "
        "INCLUDE (began_at, ends_at) NULLS NOT DISTINCT"
    )
    op.execute(f"ALTER TABLE {RELATION} DROP CONSTRAINT {NAME}")
    op.execute(f"ALTER TABLE {RELATION} ADD CONSTRAINT {NAME} UNIQUE USING INDEX {NAME}_with_time")
