"""Facilities, members of staff and their posts are kept by administrators too, and every change of a post is written down.

Who works where as what stays open to everybody who reads it; only who writes it is walled. An administrator acts at their post,
never on their own posts, gives none that began before it was given, and changes none that has ended. The database itself writes
down who gave or ended which post when and why, whoever did it: the web cannot leave it out, nor say otherwise.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.walls import SERVICE_ROLES, forbid_change

revision = "0061"
down_revision = "0060"

MOMENT = TIMESTAMP(timezone=True)
ADMINISTRATOR = "(SELECT foundation.actor_role()) = 'administrator' AND (SELECT identity.actor_at_post())"
ANOTHER_S = "staff_id IS DISTINCT FROM (SELECT foundation.actor_staff())"
# What an administrator writes of each, when it is entered and afterwards.
WRITTEN = {
    "facility": (
        "id, code, kind, name_en, name_ru, settlement_en, settlement_ru, address_en, address_ru, telephone, latitude, "
        "longitude, connected",
        "kind, name_en, name_ru, settlement_en, settlement_ru, address_en, address_ru, telephone, latitude, longitude, "
        "connected",
    ),
    "staff_member": (
        "id, family_name, given_name, middle_name, position_en, position_ru, national_identifier_system, "
        "national_identifier_digest, national_identifier_sealed, birth_date_digest",
        "family_name, given_name, middle_name, position_en, position_ru",
    ),
    "staff_post": (
        "id, staff_id, facility_id, role, began_at, ends_at, reason",
        "ends_at, reason",
    ),
}


def upgrade() -> None:
    for table in WRITTEN:
        op.execute(f"ALTER TABLE identity.{table} ADD COLUMN version integer NOT NULL DEFAULT 1")
    op.execute("ALTER TABLE identity.staff_post ADD COLUMN reason text NOT NULL DEFAULT ''")
    _counting()
    _changes()
    _noting()
    for table, (entered, changed) in WRITTEN.items():
        op.execute(f"GRANT INSERT ({entered}), UPDATE ({changed}) ON identity.{table} TO {WEB}")
    _wall("facility", add="true", change="true", changed="true")
    _wall("staff_member", add="true", change="true", changed="true")
    _wall(
        "staff_post",
        add=f"{ANOTHER_S} AND began_at >= now() AND ends_at > began_at",
        change=f"{ANOTHER_S} AND ends_at > now()",
        changed="ends_at >= now() AND ends_at >= began_at",
    )


def _counting() -> None:
    """Whoever changes a row, also a process of the version before: no page changes what it has not shown."""
    op.execute(
        """
        CREATE FUNCTION identity.count_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.version := OLD.version + 1;
            RETURN NEW;
        END $$
        """
    )
    for table in ("facility", "staff_member"):
        op.execute(
            f"CREATE TRIGGER {table}_counts_changes BEFORE UPDATE ON identity.{table} "
            "FOR EACH ROW EXECUTE FUNCTION identity.count_change()"
        )


def _changes() -> None:
    op.create_table(
        "staff_post_change",
        # A change is noted before its post is written.
        sa.Column(
            "post_id",
            UUID,
            sa.ForeignKey("identity.staff_post.id", deferrable=True, initially="DEFERRED"),
            primary_key=True,
        ),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    op.create_index("ix_staff_post_change_at", "staff_post_change", ["at"], schema="identity")
    table = "identity.staff_post_change"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT ON {table} TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY staff_post_change_read ON {table} FOR SELECT TO {WEB} "
        "USING ((SELECT foundation.actor_role()) = 'administrator')"
    )
    op.execute(f"CREATE POLICY staff_post_change_loader ON {table} FOR SELECT TO {LOADER} USING (true)")
    op.execute(
        f"CREATE POLICY staff_post_change_note ON {table} FOR INSERT TO {DOORKEEPER} WITH CHECK (true)"
    )
    forbid_change(table)


def _noting() -> None:
    """Why goes from the post, which everybody reads, into its change, whose number follows from what is written down already."""
    op.execute(f"GRANT SELECT (post_id, number) ON identity.staff_post_change TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY staff_post_change_count ON identity.staff_post_change FOR SELECT TO {DOORKEEPER} USING (true)"
    )
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(
        """
        CREATE FUNCTION identity.note_post_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog AS $$
        BEGIN
            INSERT INTO identity.staff_post_change (post_id, number, ends_at, reason, staff_id)
            SELECT NEW.id, coalesce(max(number), 0) + 1, NEW.ends_at, NEW.reason, foundation.actor_staff()
            FROM identity.staff_post_change WHERE post_id = NEW.id;
            NEW.reason := '';
            IF TG_OP = 'UPDATE' THEN
                NEW.version := OLD.version + 1;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER staff_post_change_is_noted BEFORE INSERT OR UPDATE OF ends_at ON identity.staff_post "
        "FOR EACH ROW EXECUTE FUNCTION identity.note_post_change()"
    )
    op.execute(f"ALTER FUNCTION identity.note_post_change() OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.note_post_change FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _wall(table: str, *, add: str, change: str, changed: str) -> None:
    """Everybody reads, as before; loaders write as before."""
    name = f"identity.{table}"
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_read ON {name} FOR SELECT USING (true)")
    op.execute(f"CREATE POLICY {table}_loader ON {name} TO {LOADER} USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY {table}_administrator_add ON {name} FOR INSERT TO {WEB} WITH CHECK ({ADMINISTRATOR} AND {add})"
    )
    op.execute(
        f"CREATE POLICY {table}_administrator_change ON {name} FOR UPDATE TO {WEB} "
        f"USING ({ADMINISTRATOR} AND {change}) WITH CHECK ({changed})"
    )
