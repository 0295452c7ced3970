"""What a slot is of: a doctor, a room, a device, a bed or a team, known to the database as one thing and not by its name alone.

A name with other spaces in it is the same resource. Whoever offers times goes on naming it, a process of the version before too: the
database finds it by its facility and name, or makes it. Its kind follows from the service that it was first offered for.

Times are whole ranges, their end not among them, and last a day at most. That is asked of what is offered from now on: the times of a slot
never change, and one that stands already and is longer goes on to be taken and freed, which a constraint on all rows would refuse.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from migrations.walls import LOADER, SERVICE_ROLES

revision = "0099"
down_revision = "0098"

KINDS = "('doctor', 'room', 'device', 'bed', 'team')"
# Of the first service that it is offered for.
KIND_OF = (
    "CASE v.kind WHEN 'imaging' THEN 'device' WHEN 'test' THEN 'room' WHEN 'bed' THEN 'bed' ELSE 'doctor' END"
)
# Blanks that a line is not broken at look like any other.
BLANKS = r"[\s\u00a0\u2007\u202f]+"
# The newest of its names stands.
OF_STORED_SLOTS = f"""
    INSERT INTO dispatch.resource (id, facility_id, kind, name_en, name_ru)
    SELECT gen_random_uuid(), named.* FROM (
        SELECT DISTINCT ON (s.facility_id, dispatch.resource_name(s.resource_en)) s.facility_id, {KIND_OF},
               dispatch.resource_name(s.resource_en), dispatch.resource_name(s.resource_ru)
        FROM dispatch.slot s JOIN dispatch.service v ON v.code = s.service_code
        ORDER BY s.facility_id, dispatch.resource_name(s.resource_en), s.starts_at DESC, s.id) named
    ON CONFLICT DO NOTHING
"""
STORED_SLOTS = """
    UPDATE dispatch.slot s SET resource_id = r.id FROM dispatch.resource r
    WHERE r.facility_id = s.facility_id AND r.name_en = dispatch.resource_name(s.resource_en)
"""


def upgrade() -> None:
    _resources()
    _stored_slots()
    _new_slots()


def _resources() -> None:
    op.execute(
        rf"""
        CREATE FUNCTION dispatch.resource_name(told text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN btrim(regexp_replace(told, '{BLANKS}', ' ', 'g'))
        """
    )
    op.create_table(
        "resource",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("name_ru", sa.Text, nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name="ck_resource_kind"),
        sa.CheckConstraint("name_en = dispatch.resource_name(name_en)", name="ck_resource_name_en"),
        sa.UniqueConstraint("facility_id", "name_en", name="uq_resource_facility_id_name_en"),
        sa.UniqueConstraint("id", "facility_id", name="uq_resource_id_facility_id"),
        schema="dispatch",
    )
    op.execute(f"GRANT SELECT ON dispatch.resource TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON dispatch.resource TO {LOADER}")


def _stored_slots() -> None:
    op.execute("ALTER TABLE dispatch.slot ADD COLUMN resource_id uuid")
    op.execute(OF_STORED_SLOTS)
    op.execute("ALTER TABLE dispatch.slot DISABLE TRIGGER slot_changes_with_occupancy")
    op.execute(STORED_SLOTS)
    op.execute("ALTER TABLE dispatch.slot ENABLE TRIGGER slot_changes_with_occupancy")
    op.execute("ALTER TABLE dispatch.slot ALTER COLUMN resource_id SET NOT NULL")
    # Of the slot's own facility, and of no other.
    op.execute(
        "ALTER TABLE dispatch.slot ADD CONSTRAINT fk_slot_resource FOREIGN KEY (resource_id, facility_id) "
        "REFERENCES dispatch.resource (id, facility_id)"
    )
    op.execute("CREATE INDEX ix_slot_resource_id ON dispatch.slot (resource_id, starts_at)")


def _new_slots() -> None:
    op.execute(
        f"""
        CREATE FUNCTION dispatch.find_resource() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.ends_at - NEW.starts_at > interval '24 hours' THEN
                RAISE EXCEPTION 'a slot lasts a day at most' USING ERRCODE = '23514', CONSTRAINT = 'ck_slot_length';
            END IF;
            NEW.resource_en := dispatch.resource_name(NEW.resource_en);
            NEW.resource_ru := dispatch.resource_name(NEW.resource_ru);
            LOOP
                SELECT r.id INTO NEW.resource_id FROM dispatch.resource r
                WHERE r.facility_id = NEW.facility_id AND r.name_en = NEW.resource_en;
                EXIT WHEN FOUND;
                -- Another may be making it at the same moment: then it is found.
                INSERT INTO dispatch.resource (id, facility_id, kind, name_en, name_ru)
                VALUES (gen_random_uuid(), NEW.facility_id,
                        coalesce((SELECT {KIND_OF} FROM dispatch.service v WHERE v.code = NEW.service_code), 'doctor'),
                        NEW.resource_en, NEW.resource_ru)
                ON CONFLICT (facility_id, name_en) DO NOTHING;
            END LOOP;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER slot_finds_its_resource BEFORE INSERT ON dispatch.slot "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.find_resource()"
    )
