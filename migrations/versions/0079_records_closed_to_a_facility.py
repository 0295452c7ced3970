"""A person closes their record to a facility: its care ends, what would open it meanwhile is kept closed, and lifted it stands again.

Which care may be closed is data with its basis in law: the clinic where one is registered keeps the record by law, and who works
on a referral cannot without. `identity.close_record` and `identity.lift_closure` alone write it. A trigger keeps what is entered
meanwhile closed, whoever enters it; an emergency opens as it does. Reading costs nothing more: both walls ask for care.

A process of the version before shows such care as ended, which it is.
"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.walls import SERVICE_ROLES, forbid_change, guard_patient_table

revision = "0079"
down_revision = "0078"

MOMENT = TIMESTAMP(timezone=True)
# 323-FZ in force since 2012. It lets clinics exchange what they know for treatment without asking (article 13, part 4, item 8):
# that a person may close what it does not force a clinic to see is the region's own rule.
KEPT_EN = "Federal law 323-FZ, article 79 (part 1, item 12): a clinic keeps the records of those it serves"
KEPT_RU = "Федеральный закон № 323-ФЗ, статья 79 (часть 1, пункт 12): клиника ведёт и хранит документы тех, кого обслуживает"
NEEDED_EN = "Federal law 323-FZ, article 13 (part 4, item 8): whoever examines or treats you by a referral needs the record for it"
NEEDED_RU = (
    "Федеральный закон № 323-ФЗ, статья 13 (часть 4, пункт 8): тому, кто обследует или лечит вас по направлению, "
    "для этого нужна карта"
)
OWN_RULE_EN = "The region's rule: the law lets clinics show one another a record, and does not oblige them to"
OWN_RULE_RU = "Правило области: закон разрешает клиникам показывать карту друг другу, но не обязывает их"
RULES = (
    ("attachment", False, KEPT_EN, KEPT_RU),
    ("referral", False, NEEDED_EN, NEEDED_RU),
    ("encounter", True, OWN_RULE_EN, OWN_RULE_RU),
    ("import", True, OWN_RULE_EN, OWN_RULE_RU),
    ("team", True, OWN_RULE_EN, OWN_RULE_RU),
)
CLOSABLE = (
    "EXISTS (SELECT 1 FROM identity.closing_rule r WHERE r.basis = {care}.basis AND r.closable "
    "AND r.valid_from <= current_date AND r.valid_to >= current_date)"
)
STANDS = "NOT EXISTS (SELECT 1 FROM identity.closure_lift l WHERE l.closure_id = c.id)"
# Themself, or who answers for a child or a ward; nobody by an own grant.
OWN = (
    "(foundation.actor_kind() = 'citizen' AND foundation.actor_delegation() IS NULL "
    "OR foundation.actor_kind() = 'delegate' AND EXISTS (SELECT 1 FROM identity.delegation d "
    "WHERE d.id = foundation.actor_delegation() AND d.kind IN ('parent', 'guardian')))"
)


def upgrade() -> None:
    _rules()
    _tables()
    _what_the_doorkeeper_does()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _closing()
    _lifting()
    _kept_closed()
    _carried()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _rules() -> None:
    table = op.create_table(
        "closing_rule",
        sa.Column("basis", sa.Text, primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date, nullable=False),
        sa.Column("closable", sa.Boolean, nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="ck_closing_rule_valid_to"),
        schema="identity",
    )
    names = ("basis", "closable", "basis_en", "basis_ru")
    dates = {"valid_from": date(2012, 1, 1), "valid_to": date.max}
    op.bulk_insert(table, [{**dict(zip(names, each, strict=True)), **dates} for each in RULES])
    op.execute(f"GRANT SELECT ON identity.closing_rule TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}")
    op.execute(f"GRANT INSERT ON identity.closing_rule TO {LOADER}")


def _tables() -> None:
    op.create_table(
        "closure",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id")),
        sa.Column("closed_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Index("ix_closure_patient_id_facility_id", "patient_id", "facility_id"),
        schema="identity",
    )
    op.create_table(
        "closure_lift",
        sa.Column("closure_id", UUID, sa.ForeignKey("identity.closure.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id")),
        sa.Column("lifted_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    # What the closure ended, or kept from opening: lifted, each stands again until its own end.
    op.create_table(
        "closed_care",
        sa.Column("id", UUID, primary_key=True, server_default=sa.text("gen_random_uuid()")),
        sa.Column("closure_id", UUID, sa.ForeignKey("identity.closure.id"), nullable=False),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            *("closure_id", "basis", "staff_id"),
            name="uq_closed_care_closure_id",
            postgresql_nulls_not_distinct=True,
        ),
        schema="identity",
    )
    for name in ("closure", "closure_lift", "closed_care"):
        guard_patient_table(f"identity.{name}", part="whole")
        # Written by the functions alone.
        op.execute(f"REVOKE INSERT ON identity.{name} FROM {WEB}")
    for name in ("closure", "closure_lift"):
        forbid_change(f"identity.{name}")


def _what_the_doorkeeper_does() -> None:
    for name, rights in (
        ("closure", "SELECT, INSERT"),
        ("closure_lift", "SELECT, INSERT"),
        ("closed_care", "SELECT, INSERT, UPDATE"),
    ):
        op.execute(f"GRANT {rights} ON identity.{name} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY identity_{name}_doorkeeper ON identity.{name} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper_close ON identity.care_relation FOR UPDATE TO {DOORKEEPER} "
        "USING (basis <> 'emergency') WITH CHECK (basis <> 'emergency')"
    )


def _closing() -> None:
    """What the answer tells: 'closed'; 'kept' where other care may not be closed; 'stands' already; 'absent', there is no care."""
    closable = CLOSABLE.format(care="t")
    op.execute(
        f"""
        CREATE FUNCTION identity.close_record(named uuid, at_facility uuid) RETURNS text
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            whose uuid := foundation.actor_patient('whole');
        BEGIN
            IF (whose IS NOT NULL AND {OWN}) IS NOT TRUE THEN
                RAISE EXCEPTION 'this record is not the actor''s to close' USING ERRCODE = '42501';
            END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('closure ' || whose::text, 0));
            IF EXISTS (SELECT 1 FROM identity.closure c
                WHERE c.patient_id = whose AND c.facility_id = at_facility AND {STANDS})
            THEN
                RETURN 'stands';
            END IF;
            IF NOT EXISTS (SELECT 1 FROM identity.care_relation t WHERE t.patient_id = whose
                AND t.facility_id = at_facility AND t.ends_at > now() AND t.basis <> 'emergency')
            THEN
                RETURN 'absent';
            END IF;
            IF EXISTS (SELECT 1 FROM identity.care_relation t WHERE t.patient_id = whose
                AND t.facility_id = at_facility AND t.ends_at > now() AND t.basis <> 'emergency' AND NOT {closable})
            THEN
                RETURN 'kept';
            END IF;
            INSERT INTO identity.closure (id, patient_id, facility_id, delegation_id)
            VALUES (named, whose, at_facility, foundation.actor_delegation());
            INSERT INTO identity.closed_care (closure_id, patient_id, facility_id, basis, staff_id, began_at, ends_at)
            SELECT named, t.patient_id, t.facility_id, t.basis, t.staff_id, t.began_at, t.ends_at
            FROM identity.care_relation t WHERE t.patient_id = whose
                AND t.facility_id = at_facility AND t.ends_at > now() AND t.basis <> 'emergency';
            UPDATE identity.care_relation t SET ends_at = now() WHERE t.patient_id = whose
                AND t.facility_id = at_facility AND t.ends_at > now() AND t.basis <> 'emergency';
            RETURN 'closed';
        END $$
        """
    )
    _give_to_doorkeeper("close_record")


def _lifting() -> None:
    """Whether anything was lifted. Care that would have ended by itself meanwhile stays ended."""
    op.execute(
        f"""
        CREATE FUNCTION identity.lift_closure(of_closure uuid) RETURNS boolean
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            whose uuid := foundation.actor_patient('whole');
        BEGIN
            IF (whose IS NOT NULL AND {OWN}) IS NOT TRUE THEN
                RAISE EXCEPTION 'this record is not the actor''s to open' USING ERRCODE = '42501';
            END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('closure ' || whose::text, 0));
            IF NOT EXISTS (SELECT 1 FROM identity.closure c WHERE c.id = of_closure AND c.patient_id = whose AND {STANDS})
            THEN
                RETURN false;
            END IF;
            INSERT INTO identity.closure_lift (closure_id, patient_id, delegation_id)
            VALUES (of_closure, whose, foundation.actor_delegation());
            UPDATE identity.care_relation t SET ends_at = k.ends_at, began_at = now()
            FROM identity.closed_care k
            WHERE k.closure_id = of_closure AND k.ends_at > now() AND t.patient_id = k.patient_id
              AND t.facility_id = k.facility_id AND t.basis = k.basis AND t.staff_id IS NOT DISTINCT FROM k.staff_id;
            RETURN true;
        END $$
        """
    )
    _give_to_doorkeeper("lift_closure")


def _kept_closed() -> None:
    """Entered meanwhile, it is entered as over, and stands from when the closure is lifted."""
    op.execute(
        f"""
        CREATE FUNCTION identity.keep_closed() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            standing uuid;
        BEGIN
            SELECT c.id INTO standing FROM identity.closure c
            WHERE c.patient_id = NEW.patient_id AND c.facility_id = NEW.facility_id AND {STANDS};
            IF standing IS NULL OR NOT {CLOSABLE.format(care="NEW")} THEN
                RETURN NEW;
            END IF;
            INSERT INTO identity.closed_care AS k
                (closure_id, patient_id, facility_id, basis, staff_id, began_at, ends_at)
            VALUES (standing, NEW.patient_id, NEW.facility_id, NEW.basis, NEW.staff_id, now(), NEW.ends_at)
            ON CONFLICT (closure_id, basis, staff_id) DO UPDATE SET ends_at = greatest(k.ends_at, excluded.ends_at);
            NEW.ends_at := least(NEW.ends_at, now());
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER identity_care_relation_kept_closed BEFORE INSERT OR UPDATE ON identity.care_relation FOR EACH ROW "
        "WHEN (NEW.ends_at > now() AND NEW.basis <> 'emergency') EXECUTE FUNCTION identity.keep_closed()"
    )
    op.execute(f"ALTER FUNCTION identity.keep_closed OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.keep_closed FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _carried() -> None:
    """When records are joined or parted (0071), each closure that stands at the one comes to stand at the other as well, and
    ends there what may be closed. What it has ended comes along, to stand again where that care has moved."""
    op.execute(
        f"""
        CREATE FUNCTION identity.carry_closures(giver uuid, taker uuid) RETURNS void
        LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
        DECLARE
            given record;
            standing uuid;
        BEGIN
            FOR given IN SELECT c.* FROM identity.closure c WHERE c.patient_id = giver AND {STANDS} ORDER BY c.closed_at LOOP
                SELECT c.id INTO standing FROM identity.closure c
                WHERE c.patient_id = taker AND c.facility_id = given.facility_id AND {STANDS};
                IF standing IS NULL THEN
                    standing := gen_random_uuid();
                    INSERT INTO identity.closure (id, patient_id, facility_id, delegation_id)
                    VALUES (standing, taker, given.facility_id, given.delegation_id);
                END IF;
                INSERT INTO identity.closed_care AS k
                    (closure_id, patient_id, facility_id, basis, staff_id, began_at, ends_at)
                SELECT standing, taker, given.facility_id, part.basis, part.staff_id, min(part.began_at), max(part.ends_at)
                FROM (
                    SELECT g.basis, g.staff_id, g.began_at, g.ends_at FROM identity.closed_care g
                    WHERE g.closure_id = given.id AND g.ends_at > now()
                    UNION ALL
                    SELECT t.basis, t.staff_id, t.began_at, t.ends_at FROM identity.care_relation t
                    WHERE t.patient_id = taker AND t.facility_id = given.facility_id AND t.ends_at > now()
                      AND t.basis <> 'emergency' AND {CLOSABLE.format(care="t")}
                ) AS part GROUP BY part.basis, part.staff_id
                ON CONFLICT (closure_id, basis, staff_id) DO UPDATE SET ends_at = greatest(k.ends_at, excluded.ends_at);
                UPDATE identity.care_relation t SET ends_at = now()
                WHERE t.patient_id = taker AND t.facility_id = given.facility_id AND t.ends_at > now()
                  AND t.basis <> 'emergency' AND {CLOSABLE.format(care="t")};
            END LOOP;
        END $$
        """
    )
    _give_to_doorkeeper("carry_closures", to_web=False)


def _give_to_doorkeeper(function: str, *, to_web: bool = True) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    if to_web:
        op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
