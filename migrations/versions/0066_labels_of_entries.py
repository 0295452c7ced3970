"""Entries about what the law guards more closely carry a label by rule, and open to the treating team alone.

Which codes say so is a row of `emr.label_rule` with its legal basis and dates. Triggers read the codings out of what is written,
whoever writes it, and keep what restricts an entry in the column `restrictions` of everything that tells of it: NULL where nothing
does, so that its wall looks at nothing else. Of a version that is not signed they are its own; by a signature they become those of
its entry, and stay with it. A medicine of the directory labels whatever refers to it, and an entry the Binary that it holds, whichever
came first.

A process of the version before names its columns, and leaves this one to the triggers. Rows that were there before are labelled
by the first `migrate` (emr/sensitivity/actions.py).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.labelled import (
    RELABEL,
    RESTRICT_AS_SIGNED,
    RESTRICT_HELD,
    labels_in,
    labels_of_referring,
    medicines_of,
    names_medicines,
)
from migrations.labels import FIRST_RULES, LABELS
from migrations.walls import SERVICE_ROLES

revision = "0066"
down_revision = "0065"

TABLES = ("entry", "entry_version", "signature", "entry_summary")
APPEND_ONLY = TABLES[:3]


def upgrade() -> None:
    _rules()
    _columns()
    _care()
    _functions()
    _walls()


def _rules() -> None:
    words = ", ".join(f"'{each}'" for each in LABELS)
    table = op.create_table(
        "label_rule",
        sa.Column("id", UUID, primary_key=True, server_default=sa.text("gen_random_uuid()")),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("code_from", sa.Text, nullable=False),
        sa.Column("code_to", sa.Text, nullable=False),
        sa.Column("compared", sa.Integer),
        sa.Column("label", sa.Text, sa.CheckConstraint(f"label IN ({words})"), nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False, server_default=sa.text("'infinity'")),
        schema="emr",
    )
    op.create_table("labelling", sa.Column("digest", sa.Text, primary_key=True), schema="emr")
    op.execute(
        f"GRANT SELECT ON emr.label_rule TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}; "
        f"GRANT INSERT, UPDATE ON emr.label_rule TO {LOADER}; "
        f"GRANT SELECT, INSERT, DELETE ON emr.labelling TO {LOADER}"
    )
    op.bulk_insert(table, list(FIRST_RULES))


def _columns() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("restrictions", sa.ARRAY(sa.Text)), schema="emr")
        named = _columns_of(name)
        op.execute(f"REVOKE INSERT ON emr.{name} FROM {WEB}")
        op.execute(f"GRANT INSERT ({named}) ON emr.{name} TO {WEB}")
        op.execute(f"GRANT UPDATE (restrictions) ON emr.{name} TO {LOADER}, {DOORKEEPER}")
        op.execute(f"GRANT SELECT ON emr.{name} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY emr_{name}_labelling ON emr.{name} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )
        op.execute(
            f"CREATE INDEX ix_{name}_restricted ON emr.{name} ({'id' if name == 'entry' else 'entry_id'}) "
            "WHERE restrictions IS NOT NULL"
        )
    # The filters of a timeline are told from this index alone, so what their wall asks stands in it.
    op.execute("DROP INDEX emr.ix_entry_summary_kind")
    op.execute(
        "CREATE INDEX ix_entry_summary_kind ON emr.entry_summary (patient_id, kind, effective_at DESC, entry_id DESC) "
        "INCLUDE (restrictions, author_id)"
    )
    # Of the few that refer to a medicine of the directory.
    op.execute(
        f"CREATE INDEX ix_entry_version_medicines ON emr.entry_version USING gin (({medicines_of('content')}) jsonb_path_ops) "
        f"WHERE {names_medicines('content')}"
    )
    op.execute(f"GRANT USAGE ON SCHEMA emr TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT ON emr.directory_resource TO {DOORKEEPER}")
    for name in APPEND_ONLY:
        trigger = f"emr_{name}_append_only"
        op.execute(f"DROP TRIGGER {trigger} ON emr.{name}")
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE UPDATE OF {_columns_of(name)} OR DELETE OR TRUNCATE ON emr.{name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION foundation.refuse_change()"
        )
    line = _columns_of("entry_summary")
    op.execute(f"REVOKE UPDATE ON emr.entry_summary FROM {WEB}")
    op.execute(f"GRANT UPDATE ({line}) ON emr.entry_summary TO {WEB}")
    op.execute("DROP TRIGGER emr_entry_summary_checked ON emr.entry_summary")
    op.execute(
        f"CREATE TRIGGER emr_entry_summary_checked BEFORE INSERT OR UPDATE OF {line} ON emr.entry_summary "
        "FOR EACH ROW WHEN (NOT foundation.enters_the_past()) EXECUTE FUNCTION emr.check_line()"
    )


def _columns_of(table: str) -> str:
    """What it had before."""
    columns = sa.inspect(op.get_bind()).get_columns(table, schema="emr")
    return ", ".join(each["name"] for each in columns if each["name"] != "restrictions")


def _care() -> None:
    """What opens a row that something restricts, in two functions: a further word of `restrictions` is one of the second's."""
    op.execute(
        """
        CREATE FUNCTION identity.in_personal_care(patient uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN EXISTS (
            SELECT 1 FROM identity.care_relation
            WHERE patient_id = patient
              AND facility_id = (SELECT foundation.actor_facility())
              AND basis IN ('team', 'emergency')
              AND (staff_id IS NULL OR staff_id = (SELECT foundation.actor_staff()))
              AND began_at <= now() + interval '1 minute' AND ends_at > now()
        )
        """
    )
    op.execute(
        """
        CREATE FUNCTION emr.opens(restrictions text[], patient uuid, author uuid) RETURNS boolean
        LANGUAGE sql STABLE PARALLEL SAFE
        RETURN author = (SELECT foundation.actor_staff()) OR identity.in_personal_care(patient)
        """
    )


def _functions() -> None:
    op.execute(
        """
        CREATE FUNCTION emr.together(held text[], further text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN nullif(array(SELECT DISTINCT unnest(held || further) ORDER BY 1), '{}')
        """
    )
    op.execute(f"GRANT CREATE ON SCHEMA emr TO {DOORKEEPER}")
    _trigger(
        "label_versions",
        "entry_version",
        f"""
        UPDATE emr.entry_version AS v SET restrictions = found.labels
        FROM ({labels_in("new_rows")}) AS found WHERE v.entry_id = found.entry_id AND v.number = found.number;
        """,
    )
    _trigger("label_referring", "directory_resource", labels_of_referring())
    # A Binary that came after what holds it: its record is looked through for that.
    _trigger(
        "restrict_signed",
        "signature",
        """
        DECLARE
            touched uuid[];
            records uuid[];
        BEGIN
            SELECT array_agg(DISTINCT e.id) FILTER (WHERE v.restrictions IS NOT NULL OR e.restrictions IS NOT NULL),
                   array_agg(DISTINCT v.patient_id) FILTER (
                       WHERE v.author_id IS NULL AND v.content ->> 'resourceType' = 'Binary')
            INTO touched, records FROM new_rows AS n JOIN emr.entry AS e ON e.id = n.entry_id
            JOIN emr.entry_version AS v ON v.entry_id = n.entry_id AND v.number = n.number;
            IF touched IS NOT NULL THEN
                PERFORM emr.restrict_as_signed(touched);
            END IF;
            IF records IS NOT NULL THEN
                PERFORM emr.restrict_held(array(
                    SELECT id FROM emr.entry WHERE patient_id = ANY(records) AND restrictions IS NOT NULL));
            END IF;
        END;
        """,
    )
    _trigger(
        "restrict_lines",
        "entry_summary",
        """
        UPDATE emr.entry_summary AS s SET restrictions = e.restrictions
        FROM new_rows AS n JOIN emr.entry AS e ON e.id = n.entry_id
        WHERE e.restrictions IS NOT NULL AND s.entry_id = n.entry_id;
        """,
    )
    op.execute(f"REVOKE CREATE ON SCHEMA emr FROM {DOORKEEPER}")
    # Called by the triggers, as the doorkeeper; and by the loader.
    op.execute(
        """
        CREATE FUNCTION emr.restrict(entries uuid[]) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE emr.entry_version AS v SET restrictions = e.restrictions FROM emr.entry AS e
            WHERE e.id = ANY(entries) AND v.entry_id = e.id AND v.restrictions IS DISTINCT FROM e.restrictions
              AND EXISTS (SELECT FROM emr.signature AS s WHERE s.entry_id = v.entry_id AND s.number = v.number);
            UPDATE emr.signature AS s SET restrictions = e.restrictions FROM emr.entry AS e
            WHERE e.id = ANY(entries) AND s.entry_id = e.id AND s.restrictions IS DISTINCT FROM e.restrictions;
            UPDATE emr.entry_summary AS s SET restrictions = e.restrictions FROM emr.entry AS e
            WHERE e.id = ANY(entries) AND s.entry_id = e.id AND s.restrictions IS DISTINCT FROM e.restrictions;
        END $$
        """
    )
    op.execute(RESTRICT_AS_SIGNED)
    op.execute(RESTRICT_HELD)
    op.execute(RELABEL)


def _trigger(name: str, table: str, body: str) -> None:
    """After rows came into the table, whoever wrote them, with the rights of the doorkeeper."""
    op.execute(
        f"CREATE FUNCTION emr.{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = pg_catalog AS $$ BEGIN {body} RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER emr_{table}_{name} AFTER INSERT ON emr.{table} REFERENCING NEW TABLE AS new_rows "
        f"FOR EACH STATEMENT EXECUTE FUNCTION emr.{name}()"
    )
    op.execute(f"ALTER FUNCTION emr.{name} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION emr.{name} FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _walls() -> None:
    """An entry is open to staff where one of its versions is, as before."""
    for name, author in (
        ("entry_version", "author_id"),
        ("signature", "signer_id"),
        ("entry_summary", "author_id"),
    ):
        policy = f"emr_{name}_care"
        asked = op.get_bind().scalar(
            sa.text("SELECT qual FROM pg_policies WHERE schemaname = 'emr' AND policyname = :policy"),
            {"policy": policy},
        )
        opens = f"(restrictions IS NULL OR emr.opens(restrictions, patient_id, {author}))"
        op.execute(f"ALTER POLICY {policy} ON emr.{name} TO {WEB} USING ({asked} AND {opens})")
