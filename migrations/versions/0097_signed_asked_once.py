"""That a version is signed, or its author's, is asked once of whoever reads it, not anew by each way to its record.

Every way in asked the same of `emr.signature`, whose own ways in came along each time, and of an entry each asked for its versions:
a chart that reads one unsigned note began 300 look-ups that it never made, a third of its statement. What all of them demand is one
restrictive policy now; who reads what is unchanged, for a process of the version before too.
"""

from alembic import op

from foundation.postgres.roles import WEB

revision = "0097"
down_revision = "0096"

ROLES = "(SELECT foundation.actor_role()) IN ('doctor', 'nurse')"
IN_CARE = f"{ROLES} AND (patient_id = (SELECT identity.opened_patient()) OR identity.in_care(patient_id))"
OWN = "patient_id = (SELECT foundation.actor_patient('record'))"
SHARED = (
    "(SELECT foundation.actor_share_opening()) IS NOT NULL AND EXISTS (SELECT FROM emr.entry_summary l "
    "WHERE l.entry_id = {entry} AND l.patient_id = {table}.patient_id)"
)
BY_LAW = "patient_id IS NOT NULL AND (SELECT identity.opened_by_law('entries'))"
OPENED = "(restrictions IS NULL OR emr.opens(restrictions, patient_id, author_id))"
TOLD = "(restrictions IS NULL OR NOT restrictions && (SELECT identity.hidden_from_actor()))"

VERSION = {
    "care": f"{IN_CARE} AND {OPENED}",
    "own": f"{OWN} AND {TOLD}",
    "law": f"{BY_LAW} AND restrictions IS NULL",
    "shared": SHARED.format(entry="entry_version.entry_id", table="entry_version"),
}
SIGNED = (
    "author_id = (SELECT foundation.actor_staff()) OR EXISTS (SELECT FROM emr.signature s "
    "WHERE s.entry_id = entry_version.entry_id AND s.number = entry_version.number)"
)
# Whoever reads no version of an entry does not learn that there is one.
ENTRY = {
    "care": IN_CARE,
    "own": OWN,
    "law": BY_LAW,
    "shared": SHARED.format(entry="entry.id", table="entry"),
}
READ = "EXISTS (SELECT FROM emr.entry_version v WHERE v.entry_id = entry.id)"


def upgrade() -> None:
    for table, name, demanded, ways in (
        ("entry_version", "signed", SIGNED, VERSION),
        ("entry", "read", READ, ENTRY),
    ):
        # First what all demand: at no moment is more open than before.
        op.execute(
            f"CREATE POLICY emr_{table}_{name} ON emr.{table} AS RESTRICTIVE FOR SELECT TO {WEB} USING ({demanded})"
        )
        for way, condition in ways.items():
            op.execute(f"ALTER POLICY emr_{table}_{way} ON emr.{table} USING ({condition})")
