"""An account is linked to a record in person: a document was seen, or a code that was given in person is typed.

What was confirmed, ended, given and answered are rows that nobody changes. A process of the version before links nobody so,
and finds nobody by it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import LOADER, WEB, WORKER, forbid_change, guard_patient_table

revision = "0052"
down_revision = "0051"

MOMENT = TIMESTAMP(timezone=True)
REGISTRAR = "(SELECT foundation.actor_role()) = 'registrar'"
OWN_FACILITY = "facility_id = (SELECT foundation.actor_facility())"
BY_ACTOR = (
    f"staff_id = (SELECT foundation.actor_staff()) AND {OWN_FACILITY} AND (SELECT identity.actor_at_post())"
)
OWN_ACCOUNT = "account_id = (SELECT foundation.actor_account())"
LIVES = "NOT EXISTS (SELECT 1 FROM identity.confirmed_identity_end e WHERE e.confirmation_id = c.id)"
MOST_TRIES = 5


def upgrade() -> None:
    _codes()
    _confirmations()
    _ends()
    _answers()
    _what_the_doorkeeper_does()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _conflict()
    _use_of_code()
    _at_the_door()
    _sessions()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    _messages()


def _who_saw() -> list[sa.Column]:
    return [
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("document_kind", sa.Text, nullable=False),
        sa.Column(
            "evidence_digest", sa.Text, sa.CheckConstraint("length(evidence_digest) = 64"), nullable=False
        ),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
    ]


def _codes() -> None:
    """The code itself is kept nowhere. Nobody reads the tries but the function that counts them."""
    op.create_table(
        "linking_code",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("slip", sa.Text, nullable=False),
        sa.Column("code_digest", sa.LargeBinary, nullable=False),
        *_who_saw(),
        sa.Column("given_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.Column(
            "expires_at", MOMENT, nullable=False, server_default=sa.text("now() + interval '15 minutes'")
        ),
        sa.CheckConstraint(
            "expires_at > given_at AND expires_at <= given_at + interval '15 minutes'",
            name="ck_linking_code_expires_at",
        ),
        schema="identity",
    )
    op.create_index("ix_linking_code_slip", "linking_code", ["slip", "expires_at"], schema="identity")
    guard_patient_table("identity.linking_code", readers=("registrar",), patient_may_read=False)
    op.execute(
        "CREATE POLICY identity_linking_code_given ON identity.linking_code FOR INSERT "
        f"TO {WEB} WITH CHECK ({REGISTRAR} AND {BY_ACTOR} AND identity.in_care(patient_id) AND given_at = now())"
    )
    forbid_change("identity.linking_code")
    op.create_table(
        "linking_code_try",
        sa.Column("code_id", UUID, sa.ForeignKey("identity.linking_code.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("account_id", UUID, sa.ForeignKey("identity.account.id"), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    op.execute("ALTER TABLE identity.linking_code_try ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.linking_code_try FORCE ROW LEVEL SECURITY")
    forbid_change("identity.linking_code_try")


def _confirmations() -> None:
    op.create_table(
        "confirmed_identity",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("account_id", UUID, sa.ForeignKey("identity.account.id"), nullable=False, index=True),
        *_who_saw(),
        sa.Column("request_id", UUID),
        sa.Column("code_id", UUID, sa.ForeignKey("identity.linking_code.id"), unique=True),
        sa.Column("confirmed_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint(
            "(request_id IS NULL) <> (code_id IS NULL)", name="ck_confirmed_identity_request_id"
        ),
        schema="identity",
    )
    op.create_index(
        "ix_confirmed_identity_patient_id", "confirmed_identity", ["patient_id"], schema="identity"
    )
    guard_patient_table("identity.confirmed_identity", readers=("registrar",), part="whole")
    forbid_change("identity.confirmed_identity")
    op.execute(
        "CREATE POLICY identity_confirmed_identity_own_account ON identity.confirmed_identity FOR SELECT "
        f"TO {WEB} USING ({OWN_ACCOUNT})"
    )


def _ends() -> None:
    op.create_table(
        "confirmed_identity_end",
        sa.Column("confirmation_id", UUID, sa.ForeignKey("identity.confirmed_identity.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    guard_patient_table("identity.confirmed_identity_end", readers=("registrar",), part="whole")
    op.execute(
        "CREATE POLICY identity_confirmed_identity_end_add ON identity.confirmed_identity_end FOR INSERT "
        f"TO {WEB} WITH CHECK ({REGISTRAR} AND {BY_ACTOR} AND identity.in_care(patient_id) AND ended_at = now() "
        "AND EXISTS (SELECT 1 FROM identity.confirmed_identity c "
        "WHERE c.id = confirmation_id AND c.patient_id = confirmed_identity_end.patient_id))"
    )
    forbid_change("identity.confirmed_identity_end")


def _answers() -> None:
    """Names no patient: what came of a request is its facility's, whoever cares for the patient later."""
    table = "identity.record_request_answer"
    op.create_table(
        "record_request_answer",
        sa.Column("request_id", UUID, primary_key=True),
        sa.Column("account_id", UUID, sa.ForeignKey("identity.account.id"), nullable=False),
        sa.Column("outcome", sa.Text, sa.CheckConstraint("outcome IN ('linked', 'refused')"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("(outcome = 'refused') = (reason <> '')", name="ck_record_request_answer_reason"),
        schema="identity",
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {table} TO {WEB}")
    op.execute(f"GRANT SELECT ON {table} TO {LOADER}, {WORKER}")
    op.execute(
        f"CREATE POLICY record_request_answer_registrar ON {table} FOR SELECT TO {WEB} USING ({REGISTRAR} AND {OWN_FACILITY})"
    )
    op.execute(
        f"CREATE POLICY record_request_answer_add ON {table} FOR INSERT TO {WEB} WITH CHECK ("
        f"{REGISTRAR} AND {BY_ACTOR} AND answered_at = now() AND EXISTS (SELECT 1 FROM identity.record_request r "
        "WHERE r.id = request_id AND r.account_id = record_request_answer.account_id "
        "AND r.facility_id = record_request_answer.facility_id))"
    )
    op.execute(
        f"CREATE POLICY record_request_answer_read ON {table} FOR SELECT TO {LOADER}, {WORKER} USING (true)"
    )
    forbid_change(table)


def _what_the_doorkeeper_does() -> None:
    seen = "patient_id, document_kind, evidence_digest, staff_id, facility_id"
    answer = "request_id, account_id, outcome, reason, staff_id, facility_id, answered_at"
    given = f"id, account_id, {seen}, code_id, confirmed_at"
    rights = {
        "linking_code": (f"SELECT (id, slip, code_digest, expires_at, {seen})",),
        "linking_code_try": ("SELECT (code_id)", "INSERT (code_id, number, account_id)"),
        "confirmed_identity": (f"SELECT ({given})", f"INSERT ({given})"),
        "confirmed_identity_end": ("SELECT (confirmation_id, staff_id, ended_at)",),
        "record_request": ("SELECT (id, account_id, facility_id, asked_at)",),
        "record_request_answer": (f"SELECT ({answer})", f"INSERT ({answer})"),
        "patient_link": ("SELECT (account_id, patient_id, basis)", "DELETE"),
    }
    for table, acts in rights.items():
        for act in acts:
            op.execute(f"GRANT {act} ON identity.{table} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY {table}_doorkeeper ON identity.{table} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )
    op.execute(f"GRANT INSERT ON identity.session_end TO {DOORKEEPER}")


def _conflict() -> None:
    """Why an account may not be linked to a patient: both are somebody's already. Asked under a lock on both."""
    op.execute(
        f"""
        CREATE FUNCTION identity.link_conflict(of_account uuid, of_patient uuid) RETURNS text
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        WITH linked AS (
            SELECT c.account_id, c.patient_id FROM identity.confirmed_identity c WHERE {LIVES}
                AND (c.account_id = of_account OR c.patient_id = of_patient)
            UNION ALL
            SELECT l.account_id, l.patient_id FROM identity.patient_link l
            WHERE l.basis = 'national identifier and birth date'
                AND (l.account_id = of_account OR l.patient_id = of_patient)
        )
        SELECT CASE
            WHEN EXISTS (
                SELECT 1 FROM linked JOIN identity.account a ON a.id = linked.account_id
                JOIN identity.account given ON given.id = of_account
                WHERE linked.patient_id = of_patient AND a.issuer = given.issuer
            ) THEN 'patient_has_account'
            WHEN EXISTS (SELECT 1 FROM linked WHERE linked.account_id = of_account) THEN 'account_has_patient'
            ELSE '' END
        $$
        """
    )
    _give_to_doorkeeper("link_conflict")
    op.execute(
        "CREATE POLICY identity_confirmed_identity_add ON identity.confirmed_identity FOR INSERT "
        f"TO {WEB} WITH CHECK ({REGISTRAR} AND {BY_ACTOR} AND identity.in_care(patient_id) AND confirmed_at = now() "
        "AND code_id IS NULL AND identity.link_conflict(account_id, patient_id) = '' "
        "AND EXISTS (SELECT 1 FROM identity.record_request r WHERE r.id = request_id "
        "AND r.account_id = confirmed_identity.account_id AND r.facility_id = confirmed_identity.facility_id "
        "AND NOT EXISTS (SELECT 1 FROM identity.record_request_answer a WHERE a.request_id = r.id)))"
    )


def _use_of_code() -> None:
    """Whoever was just proven types it: it is right once, and wrong five times."""
    op.execute(
        f"""
        CREATE FUNCTION identity.use_linking_code(of_slip text, digests bytea[], confirmation uuid)
        RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            account uuid := foundation.actor_account();
            code record;
            refused text;
        BEGIN
            IF account IS NULL OR foundation.actor_kind() <> 'citizen' OR foundation.actor_patient() IS NOT NULL THEN
                RETURN '';
            END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('linking code ' || of_slip, 0));
            FOR code IN
                SELECT k.* FROM (SELECT id, slip, code_digest, expires_at, patient_id, document_kind, evidence_digest, staff_id, facility_id
                    FROM identity.linking_code) AS k
                WHERE k.slip = of_slip AND k.expires_at > now()
                  AND NOT EXISTS (SELECT 1 FROM identity.confirmed_identity c WHERE c.code_id = k.id)
                  AND (SELECT count(*) FROM identity.linking_code_try t WHERE t.code_id = k.id) < {MOST_TRIES}
            LOOP
                IF code.code_digest <> ALL (digests) THEN
                    INSERT INTO identity.linking_code_try (code_id, number, account_id)
                    SELECT code.id, count(*) + 1, account FROM identity.linking_code_try t WHERE t.code_id = code.id;
                    CONTINUE;
                END IF;
                PERFORM identity.lock_link(account, code.patient_id);
                refused := identity.link_conflict(account, code.patient_id);
                IF refused = '' THEN
                    INSERT INTO identity.confirmed_identity (
                        id, account_id, patient_id, document_kind, evidence_digest, staff_id, facility_id, code_id, confirmed_at)
                    VALUES (confirmation, account, code.patient_id, code.document_kind, code.evidence_digest,
                            code.staff_id, code.facility_id, code.id, now());
                    INSERT INTO identity.record_request_answer (
                        request_id, account_id, outcome, reason, staff_id, facility_id, answered_at)
                    SELECT r.id, account, 'linked', '', code.staff_id, r.facility_id, now() FROM identity.record_request r
                    WHERE r.account_id = account AND NOT EXISTS (
                        SELECT 1 FROM identity.record_request_answer a WHERE a.request_id = r.id);
                END IF;
                RETURN coalesce(nullif(refused, ''), 'linked');
            END LOOP;
            RETURN '';
        END $$
        """
    )
    # Two who would link the same account or the same patient wait for each other, in one order.
    op.execute(
        """
        CREATE FUNCTION identity.lock_link(of_account uuid, of_patient uuid) RETURNS void LANGUAGE sql VOLATILE AS $$
            SELECT pg_advisory_xact_lock(hashtextextended('linked account ' || of_account::text, 0));
            SELECT pg_advisory_xact_lock(hashtextextended('linked patient ' || of_patient::text, 0));
        $$
        """
    )
    _give_to_doorkeeper("use_linking_code")


def _at_the_door() -> None:
    """Asked before anybody is known: whom a registrar has confirmed an account to be, and what became of its request."""
    op.execute(f"GRANT SELECT (birth_precision, death_precision) ON identity.patient TO {DOORKEEPER}")
    op.execute(
        f"""
        CREATE FUNCTION identity.confirmed_patient(of_issuer text, of_subject text)
        RETURNS TABLE (patient_id uuid, birth_date date, birth_precision text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT p.id, p.birth_date, p.birth_precision::text FROM identity.account a
        JOIN identity.confirmed_identity c ON c.account_id = a.id
        JOIN identity.patient p ON p.id = c.patient_id
        WHERE a.issuer = of_issuer AND a.subject = of_subject AND {LIVES}
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION identity.answer_to_request(of_issuer text, of_subject text)
        RETURNS TABLE (facility_id uuid, asked_at timestamptz, outcome text, reason text, answered_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT r.facility_id, r.asked_at, coalesce(t.outcome, ''), coalesce(t.reason, ''), t.answered_at
        FROM identity.account a JOIN identity.record_request r ON r.account_id = a.id
        LEFT JOIN identity.record_request_answer t ON t.request_id = r.id
        WHERE a.issuer = of_issuer AND a.subject = of_subject
        ORDER BY coalesce(t.answered_at, r.asked_at) DESC LIMIT 1
        $$
        """
    )
    _give_to_doorkeeper("confirmed_patient")
    _give_to_doorkeeper("answer_to_request")


def _sessions() -> None:
    """With a link that ends, end its sessions, whosever account it is, and what the account knew by it."""
    op.execute(
        """
        CREATE FUNCTION identity.end_linked_sessions(of_confirmation uuid) RETURNS integer
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            linked record;
            ended integer;
        BEGIN
            SELECT c.account_id, c.patient_id INTO linked FROM identity.confirmed_identity c
            JOIN identity.confirmed_identity_end e ON e.confirmation_id = c.id
            WHERE c.id = of_confirmation AND e.ended_at = now() AND e.staff_id = foundation.actor_staff();
            IF NOT FOUND THEN
                RETURN 0;
            END IF;
            DELETE FROM identity.patient_link l
            WHERE l.account_id = linked.account_id AND l.patient_id = linked.patient_id
              AND l.basis = 'document seen in person';
            INSERT INTO identity.session_end (session_id, ended_at, reason)
            SELECT s.id, now(), 'link ended' FROM identity.session s
            WHERE s.account_id = linked.account_id AND s.expires_at > now()
              AND linked.patient_id IN (s.patient_id, s.own_patient_id)
            ON CONFLICT DO NOTHING;
            GET DIAGNOSTICS ended = ROW_COUNT;
            RETURN ended;
        END $$
        """
    )
    _give_to_doorkeeper("end_linked_sessions")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _messages() -> None:
    """The web announces a link that was made in the same transaction, and nothing else of this room."""
    op.execute(
        """
        CREATE FUNCTION identity.has_linked(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN topic = 'account.linked' AND EXISTS (
            SELECT FROM identity.confirmed_identity c
            WHERE c.id = (payload ->> 'confirmation_id')::uuid AND c.confirmed_at = now()
              AND payload = jsonb_build_object(
                  'patient_id', c.patient_id, 'object_id', c.facility_id, 'confirmation_id', c.id))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_links ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (identity.has_linked(topic, payload))"
    )
