"""What the web may write, narrowed to what it needs: the last wall behind a mistake in the application.

Audit rows carry the database's own time and the actor's role and place; a session and a link are of the actor and
nobody else; a doctor's referral brings a patient into the care of the Dispatching Center only, a dispatcher's booking
into that of whoever treats; an entry is written at the author's own place; the doorkeeper reads columns, not tables.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER
from migrations.walls import SERVICE_ROLES, WEB

revision = "0008"
down_revision = "0007"

WRITTEN_IN_AUDIT = "actor_kind, account_id, staff_id, facility_id, role, session_id, patient_id, act, object_kind, object_id, reason"
CENTER = "facility_id = (SELECT id FROM identity.facility WHERE code = 'DC-001')"
OWN_ACCOUNT = "account_id = (SELECT foundation.actor_account())"
OWN_PATIENT = "patient_id IS NOT DISTINCT FROM (SELECT foundation.actor_patient())"
OWN_STAFF = "staff_id IS NOT DISTINCT FROM (SELECT foundation.actor_staff())"
OWN_FACILITY = "facility_id IS NOT DISTINCT FROM (SELECT foundation.actor_facility())"
OWN_KIND = "actor_kind = (SELECT foundation.actor_kind())"
# Whoever has chosen no post yet has no role.
OWN_ROLE = "role = coalesce((SELECT foundation.actor_role()), '')"

ASKED_AT_THE_DOOR = {
    "facility": "id, name_en, name_ru",
    "staff_member": "id, family_name, given_name, middle_name, position_en, position_ru",
    "staff_post": "staff_id, facility_id, role, began_at, ends_at",
    "patient": "id, family_name, given_name, middle_name, birth_date",
    "patient_identifier": "patient_id, system, value_digest",
    "session": (
        "id, token_sha256, account_id, actor_kind, patient_id, staff_id, facility_id, role, issuer, subject, "
        "provider_session, last_seen_at, expires_at"
    ),
    "session_end": "session_id",
}


def upgrade() -> None:
    _audit()
    _care()
    _sessions()
    _entries()
    for table, columns in ASKED_AT_THE_DOOR.items():
        op.execute(f"REVOKE SELECT ON identity.{table} FROM {DOORKEEPER}")
        op.execute(f"GRANT SELECT ({columns}) ON identity.{table} TO {DOORKEEPER}")


def _audit() -> None:
    table, roles = "foundation.audit_event", ", ".join(SERVICE_ROLES)
    op.execute(f"REVOKE INSERT ON {table} FROM {roles}")
    op.execute(f"GRANT INSERT ({WRITTEN_IN_AUDIT}) ON {table} TO {roles}")
    _only("audit_event_own_place", table, OWN_ROLE, OWN_FACILITY)


def _care() -> None:
    role = "(SELECT foundation.actor_role())"
    _only(
        "care_relation_of_a_referral",
        "identity.care_relation",
        f"({role} = 'dispatcher' OR ({role} = 'doctor' AND {CENTER}))",
    )


def _sessions() -> None:
    whole = (OWN_KIND, OWN_ACCOUNT, OWN_PATIENT, OWN_STAFF, OWN_FACILITY, OWN_ROLE)
    _only("session_of_the_actor", "identity.session", *whole)
    _only("patient_link_of_the_actor", "identity.patient_link", OWN_ACCOUNT, OWN_PATIENT)


def _entries() -> None:
    _only("emr_entry_own_place", "emr.entry", OWN_FACILITY)
    _only("emr_entry_version_own_place", "emr.entry_version", OWN_FACILITY, f"author_{OWN_ROLE}")


def _only(policy: str, table: str, *conditions: str) -> None:
    """A further condition for whatever the web adds to the table."""
    op.execute(
        f"CREATE POLICY {policy} ON {table} AS RESTRICTIVE FOR INSERT TO {WEB} "
        f"WITH CHECK ({' AND '.join(conditions)})"
    )
