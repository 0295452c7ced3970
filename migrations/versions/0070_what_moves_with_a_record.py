"""What of a record moves when it is joined with another: everything but what tells of the past of that record itself.

docs/decisions/0022-merges.md says of each table why; a test finds a table that is named in neither list.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER
from migrations.walls import moves_with_record

revision = "0070"
down_revision = "0069"

# Of a referral that stands open: what tells of two that are the same, and where it is treated.
OF_OPEN_REFERRALS = {
    "dispatch.referral": "state, service_code",
    "dispatch.slot_occupancy": "slot_id, referral_id, starts_at",
    "dispatch.slot": "id, facility_id",
}


def upgrade() -> None:
    _identity()
    _record()
    _dispatch()
    _images()
    _portal()
    for table, columns in OF_OPEN_REFERRALS.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO {DOORKEEPER}")


def _identity() -> None:
    moves_with_record("identity.patient_identifier")
    op.execute(f"GRANT SELECT (id) ON identity.care_relation TO {DOORKEEPER}")
    moves_with_record("identity.care_relation", alike=("facility_id", "basis", "staff_id"))
    moves_with_record("identity.patient_link", alike=("account_id",), of_account=True)
    moves_with_record("identity.confirmed_identity", of_account=True)
    moves_with_record(
        "identity.confirmed_identity_end", row="confirmation_id", parent="identity.confirmed_identity"
    )
    moves_with_record("identity.linking_code")
    for patient, other in (("patient_id", "delegate_id"), ("delegate_id", "patient_id")):
        moves_with_record("identity.delegation", patient=patient, other=other)
        for table, row in (("identity.delegation_end", "delegation_id"), ("identity.guardianship", "id")):
            moves_with_record(table, row=row, patient=patient, parent="identity.delegation")
    # What hangs on it names no patient.
    moves_with_record("identity.contact_point")
    moves_with_record("identity.delegation_offer")
    moves_with_record("identity.delegation_offer_answer", row="offer_id", parent="identity.delegation_offer")
    moves_with_record("identity.emergency")
    for table in ("identity.emergency_verdict", "identity.waiting_emergency"):
        moves_with_record(table, row="emergency_id", parent="identity.emergency")


def _record() -> None:
    moves_with_record("emr.entry")
    for table in ("emr.entry_version", "emr.signature", "emr.entry_summary"):
        moves_with_record(table, row="entry_id", parent="emr.entry")
    moves_with_record("emr.draft")
    # Begun since, about an entry that goes back.
    moves_with_record("emr.draft", parent="emr.entry")
    moves_with_record("emr.import_conflict", alike=("kind", "content_sha256"))
    for table in ("emr.import_conflict_decision", "emr.conflict_answer"):
        moves_with_record(table, row="conflict_id", parent="emr.import_conflict")
    op.execute(f"GRANT SELECT (id) ON emr.conflict_answer TO {DOORKEEPER}")
    moves_with_record("emr.conflict_outcome", row="answer_id", parent="emr.conflict_answer")


def _dispatch() -> None:
    moves_with_record("dispatch.referral")
    moves_with_record(
        "dispatch.referral_event", row="referral_id", parent="dispatch.referral", sealed="sealed_patient_id"
    )
    moves_with_record("dispatch.booking", row="referral_id", parent="dispatch.referral")
    op.execute(f"GRANT SELECT (id) ON dispatch.booking TO {DOORKEEPER}")
    for table in ("dispatch.booking_cancellation", "dispatch.booking_outcome", "dispatch.slot_occupancy"):
        moves_with_record(table, row="booking_id", parent="dispatch.booking")


def _images() -> None:
    moves_with_record("archive.study")
    for table in ("archive.study_assignment", "archive.study_reading", "archive.series"):
        moves_with_record(table, row="study_id", parent="archive.study")
    op.execute(f"GRANT SELECT (id) ON archive.series TO {DOORKEEPER}")
    for table in ("archive.instance", "archive.series_metadata"):
        moves_with_record(table, row="series_id", parent="archive.series")


def _portal() -> None:
    moves_with_record("portal.objection", alike=("audit_event_id",))
    for table in ("portal.objection_step", "portal.waiting_objection"):
        moves_with_record(table, row="objection_id", parent="portal.objection")
    moves_with_record("portal.notice", alike=("kind", "object_id", "occurrence"))
    # News since, of something that goes back.
    for parent in ("emr.entry", "dispatch.referral", "archive.study"):
        moves_with_record("portal.notice", row="object_id", parent=parent)
    moves_with_record("interop.export")
