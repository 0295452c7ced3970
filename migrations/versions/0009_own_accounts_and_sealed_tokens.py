"""Accounts and announcements stand behind row-level security; the provider's token is sealed, and forgotten in time.

The id token lies sealed in a table of its own; its row goes when the session ends or was not used for too long. Tokens
that were kept in plain text are not carried over: whoever is signed in while this is applied signs out on our side
alone. An account is found by issuer and subject through one narrow function. The loader, as which the operator's
commands work, may end sessions; it sees whose they are, and nothing that would open one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, WEB, WORKER

revision = "0009"
down_revision = "0008"

OWN_SESSION = "EXISTS (SELECT 1 FROM identity.session AS own WHERE own.id = session_id)"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _tokens()
    _accounts()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    _outbox()
    _operator()


def _tokens() -> None:
    # The change of type writes every row anew; to drop the column alone would leave the tokens in the table's file.
    op.execute("ALTER TABLE identity.session ALTER COLUMN id_token TYPE text USING ''")
    op.drop_column("session", "id_token", schema="identity")
    op.create_table(
        "id_token",
        sa.Column("session_id", UUID, sa.ForeignKey("identity.session.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        schema="identity",
    )
    _force_row_security("identity.id_token")
    op.execute(f"GRANT SELECT, INSERT ON identity.id_token TO {WEB}")
    # The session's own policy answers what is asked here.
    op.execute(
        f"CREATE POLICY id_token_own ON identity.id_token TO {WEB} USING ({OWN_SESSION}) WITH CHECK ({OWN_SESSION})"
    )
    op.execute(f"GRANT SELECT (session_id), UPDATE (session_id), DELETE ON identity.id_token TO {DOORKEEPER}")
    op.execute(f"CREATE POLICY id_token_doorkeeper ON identity.id_token TO {DOORKEEPER} USING (true)")
    op.execute(
        """
        CREATE FUNCTION identity.forget_id_token() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            DELETE FROM identity.id_token WHERE session_id = NEW.session_id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER session_end_forgets_id_token AFTER INSERT ON identity.session_end "
        "FOR EACH ROW EXECUTE FUNCTION identity.forget_id_token()"
    )
    _give_to_doorkeeper("forget_id_token")
    # Two people who sign in at once must not wait for each other, hence SKIP LOCKED.
    op.execute(
        """
        CREATE FUNCTION identity.forget_idle_id_tokens(idle_citizen interval, idle_staff interval) RETURNS void
        LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
            DELETE FROM identity.id_token WHERE session_id IN (
                SELECT t.session_id FROM identity.id_token t JOIN identity.session s ON s.id = t.session_id
                WHERE s.expires_at <= now()
                   OR s.last_seen_at <= now() - CASE s.actor_kind WHEN 'staff' THEN idle_staff ELSE idle_citizen END
                FOR UPDATE OF t SKIP LOCKED)
        $$
        """
    )
    _give_to_doorkeeper("forget_idle_id_tokens", callers=WEB)


def _accounts() -> None:
    _force_row_security("identity.account")
    op.execute(f"REVOKE INSERT ON identity.account FROM {WEB}")
    op.execute(
        f"CREATE POLICY account_own ON identity.account FOR SELECT TO {WEB} "
        "USING (id = (SELECT foundation.actor_account()))"
    )
    columns = "id, issuer, subject"
    op.execute(f"GRANT SELECT ({columns}), INSERT ({columns}, made_at) ON identity.account TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY account_doorkeeper ON identity.account TO {DOORKEEPER} USING (true) WITH CHECK (true)"
    )
    op.execute(
        """
        CREATE FUNCTION identity.account_of(of_issuer text, of_subject text, otherwise uuid) RETURNS uuid
        LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
            INSERT INTO identity.account (id, issuer, subject, made_at)
            VALUES (otherwise, of_issuer, of_subject, now()) ON CONFLICT (issuer, subject) DO NOTHING;
            SELECT id FROM identity.account WHERE issuer = of_issuer AND subject = of_subject
        $$
        """
    )
    _give_to_doorkeeper("account_of", callers=WEB)


def _outbox() -> None:
    table = "foundation.outbox_message"
    _force_row_security(table)
    op.execute(f"CREATE POLICY outbox_message_add ON {table} FOR INSERT TO {WEB}, {LOADER} WITH CHECK (true)")
    op.execute(f"CREATE POLICY outbox_message_worker ON {table} TO {WORKER} USING (true) WITH CHECK (true)")


def _operator() -> None:
    """What ending sessions from the command line needs."""
    seen = {
        "account": "id",
        "session": "id, account_id, patient_id, staff_id, expires_at",
    }
    for table, columns in seen.items():
        op.execute(f"GRANT SELECT ({columns}) ON identity.{table} TO {LOADER}")
        op.execute(f"CREATE POLICY {table}_loader ON identity.{table} FOR SELECT TO {LOADER} USING (true)")
    op.execute(f"GRANT SELECT (session_id), INSERT ON identity.session_end TO {LOADER}")


def _force_row_security(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _give_to_doorkeeper(function: str, *, callers: str = "") -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    if callers:
        op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {callers}")
