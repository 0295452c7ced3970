"""Care by referral that was begun without an end gets the one that today's rule gives (dispatch_backend/referrals/rules/care.py).

Nobody did this to anybody's record but the rule itself, so it leaves no audit rows.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

# The owner of these tables stands behind their wall like everybody; for this once it does not.
ASKED = (
    "identity.care_relation",
    "dispatch.referral",
    "dispatch.referral_event",
    "dispatch.booking",
    "dispatch.booking_outcome",
    "dispatch.slot_occupancy",
)
CENTER = "(SELECT id FROM identity.facility WHERE code = 'DC-001')"
WITHOUT_END = "care.basis = 'referral' AND care.ends_at = 'infinity'"

TREATING = f"""
    UPDATE identity.care_relation AS care SET ends_at = coalesce((
        SELECT max(s.ends_at) + interval '90 days' FROM dispatch.booking b JOIN dispatch.slot s ON s.id = b.slot_id
        WHERE b.patient_id = care.patient_id AND s.facility_id = care.facility_id AND (
            EXISTS (SELECT FROM dispatch.slot_occupancy o WHERE o.booking_id = b.id)
            OR EXISTS (SELECT FROM dispatch.booking_outcome t WHERE t.booking_id = b.id AND t.outcome = 'served'))
        ), now())
    WHERE {WITHOUT_END} AND care.facility_id IS DISTINCT FROM {CENTER}
"""
DISPATCHING = f"""
    UPDATE identity.care_relation AS care SET ends_at = coalesce((
        SELECT max(e.at) + interval '30 days' FROM dispatch.referral_event e
        WHERE e.patient_id = care.patient_id AND e.to_state IN ('served', 'cancelled')
        ), now())
    WHERE {WITHOUT_END} AND care.facility_id = {CENTER} AND NOT EXISTS (
        SELECT FROM dispatch.referral r
        WHERE r.patient_id = care.patient_id AND r.state IN ('submitted', 'booked', 'no_show'))
"""


def upgrade() -> None:
    for table in ASKED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(TREATING)
    op.execute(DISPATCHING)
    for table in ASKED:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
