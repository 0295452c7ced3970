"""The index that finds whom a facility cares for holds the basis too, which the wall asks for.

Since an emergency opens less than other care does, a list's look-up asks on which basis: it read the row of each patient for
that, where it had read the index alone. A process of the version before finds its rows by the same index.
"""

from alembic import op

revision = "0054"
down_revision = "0053"

INDEX = "ix_identity_care_relation_facility_id"


def upgrade() -> None:
    op.execute(
        f"CREATE INDEX {INDEX}_basis ON identity.care_relation (facility_id, ends_at) "
        "INCLUDE (patient_id, began_at, staff_id, basis)"
    )
    op.execute(f"DROP INDEX identity.{INDEX}")
    op.execute(f"ALTER INDEX identity.{INDEX}_basis RENAME TO {INDEX}")
