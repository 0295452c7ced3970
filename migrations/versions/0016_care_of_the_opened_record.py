"""Row security looks up once who cares for the patient whose record is open, and not again for every line of it.

Whoever opens a record names its patient in `app.opened_patient`. That gives no right: the database looks for the care
itself, and asks row by row about everybody else, as it does where nobody was named.
"""

from alembic import op

from migrations.walls import WEB

revision = "0016"
down_revision = "0015"

# Tables that doctors read in one patient's record, and what else is asked of a row.
TABLES = {
    "emr.entry": "EXISTS (SELECT FROM emr.entry_version WHERE entry_version.entry_id = entry.id)",
    "emr.entry_version": (
        "author_id = (SELECT foundation.actor_staff()) OR EXISTS (SELECT FROM emr.signature "
        "WHERE signature.entry_id = entry_version.entry_id AND signature.number = entry_version.number)"
    ),
    "emr.signature": "",
    "emr.entry_summary": "",
}
DOCTOR = "(SELECT foundation.actor_role()) = 'doctor'"
IN_CARE = "(patient_id = (SELECT identity.opened_patient()) OR identity.in_care(patient_id))"


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION identity.opened_patient() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN (
            SELECT patient_id FROM identity.care_relation
            WHERE patient_id = nullif(current_setting('app.opened_patient', true), '')::uuid
              AND facility_id = (SELECT foundation.actor_facility())
              AND ends_at > now()
            LIMIT 1
        )
        """
    )
    for table, also in TABLES.items():
        condition = " AND ".join([DOCTOR, IN_CARE, *([f"({also})"] if also else [])])
        op.execute(f"ALTER POLICY {table.replace('.', '_')}_care ON {table} TO {WEB} USING ({condition})")
