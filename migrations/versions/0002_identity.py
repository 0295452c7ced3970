"""People and facilities, care, accounts, sessions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER
from migrations.walls import LOADER, SERVICE_ROLES, WEB, guard_patient_table, make_schema

revision = "0002"
down_revision = "0001"

MOMENT = TIMESTAMP(timezone=True)
EVER = sa.text("'infinity'")


def upgrade() -> None:
    make_schema("identity")
    _facilities_and_staff()
    _patients()
    _care()
    _guard()
    _accounts_and_sessions()
    _guard_sessions()
    _doorkeeper()


def _facilities_and_staff() -> None:
    op.create_table(
        "facility",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name_en", sa.Text, nullable=False),
        sa.Column("name_ru", sa.Text, nullable=False),
        sa.Column("settlement_en", sa.Text, nullable=False),
        sa.Column("settlement_ru", sa.Text, nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("connected", sa.Boolean, nullable=False, server_default="true"),
        schema="identity",
    )
    op.create_table(
        "staff_member",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("middle_name", sa.Text, nullable=False),
        sa.Column("position_en", sa.Text, nullable=False),
        sa.Column("position_ru", sa.Text, nullable=False),
        sa.Column("national_identifier_digest", sa.LargeBinary, unique=True),
        schema="identity",
    )
    op.create_table(
        "staff_post",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False, index=True),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False, server_default=EVER),
        schema="identity",
    )
    for table in ("facility", "staff_member", "staff_post"):
        op.execute(f"GRANT SELECT ON identity.{table} TO {', '.join(SERVICE_ROLES)}")
        op.execute(f"GRANT INSERT, UPDATE ON identity.{table} TO {LOADER}")


def _patients() -> None:
    op.create_table(
        "patient",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("middle_name", sa.Text, nullable=False),
        sa.Column("birth_date", sa.Date, nullable=False),
        sa.Column("sex", sa.Text, nullable=False),
        sa.Column("sort_key", sa.Text, nullable=False),
        schema="identity",
    )
    op.execute("CREATE INDEX ix_patient_sort_key ON identity.patient (sort_key text_pattern_ops)")
    op.create_index("ix_patient_birth_date", "patient", ["birth_date"], schema="identity")
    op.create_table(
        "patient_identifier",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("value_digest", sa.LargeBinary, nullable=False),
        sa.Column("value_sealed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("system", "value_digest", name="uq_patient_identifier_system"),
        schema="identity",
    )


def _care() -> None:
    op.create_table(
        "care_relation",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False, index=True),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False, server_default=EVER),
        sa.UniqueConstraint("patient_id", "facility_id", "basis", name="uq_care_relation_patient_id"),
        schema="identity",
    )
    # Asked row by row in policies: the unique index above answers it with one probe.
    op.execute(
        """
        CREATE FUNCTION identity.in_care(patient uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN EXISTS (
            SELECT 1 FROM identity.care_relation
            WHERE patient_id = patient
              AND facility_id = (SELECT foundation.actor_facility())
              AND ends_at > now()
        )
        """
    )


def _guard() -> None:
    guard_patient_table("identity.patient", readers=("doctor", "dispatcher"), patient="id")
    guard_patient_table("identity.patient_identifier", readers=("doctor", "dispatcher"))
    guard_patient_table("identity.care_relation")
    facility = "facility_id = (SELECT foundation.actor_facility())"
    op.execute(
        f"CREATE POLICY care_relation_facility ON identity.care_relation FOR SELECT TO {WEB} USING ({facility})"
    )
    # Staff may bring a patient whom they already care for into another facility's care: that is a referral.
    op.execute(
        f"CREATE POLICY care_relation_refer ON identity.care_relation FOR INSERT TO {WEB} "
        "WITH CHECK (basis = 'referral' AND identity.in_care(patient_id))"
    )
    op.execute(f"GRANT UPDATE ON identity.patient, identity.care_relation TO {LOADER}")


def _accounts_and_sessions() -> None:
    op.create_table(
        "account",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.UniqueConstraint("issuer", "subject", name="uq_account_issuer"),
        schema="identity",
    )
    op.create_table(
        "patient_link",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("account_id", UUID, sa.ForeignKey("identity.account.id"), nullable=False),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("basis", sa.Text, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.UniqueConstraint("account_id", "patient_id", name="uq_patient_link_account_id"),
        schema="identity",
    )
    op.create_table(
        "session",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("token_sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("account_id", UUID, sa.ForeignKey("identity.account.id"), nullable=False, index=True),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id")),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id")),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("provider_session", sa.Text, nullable=False),
        sa.Column("id_token", sa.Text, nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("authenticated_at", MOMENT, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        schema="identity",
    )
    op.create_table(
        "session_end",
        sa.Column("session_id", UUID, sa.ForeignKey("identity.session.id"), primary_key=True),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        schema="identity",
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("state_sha256", sa.LargeBinary, primary_key=True),
        sa.Column("browser_sha256", sa.LargeBinary, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("code_verifier", sa.Text, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False, index=True),
        schema="identity",
    )
    op.create_table(
        "logout_message",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("number_sha256", sa.LargeBinary, primary_key=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        schema="identity",
    )
    op.create_index("ix_session_issuer_subject", "session", ["issuer", "subject"], schema="identity")


def _guard_sessions() -> None:
    own = "account_id = (SELECT foundation.actor_account())"
    for table in ("session", "patient_link"):
        op.execute(f"ALTER TABLE identity.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT ON identity.{table} TO {WEB}")
        op.execute(f"CREATE POLICY {table}_own ON identity.{table} TO {WEB} USING ({own}) WITH CHECK ({own})")
    op.execute(f"GRANT SELECT, INSERT ON identity.account, identity.session_end TO {WEB}")
    op.execute(f"GRANT SELECT, INSERT, DELETE ON identity.sign_in_attempt, identity.logout_message TO {WEB}")


def _doorkeeper() -> None:
    """What must be asked before the database knows who asks: each question is one narrow function."""
    op.execute(f"GRANT USAGE ON SCHEMA identity, foundation TO {DOORKEEPER}")
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    readable = (
        "facility",
        "staff_member",
        "staff_post",
        "patient",
        "patient_identifier",
        "session",
        "session_end",
    )
    for table in readable:
        op.execute(f"GRANT SELECT ON identity.{table} TO {DOORKEEPER}")
    op.execute(f"GRANT UPDATE (last_seen_at) ON identity.session TO {DOORKEEPER}")
    for table in ("patient", "patient_identifier", "session"):
        op.execute(f"CREATE POLICY {table}_doorkeeper ON identity.{table} TO {DOORKEEPER} USING (true)")
    _doorkeeper_function(
        "session_of(digest bytea, idle_citizen interval, idle_staff interval)",
        """
        TABLE (id uuid, account_id uuid, actor_kind text, patient_id uuid, staff_id uuid, facility_id uuid, role text,
               last_seen_at timestamptz, family_name text, given_name text, middle_name text,
               position_en text, position_ru text, facility_en text, facility_ru text)
        """,
        """
        SELECT s.id, s.account_id, s.actor_kind, s.patient_id, s.staff_id, s.facility_id, s.role, s.last_seen_at,
               coalesce(p.family_name, m.family_name), coalesce(p.given_name, m.given_name),
               coalesce(p.middle_name, m.middle_name), m.position_en, m.position_ru, f.name_en, f.name_ru
        FROM identity.session s
        LEFT JOIN identity.patient p ON p.id = s.patient_id
        LEFT JOIN identity.staff_member m ON m.id = s.staff_id
        LEFT JOIN identity.facility f ON f.id = s.facility_id
        WHERE s.token_sha256 = digest AND s.expires_at > now()
          AND s.last_seen_at > now() - CASE s.actor_kind WHEN 'staff' THEN idle_staff ELSE idle_citizen END
          AND NOT EXISTS (SELECT 1 FROM identity.session_end e WHERE e.session_id = s.id)
          AND (s.facility_id IS NULL OR EXISTS (
              SELECT 1 FROM identity.staff_post t
              WHERE t.staff_id = s.staff_id AND t.facility_id = s.facility_id AND t.role = s.role
                AND t.began_at <= now() AND t.ends_at > now()))
        """,
        "STABLE",
    )
    _doorkeeper_function(
        "touch_session(session_id uuid)",
        "void",
        "UPDATE identity.session SET last_seen_at = now() WHERE id = session_id",
        "VOLATILE",
    )
    _doorkeeper_function(
        "match_patient(identifier_system text, digest bytea, born date)",
        "SETOF uuid",
        """
        SELECT p.id FROM identity.patient_identifier i JOIN identity.patient p ON p.id = i.patient_id
        WHERE i.system = identifier_system AND i.value_digest = digest AND p.birth_date = born
        """,
        "STABLE",
    )
    _doorkeeper_function(
        "sessions_at_provider(of_issuer text, of_subject text, of_provider_session text)",
        "SETOF uuid",
        """
        SELECT s.id FROM identity.session s
        WHERE s.issuer = of_issuer AND s.expires_at > now()
          AND (of_provider_session = '' OR s.provider_session = of_provider_session)
          AND (of_subject = '' OR s.subject = of_subject)
          AND (of_subject <> '' OR of_provider_session <> '')
          AND NOT EXISTS (SELECT 1 FROM identity.session_end e WHERE e.session_id = s.id)
        """,
        "STABLE",
    )
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _doorkeeper_function(signature: str, answer: str, body: str, volatility: str) -> None:
    name = signature.split("(")[0]
    op.execute(
        f"CREATE FUNCTION identity.{signature} RETURNS {answer} LANGUAGE sql {volatility} "
        f"SECURITY DEFINER SET search_path = pg_catalog AS $${body}$$"
    )
    op.execute(f"ALTER FUNCTION identity.{name} OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{name} TO {WEB}")
