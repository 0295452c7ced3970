"""A person hides one entry of their record: it opens to whoever wrote it, the treating team and an emergency alone, until it is shown again.

Which kinds may be hidden is data with its basis. `emr.hide_entry` and `emr.show_entry` alone write the history and the word
`hidden-by-patient` into `restrictions`, where it stands beside labels: both walls, and processes of the version before, ask that
column already.

Who wrote an entry that is merely hidden may not take others into the team by it: that would undo what the person wants.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.labelled import documents_held
from migrations.walls import SERVICE_ROLES, forbid_change, guard_patient_table, moves_with_record

revision = "0087"
down_revision = "0086"

MOMENT = TIMESTAMP(timezone=True)
HIDDEN = "hidden-by-patient"
# As emr/entries/enumerations.py names them.
HIDABLE = (
    *("visit", "note", "diagnosis", "result", "vital", "medicine", "immunisation"),
    *("procedure", "image", "document", "plan", "administrative"),
)
OWN_RULE_EN = "The region's rule: the law lets clinics show one another a record, and does not oblige them to"
OWN_RULE_RU = "Правило области: закон разрешает клиникам показывать карту друг другу, но не обязывает их"
KEPT_EN = "Federal law 323-FZ, articles 4 and 70: whoever treats must know what could kill the patient"
KEPT_RU = "Федеральный закон № 323-ФЗ, статьи 4 и 70: тот, кто лечит, обязан знать, что может убить пациента"
STANDS = "NOT EXISTS (SELECT 1 FROM emr.hiding_lift l WHERE l.hiding_id = h.id)"
STANDING = f"SELECT h.entry_id FROM emr.hiding h WHERE h.patient_id = whose AND {STANDS}"


def upgrade() -> None:
    _rules()
    _tables()
    op.execute(f"GRANT CREATE ON SCHEMA emr TO {DOORKEEPER}")
    _settling()
    _hiding()
    _showing()
    op.execute(f"REVOKE CREATE ON SCHEMA emr FROM {DOORKEEPER}")
    _team()
    # What follows an entry wherever it goes.
    moves_with_record("emr.hiding", row="entry_id", parent="emr.entry")
    moves_with_record("emr.hiding_lift", row="hiding_id", parent="emr.hiding")


def _rules() -> None:
    table = op.create_table(
        "hiding_rule",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("hidable", sa.Boolean, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_hiding_rule_valid_to"),
        schema="emr",
    )
    dates = {"valid_from": date(2012, 1, 1), "valid_to": date.max}
    rules = [(each, True, OWN_RULE_EN, OWN_RULE_RU) for each in HIDABLE] + [
        ("allergy", False, KEPT_EN, KEPT_RU)
    ]
    names = ("kind", "hidable", "basis_en", "basis_ru")
    op.bulk_insert(table, [{**dict(zip(names, each, strict=True)), **dates} for each in rules])
    op.execute(f"GRANT SELECT ON emr.hiding_rule TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}")
    op.execute(f"GRANT INSERT ON emr.hiding_rule TO {LOADER}")


def _tables() -> None:
    op.create_table(
        "hiding",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("entry_id", UUID, sa.ForeignKey("emr.entry.id"), nullable=False, index=True),
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id")),
        sa.Column("hidden_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="emr",
    )
    op.create_table(
        "hiding_lift",
        sa.Column("hiding_id", UUID, sa.ForeignKey("emr.hiding.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id")),
        sa.Column("lifted_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="emr",
    )
    # To whoever acts for somebody it is told where the entry is: a label may close that to a parent.
    told = (
        "(SELECT foundation.actor_delegation()) IS NULL "
        "OR EXISTS (SELECT 1 FROM emr.entry_summary s WHERE s.entry_id = {entry})"
    )
    lifted = "(SELECT h.entry_id FROM emr.hiding h WHERE h.id = hiding_lift.hiding_id)"
    for name, entry in (("hiding", "hiding.entry_id"), ("hiding_lift", lifted)):
        guard_patient_table(f"emr.{name}", part="record", also=told.format(entry=entry))
        # Written by the functions alone.
        op.execute(f"REVOKE INSERT ON emr.{name} FROM {WEB}")
        forbid_change(f"emr.{name}")
        op.execute(f"GRANT SELECT, INSERT ON emr.{name} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY emr_{name}_doorkeeper ON emr.{name} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )


def _settling() -> None:
    """The word comes to the entry and to the bytes that it holds, or goes: it stays where another that is hidden holds them.

    Whoever signs locks the entry's number (emr/entries/queries/changes.py), and whoever sends a version holds a key of the entry:
    they wait for each other, and who comes second meets what the first has written."""
    op.execute(
        f"""
        CREATE FUNCTION emr.settle_hidden(whose uuid, of_entry uuid) RETURNS void
        LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
        DECLARE
            concerned uuid[];
            changed uuid[];
        BEGIN
            PERFORM 1 FROM emr.entry e WHERE e.id = of_entry FOR UPDATE;
            SELECT array_agg(id) INTO concerned FROM (
                SELECT of_entry AS id
                UNION SELECT held.document FROM ({documents_held("(SELECT of_entry)")}) AS held
            ) AS each;
            PERFORM 1 FROM emr.entry e WHERE e.id = ANY(concerned) ORDER BY e.id FOR UPDATE;
            WITH standing AS MATERIALIZED (
                {STANDING}
            ), hidden AS MATERIALIZED (
                SELECT entry_id AS id FROM standing
                UNION SELECT held.document FROM ({documents_held("(SELECT entry_id FROM standing)")}) AS held
            ), due AS (
                SELECT e.id, CASE WHEN e.id IN (SELECT id FROM hidden) THEN emr.together(e.restrictions, '{{{HIDDEN}}}')
                    ELSE nullif(array_remove(e.restrictions, '{HIDDEN}'), '{{}}') END AS restrictions
                FROM emr.entry e WHERE e.id = ANY(concerned)
            ), moved AS (
                UPDATE emr.entry e SET restrictions = due.restrictions FROM due
                WHERE e.id = due.id AND e.restrictions IS DISTINCT FROM due.restrictions RETURNING e.id
            ) SELECT array_agg(id) INTO changed FROM moved;
            IF changed IS NOT NULL THEN
                PERFORM emr.restrict(changed);
            END IF;
        END $$
        """
    )
    _give_to_doorkeeper("settle_hidden", to_web=False)


def _hiding() -> None:
    """What the answer tells: 'hidden'; 'kept' where such entries may not be; 'stands' already; 'absent', it is no entry of theirs."""
    op.execute(
        f"""
        CREATE FUNCTION emr.hide_entry(named uuid, of_entry uuid) RETURNS text
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            whose uuid := foundation.actor_patient('whole');
            known record;
        BEGIN
            {_refuse_others()}
            PERFORM pg_advisory_xact_lock(hashtextextended(of_entry::text, 0));
            SELECT e.kind INTO known FROM emr.entry e WHERE {_theirs()};
            IF NOT FOUND THEN
                RETURN 'absent';
            END IF;
            IF of_entry IN ({STANDING}) THEN
                RETURN 'stands';
            END IF;
            IF NOT EXISTS (SELECT 1 FROM emr.hiding_rule r WHERE r.kind = known.kind AND r.hidable
                AND current_date BETWEEN r.valid_from AND r.valid_to)
            THEN
                RETURN 'kept';
            END IF;
            INSERT INTO emr.hiding (id, patient_id, entry_id, delegation_id)
            VALUES (named, whose, of_entry, foundation.actor_delegation());
            PERFORM emr.settle_hidden(whose, of_entry);
            RETURN 'hidden';
        END $$
        """
    )
    _give_to_doorkeeper("hide_entry")


def _showing() -> None:
    """What the answer tells: 'shown'; 'stands', it is not hidden; 'absent', it is no entry of theirs."""
    op.execute(
        f"""
        CREATE FUNCTION emr.show_entry(of_entry uuid) RETURNS text
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            whose uuid := foundation.actor_patient('whole');
            standing uuid;
        BEGIN
            {_refuse_others()}
            PERFORM pg_advisory_xact_lock(hashtextextended(of_entry::text, 0));
            IF NOT EXISTS (SELECT 1 FROM emr.entry e WHERE {_theirs()}) THEN
                RETURN 'absent';
            END IF;
            SELECT h.id INTO standing FROM emr.hiding h
            WHERE h.patient_id = whose AND h.entry_id = of_entry AND {STANDS};
            IF NOT FOUND THEN
                RETURN 'stands';
            END IF;
            INSERT INTO emr.hiding_lift (hiding_id, patient_id, delegation_id)
            VALUES (standing, whose, foundation.actor_delegation());
            PERFORM emr.settle_hidden(whose, of_entry);
            RETURN 'shown';
        END $$
        """
    )
    _give_to_doorkeeper("show_entry")


def _refuse_others() -> str:
    return """
            IF (whose IS NOT NULL AND identity.actor_decides()) IS NOT TRUE THEN
                RAISE EXCEPTION 'entries of this record are not the actor''s to hide or show' USING ERRCODE = '42501';
            END IF;
    """


def _theirs() -> str:
    """A signed entry of the record, which no label closes to a parent."""
    return (
        "e.id = of_entry AND e.patient_id = whose AND EXISTS (SELECT 1 FROM emr.signature s WHERE s.entry_id = e.id) "
        "AND (e.restrictions IS NULL OR NOT e.restrictions && identity.hidden_from_actor())"
    )


def _team() -> None:
    connection = op.get_bind()
    told = connection.scalar(sa.text("SELECT pg_get_functiondef('identity.may_change_team'::regproc)"))
    by_any, by_label = "v.restrictions IS NOT NULL", f"array_remove(v.restrictions, '{HIDDEN}') <> '{{}}'"
    if told.count(by_any) != 1:
        raise RuntimeError("identity.may_change_team is not the function that this was written for")
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql(told.replace(by_any, by_label).replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _give_to_doorkeeper(function: str, *, to_web: bool = True) -> None:
    op.execute(f"ALTER FUNCTION emr.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION emr.{function} FROM PUBLIC")
    if to_web:
        op.execute(f"GRANT EXECUTE ON FUNCTION emr.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
