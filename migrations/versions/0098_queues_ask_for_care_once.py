"""Whose affair a referral is, and who its patient is, the Dispatching Center's desks ask once for a page, not line by line.

They go through all that is open there anyway: who is in the Center's care is read once, from an index, and each line is looked up in
memory. Line by line it was three pages of an index each, and more in a larger region. A clinic has thousands on its list and shows
a few of them: its staff go on as they did, by whichever way costs less. Both ways say the same: who reads what is unchanged.
"""

from alembic import op

revision = "0098"
down_revision = "0097"

ROLE = "(SELECT foundation.actor_role())"
LISTS_ALL = "(SELECT identity.actor_lists_all_in_care())"
READERS = {
    ("identity", "patient", "id"): (
        *("doctor", "nurse", "laboratory-assistant", "radiologist", "registrar"),
        *("dispatcher", "triager", "shift-lead"),
    ),
    ("dispatch", "referral", "patient_id"): (
        *("doctor", "nurse", "laboratory-assistant", "radiologist"),
        *("dispatcher", "triager", "shift-lead"),
    ),
}
CARE = (
    "FROM identity.care_relation AS care WHERE care.facility_id = (SELECT foundation.actor_facility()) "
    "AND care.ends_at > now()"
)


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION identity.actor_lists_all_in_care() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE "
        "RETURN coalesce(foundation.actor_role() IN ('dispatcher', 'triager', 'shift-lead'), false)"
    )
    for (schema, table, patient), roles in READERS.items():
        column = f"{table}.{patient}"
        words = ", ".join(f"'{role}'" for role in roles)
        op.execute(
            f"ALTER POLICY {schema}_{table}_care ON {schema}.{table} USING ("
            f"{ROLE} IN ({words}) AND ({column} = (SELECT identity.opened_patient()) "
            f"OR {LISTS_ALL} AND {column} IN (SELECT care.patient_id {CARE}) "
            f"OR NOT {LISTS_ALL} AND EXISTS (SELECT 1 {CARE} AND care.patient_id = {column})))"
        )
