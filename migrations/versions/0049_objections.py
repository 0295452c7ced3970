"""A citizen does not recognise an access: the case, its answers, which cases wait, and by when the law wants an answer."""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

from migrations.walls import LOADER, SERVICE_ROLES, WEB, forbid_change, guard_patient_table

revision = "0049"
down_revision = "0048"

MOMENT = TIMESTAMP(timezone=True)
OFFICER = "(SELECT foundation.actor_role()) = 'privacy-officer'"
# Whoever acts for somebody asks in their place by a right to the whole of the record alone.
OWN = "patient_id = (SELECT foundation.actor_patient('whole'))"
# Federal law 152-FZ of 27 July 2006, articles 14 and 20; since 266-FZ of 14 July 2022 the term is ten working days, which
# are never fewer than fourteen days.
TERMS = (
    (
        30,
        "Federal law 152-FZ, articles 14 and 20: thirty days",
        "Федеральный закон № 152-ФЗ, статьи 14 и 20: тридцать дней",
        date(2011, 7, 27),
        date(2022, 8, 31),
    ),
    (
        14,
        "Federal law 152-FZ, articles 14 (part 3) and 20 (part 1): ten working days, which are at least 14 days",
        "Федеральный закон № 152-ФЗ, статьи 14 (часть 3) и 20 (часть 1): десять рабочих дней, то есть не меньше 14 дней",
        date(2022, 9, 1),
        date.max,
    ),
)


def upgrade() -> None:
    _terms()
    _cases()
    _steps()
    _waiting()
    _messages()


def _terms() -> None:
    table = op.create_table(
        "answer_term",
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("days", sa.Integer, sa.CheckConstraint("days BETWEEN 1 AND 365"), nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_answer_term_valid_to"),
        schema="portal",
    )
    names = ("days", "basis_en", "basis_ru", "valid_from", "valid_to")
    op.bulk_insert(table, [dict(zip(names, each, strict=True)) for each in TERMS])
    op.execute(f"GRANT SELECT ON portal.answer_term TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON portal.answer_term TO {LOADER}")


def _cases() -> None:
    """What was looked at is copied from the audit, of which the officer reads nothing else."""
    op.create_table(
        "objection",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("audit_event_id", sa.BigInteger, nullable=False),
        sa.Column("accessed_at", MOMENT, nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("care_bases", ARRAY(sa.Text), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.UniqueConstraint("patient_id", "audit_event_id", name="uq_objection_patient_id_audit_event_id"),
        sa.UniqueConstraint("id", "patient_id", name="uq_objection_id_patient_id"),
        schema="portal",
    )
    guard_patient_table("portal.objection", part="whole")
    # An act that is told otherwise than the audit tells it cannot be objected to.
    op.execute(
        f"CREATE POLICY portal_objection_own_add ON portal.objection FOR INSERT TO {WEB} WITH CHECK ({OWN} AND raised_at = now() AND EXISTS ("
        "SELECT 1 FROM foundation.audit_event AS told WHERE told.id = objection.audit_event_id "
        "AND told.patient_id = objection.patient_id AND told.at = objection.accessed_at "
        "AND told.staff_id IS NOT DISTINCT FROM objection.staff_id "
        "AND told.facility_id IS NOT DISTINCT FROM objection.facility_id "
        "AND told.role = objection.role AND told.act = objection.act AND told.reason = objection.reason))"
    )
    op.execute(
        f"CREATE POLICY portal_objection_officer ON portal.objection FOR SELECT TO {WEB} USING ({OFFICER})"
    )
    forbid_change("portal.objection")


def _steps() -> None:
    op.create_table(
        "objection_step",
        sa.Column("objection_id", UUID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("words", sa.Text, sa.CheckConstraint("words <> ''"), nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("number > 0", name="ck_objection_step_number"),
        sa.CheckConstraint(
            "state IN ('founded', 'not_founded', 'needs_action')", name="ck_objection_step_state"
        ),
        sa.ForeignKeyConstraint(
            ["objection_id", "patient_id"], ["portal.objection.id", "portal.objection.patient_id"]
        ),
        schema="portal",
    )
    guard_patient_table("portal.objection_step", part="whole")
    op.execute(
        f"CREATE POLICY portal_objection_step_officer ON portal.objection_step FOR SELECT TO {WEB} USING ({OFFICER})"
    )
    op.execute(
        f"CREATE POLICY portal_objection_step_answer ON portal.objection_step FOR INSERT TO {WEB} WITH CHECK ("
        f"{OFFICER} AND at = now() AND staff_id = (SELECT foundation.actor_staff()) "
        "AND facility_id = (SELECT foundation.actor_facility()) AND (SELECT identity.actor_at_post()))"
    )
    forbid_change("portal.objection_step")


def _waiting() -> None:
    """No history: a case stands here until it is closed."""
    op.create_table(
        "waiting_objection",
        sa.Column("objection_id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False, index=True),
        sa.ForeignKeyConstraint(
            ["objection_id", "patient_id"], ["portal.objection.id", "portal.objection.patient_id"]
        ),
        schema="portal",
    )
    guard_patient_table("portal.waiting_objection", patient_may_write=True, part="whole")
    op.execute(f"GRANT DELETE ON portal.waiting_objection TO {WEB}")
    for act in ("SELECT", "DELETE"):
        op.execute(
            f"CREATE POLICY portal_waiting_objection_officer_{act.lower()} ON portal.waiting_objection "
            f"FOR {act} TO {WEB} USING ({OFFICER})"
        )


def _messages() -> None:
    """The web announces an answer that it has given in the same transaction, and nothing else."""
    op.execute(
        """
        CREATE FUNCTION portal.has_done(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN topic = 'objection.answered' AND EXISTS (
            SELECT FROM portal.objection_step s
            WHERE s.objection_id = (payload ->> 'object_id')::uuid
              AND s.at = now() AND s.staff_id = (SELECT foundation.actor_staff())
              AND payload = jsonb_build_object(
                  'patient_id', s.patient_id, 'object_id', s.objection_id, 'number', s.number))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_portal ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (portal.has_done(topic, payload))"
    )
