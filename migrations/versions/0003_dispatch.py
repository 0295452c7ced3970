"""Dispatch: services and legal terms, referrals and their history, slots and bookings.

The invariants stand here, not only in the code: each is named beside the constraint that holds it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import LOADER, SERVICE_ROLES, WEB, forbid_change, guard_patient_table, make_schema

revision = "0003"
down_revision = "0002"

MOMENT = TIMESTAMP(timezone=True)
OPEN = "('submitted', 'booked', 'no_show')"
KINDS = "('consultation', 'test', 'imaging', 'bed')"
PRIORITIES = "('emergency', 'urgent', 'planned')"
STAFF = "(SELECT foundation.actor_staff())"

# from, to, act, role; the code says the same in dispatch_backend.referrals.rules.states.
TRANSITIONS = (
    ("", "submitted", "referral.sent", "doctor"),
    ("submitted", "booked", "referral.booked", "dispatcher"),
    ("no_show", "booked", "referral.booked", "dispatcher"),
    ("booked", "submitted", "booking.cancelled", "dispatcher"),
    ("booked", "served", "visit.served", "dispatcher"),
    ("booked", "served", "visit.served", "doctor"),
    ("booked", "no_show", "visit.missed", "dispatcher"),
    ("booked", "no_show", "visit.missed", "doctor"),
    ("booked", "cancelled", "referral.cancelled", "dispatcher"),
    ("submitted", "cancelled", "referral.cancelled", "dispatcher"),
    ("submitted", "cancelled", "referral.cancelled", "doctor"),
    ("no_show", "cancelled", "referral.cancelled", "dispatcher"),
    ("no_show", "cancelled", "referral.cancelled", "doctor"),
)


def upgrade() -> None:
    make_schema("dispatch")
    _services()
    _transitions()
    _referrals()
    _events()
    _slots()
    _bookings()
    _occupancies()
    _state_follows_events()
    _taken_follows_occupancies()
    _notify()
    _rights()


def _services() -> None:
    op.create_table(
        "service",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("name_ru", sa.Text, nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name="ck_service_kind"),
        schema="dispatch",
    )
    op.create_table(
        "waiting_term",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("service_kind", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False, server_default=sa.text("'infinity'")),
        sa.UniqueConstraint(
            "service_kind", "priority", "valid_from", name="uq_waiting_term_service_kind_priority_valid_from"
        ),
        sa.CheckConstraint(f"service_kind IN {KINDS}", name="ck_waiting_term_service_kind"),
        sa.CheckConstraint(f"priority IN {PRIORITIES}", name="ck_waiting_term_priority"),
        sa.CheckConstraint("unit IN ('working_days', 'calendar_days')", name="ck_waiting_term_unit"),
        sa.CheckConstraint("length >= 0 AND valid_to >= valid_from", name="ck_waiting_term_length"),
        schema="dispatch",
    )


def _transitions() -> None:
    table = op.create_table(
        "allowed_transition",
        sa.Column("from_state", sa.Text, primary_key=True),
        sa.Column("to_state", sa.Text, primary_key=True),
        sa.Column("act", sa.Text, primary_key=True),
        sa.Column("actor_role", sa.Text, primary_key=True),
        schema="dispatch",
    )
    names = ("from_state", "to_state", "act", "actor_role")
    op.bulk_insert(table, [dict(zip(names, line, strict=True)) for line in TRANSITIONS])


def _referrals() -> None:
    op.execute("CREATE SEQUENCE dispatch.referral_number")
    op.create_table(
        "referral",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("from_facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("referrer_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("service_code", sa.Text, sa.ForeignKey("dispatch.service.code"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("diagnosis_code", sa.Text, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("waiting_term_id", UUID, sa.ForeignKey("dispatch.waiting_term.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("owner_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("next_action_due", MOMENT),
        sa.UniqueConstraint("id", "patient_id", name="uq_referral_id_patient_id"),
        sa.CheckConstraint(f"priority IN {PRIORITIES}", name="ck_referral_priority"),
        sa.CheckConstraint("due_at > submitted_at", name="ck_referral_due_at"),
        sa.CheckConstraint("version >= 1", name="ck_referral_version"),
        # No referral is lost: while it is open somebody owns it and must act by a given moment.
        sa.CheckConstraint(
            f"CASE WHEN state IN {OPEN} THEN owner_id IS NOT NULL AND next_action_due IS NOT NULL "
            "WHEN state IN ('served', 'cancelled') THEN owner_id IS NULL AND next_action_due IS NULL "
            "ELSE false END",
            name="ck_referral_owned_while_open",
        ),
        schema="dispatch",
    )
    op.execute(
        "CREATE INDEX ix_referral_patient_id ON dispatch.referral (patient_id, submitted_at DESC, id DESC)"
    )
    # No twin referrals: one open referral for a patient and a service.
    op.execute(
        "CREATE UNIQUE INDEX uq_referral_open_twin ON dispatch.referral (patient_id, service_code) "
        f"WHERE state IN {OPEN}"
    )
    # The board reads open referrals only, so that its cost does not grow with the archive.
    op.execute(
        "CREATE INDEX ix_referral_open ON dispatch.referral (state, due_at) "
        "INCLUDE (priority, service_code, from_facility_id, submitted_at, patient_id, id) "
        f"WHERE state IN {OPEN}"
    )


def _events() -> None:
    op.create_table(
        "referral_event",
        sa.Column("referral_id", UUID, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("from_state", sa.Text, nullable=False),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("actor_role", sa.Text, nullable=False),
        sa.Column("actor_staff_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("actor_facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("previous_sha256", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("previous_seq", sa.Integer, sa.Computed("nullif(seq, 1) - 1", persisted=True)),
        sa.ForeignKeyConstraint(
            ["referral_id", "patient_id"],
            ["dispatch.referral.id", "dispatch.referral.patient_id"],
            name="fk_referral_event_referral",
        ),
        # Only allowed transitions, by allowed roles.
        sa.ForeignKeyConstraint(
            ["from_state", "to_state", "act", "actor_role"],
            [
                f"dispatch.allowed_transition.{name}"
                for name in ("from_state", "to_state", "act", "actor_role")
            ],
            name="fk_referral_event_transition",
        ),
        sa.UniqueConstraint("referral_id", "seq", "to_state", name="uq_referral_event_state"),
        sa.UniqueConstraint("referral_id", "seq", "to_state", "sha256", name="uq_referral_event_link"),
        # Gapless: an event begins where the one before ended and carries its hash; the first begins with nothing.
        sa.ForeignKeyConstraint(
            ["referral_id", "previous_seq", "from_state", "previous_sha256"],
            [f"dispatch.referral_event.{name}" for name in ("referral_id", "seq", "to_state", "sha256")],
            name="fk_referral_event_previous",
        ),
        sa.CheckConstraint(
            "seq >= 1 AND (seq = 1) = (from_state = '') AND (seq = 1) = (previous_sha256 = '')",
            name="ck_referral_event_first",
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="ck_referral_event_sha256"),
        schema="dispatch",
    )
    op.create_index("ix_referral_event_patient_id", "referral_event", ["patient_id"], schema="dispatch")


def _slots() -> None:
    op.create_table(
        "slot",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("service_code", sa.Text, sa.ForeignKey("dispatch.service.code"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("resource_en", sa.Text, nullable=False),
        sa.Column("resource_ru", sa.Text, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("taken", sa.Boolean, nullable=False, server_default="false"),
        sa.UniqueConstraint("id", "starts_at", name="uq_slot_id_starts_at"),
        sa.UniqueConstraint(
            "facility_id", "resource_en", "starts_at", name="uq_slot_facility_id_resource_en_starts_at"
        ),
        sa.CheckConstraint("ends_at > starts_at", name="ck_slot_ends_at"),
        schema="dispatch",
    )
    # Free slots alone, earliest first within a facility: full schedules cost nothing to search.
    op.execute(
        "CREATE INDEX ix_slot_free ON dispatch.slot (service_code, facility_id, starts_at) "
        "INCLUDE (id, ends_at, resource_en, resource_ru) WHERE NOT taken"
    )


def _bookings() -> None:
    op.create_table(
        "booking",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("referral_id", UUID, nullable=False, index=True),
        sa.Column("patient_id", UUID, nullable=False, index=True),
        sa.Column("slot_id", UUID, sa.ForeignKey("dispatch.slot.id"), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.Column("booked_by", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.ForeignKeyConstraint(
            ["referral_id", "patient_id"],
            ["dispatch.referral.id", "dispatch.referral.patient_id"],
            name="fk_booking_referral",
        ),
        sa.UniqueConstraint("id", "referral_id", "patient_id", name="uq_booking_id_referral_id_patient_id"),
        sa.UniqueConstraint("id", "patient_id", name="uq_booking_id_patient_id"),
        schema="dispatch",
    )
    for name, columns in {
        "booking_cancellation": (
            sa.Column("reason", sa.Text, nullable=False),
            sa.Column("cancelled_at", MOMENT, nullable=False),
            sa.Column("cancelled_by", UUID, sa.ForeignKey("identity.staff_member.id")),
            sa.CheckConstraint("reason <> ''", name="ck_booking_cancellation_reason"),
        ),
        "booking_outcome": (
            sa.Column("outcome", sa.Text, nullable=False),
            sa.Column("recorded_at", MOMENT, nullable=False),
            sa.Column("recorded_by", UUID, sa.ForeignKey("identity.staff_member.id")),
            sa.CheckConstraint("outcome IN ('served', 'no_show')", name="ck_booking_outcome_outcome"),
        ),
    }.items():
        op.create_table(
            name,
            sa.Column("booking_id", UUID, primary_key=True),
            sa.Column("patient_id", UUID, nullable=False, index=True),
            *columns,
            sa.ForeignKeyConstraint(
                ["booking_id", "patient_id"],
                ["dispatch.booking.id", "dispatch.booking.patient_id"],
                name=f"fk_{name}_booking",
            ),
            schema="dispatch",
        )


def _occupancies() -> None:
    op.create_table(
        "slot_occupancy",
        # The last guard against double booking.
        sa.Column("slot_id", UUID, primary_key=True),
        sa.Column("booking_id", UUID, nullable=False),
        sa.Column("referral_id", UUID, nullable=False),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["slot_id", "starts_at"],
            ["dispatch.slot.id", "dispatch.slot.starts_at"],
            name="fk_slot_occupancy_slot",
        ),
        sa.ForeignKeyConstraint(
            ["booking_id", "referral_id", "patient_id"],
            [f"dispatch.booking.{name}" for name in ("id", "referral_id", "patient_id")],
            name="fk_slot_occupancy_booking",
        ),
        sa.UniqueConstraint("booking_id", name="uq_slot_occupancy_booking_id"),
        # One live booking for a referral; a patient is not in two places at once.
        sa.UniqueConstraint("referral_id", name="uq_slot_occupancy_referral_id"),
        sa.UniqueConstraint("patient_id", "starts_at", name="uq_slot_occupancy_patient_id_starts_at"),
        schema="dispatch",
    )


def _state_follows_events() -> None:
    """referral.state and .version change only together with an event, and every event changes them."""
    # An event that says so exists, at the latest when the transaction commits.
    op.execute(
        "ALTER TABLE dispatch.referral ADD CONSTRAINT fk_referral_last_event FOREIGN KEY (id, version, state) "
        "REFERENCES dispatch.referral_event (referral_id, seq, to_state) DEFERRABLE INITIALLY DEFERRED"
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.count_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.version <> OLD.version + 1 THEN
                RAISE EXCEPTION 'a referral changes one event at a time' USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER referral_counts_versions BEFORE UPDATE ON dispatch.referral "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.count_version()"
    )
    # The other way round: no event beyond the referral's version.
    op.execute(
        """
        CREATE FUNCTION dispatch.follow_referral() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM dispatch.referral WHERE id = NEW.referral_id AND version >= NEW.seq) THEN
                RAISE EXCEPTION 'an event comes only together with its referral' USING ERRCODE = '23514';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER referral_event_follows BEFORE INSERT ON dispatch.referral_event "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.follow_referral()"
    )


def _taken_follows_occupancies() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.mark_taken() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE dispatch.slot SET taken = (TG_OP = 'INSERT')
            WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.slot_id ELSE OLD.slot_id END;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER slot_occupancy_marks AFTER INSERT OR DELETE ON dispatch.slot_occupancy "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.mark_taken()"
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.refuse_direct_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION 'a slot is taken and freed by its occupancy alone' USING ERRCODE = '42501';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER slot_changes_with_occupancy BEFORE UPDATE ON dispatch.slot "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.refuse_direct_change()"
    )


def _notify() -> None:
    """Tell the live boards that something changed, and what; history that is entered later is no news."""
    op.execute(
        """
        CREATE FUNCTION dispatch.tell_boards() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('dispatch', NEW.referral_id::text);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER referral_event_tells AFTER INSERT ON dispatch.referral_event FOR EACH ROW "
        "WHEN (NEW.at > now() - interval '1 hour') EXECUTE FUNCTION dispatch.tell_boards()"
    )


def _rights() -> None:
    for table in ("service", "waiting_term", "allowed_transition", "slot"):
        op.execute(f"GRANT SELECT ON dispatch.{table} TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON dispatch.service, dispatch.waiting_term, dispatch.slot TO {LOADER}")
    op.execute(f"GRANT UPDATE ON dispatch.service TO {LOADER}")
    op.execute(f"GRANT UPDATE (taken) ON dispatch.slot TO {WEB}, {LOADER}")
    op.execute(f"GRANT USAGE ON SEQUENCE dispatch.referral_number TO {WEB}, {LOADER}")
    both = ("doctor", "dispatcher")
    guard_patient_table("dispatch.referral", readers=both, writers=("doctor",))
    guard_patient_table("dispatch.referral_event", readers=both, writers=both)
    guard_patient_table("dispatch.booking", readers=both, writers=("dispatcher",))
    guard_patient_table("dispatch.booking_cancellation", readers=both, writers=("dispatcher",))
    guard_patient_table("dispatch.booking_outcome", readers=both, writers=both)
    guard_patient_table("dispatch.slot_occupancy", readers=both, writers=("dispatcher",))
    in_care = "(SELECT foundation.actor_role()) IN ('doctor', 'dispatcher') AND identity.in_care(patient_id)"
    op.execute(f"GRANT UPDATE (state, version, owner_id, next_action_due) ON dispatch.referral TO {WEB}")
    op.execute(
        f"CREATE POLICY dispatch_referral_care_step ON dispatch.referral FOR UPDATE TO {WEB} "
        f"USING ({in_care}) WITH CHECK ({in_care})"
    )
    op.execute(f"GRANT DELETE ON dispatch.slot_occupancy TO {WEB}")
    op.execute(
        f"CREATE POLICY dispatch_slot_occupancy_free ON dispatch.slot_occupancy FOR DELETE TO {WEB} "
        f"USING ({in_care})"
    )
    _own_name()
    for table in ("waiting_term", "allowed_transition"):
        forbid_change(f"dispatch.{table}")
    for table in ("referral_event", "booking", "booking_cancellation", "booking_outcome"):
        forbid_change(f"dispatch.{table}")


def _own_name() -> None:
    """Nobody refers, books or tells what happened in another's name."""
    facility = "(SELECT foundation.actor_facility())"
    for table, condition in {
        "referral": f"referrer_id = {STAFF} AND from_facility_id = {facility}",
        "referral_event": f"actor_staff_id = {STAFF} AND actor_facility_id = {facility} "
        "AND actor_role = (SELECT foundation.actor_role())",
        "booking": f"booked_by = {STAFF}",
        "booking_cancellation": f"cancelled_by = {STAFF}",
        "booking_outcome": f"recorded_by = {STAFF}",
    }.items():
        op.execute(
            f"CREATE POLICY dispatch_{table}_own_name ON dispatch.{table} AS RESTRICTIVE FOR INSERT TO {WEB} "
            f"WITH CHECK ({condition})"
        )
