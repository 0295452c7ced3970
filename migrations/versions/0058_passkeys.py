"""Staff prove anew that it is they: passkeys, what is asked of them once, and what a session knows of it.

A passkey is its owner's alone. It ends by a row and is never deleted; a session of the version before knows of no second factor.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import WEB, forbid_change

revision = "0058"
down_revision = "0057"

MOMENT = TIMESTAMP(timezone=True)
OWN = "staff_id = (SELECT foundation.actor_staff()) AND (SELECT foundation.actor_kind()) = 'staff'"


def upgrade() -> None:
    _sessions()
    _passkeys()
    _ends()
    _challenges()


def _sessions() -> None:
    op.add_column(
        "session", sa.Column("second_factor", sa.Text, nullable=False, server_default=""), schema="identity"
    )
    op.add_column("session", sa.Column("second_factor_at", MOMENT), schema="identity")
    op.create_check_constraint(
        "ck_session_second_factor",
        "session",
        "second_factor IN ('', 'provider', 'passkey') AND (second_factor = '') = (second_factor_at IS NULL)",
        schema="identity",
    )


def _passkeys() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False, index=True),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("transports", sa.Text, nullable=False, server_default=""),
        sa.Column("name", sa.Text, sa.CheckConstraint("name <> ''"), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.UniqueConstraint("id", "staff_id", name="uq_passkey_id_staff_id"),
        schema="identity",
    )
    _guard("passkey")
    op.execute(f"GRANT SELECT, INSERT, UPDATE (sign_count, name, last_used_at) ON identity.passkey TO {WEB}")


def _ends() -> None:
    op.create_table(
        "passkey_end",
        sa.Column("passkey_id", UUID, primary_key=True),
        sa.Column("staff_id", UUID, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.ForeignKeyConstraint(
            ["passkey_id", "staff_id"], ["identity.passkey.id", "identity.passkey.staff_id"]
        ),
        schema="identity",
    )
    _lock("passkey_end")
    op.execute(f"CREATE POLICY passkey_end_own ON identity.passkey_end FOR SELECT TO {WEB} USING ({OWN})")
    op.execute(
        f"CREATE POLICY passkey_end_own_add ON identity.passkey_end FOR INSERT TO {WEB} "
        f"WITH CHECK ({OWN} AND ended_at = now())"
    )
    op.execute(f"GRANT SELECT, INSERT ON identity.passkey_end TO {WEB}")
    forbid_change("identity.passkey_end")


def _challenges() -> None:
    """No history: what was asked is forgotten when it is answered."""
    op.create_table(
        "passkey_challenge",
        sa.Column("session_id", UUID, sa.ForeignKey("identity.session.id"), primary_key=True),
        sa.Column("ceremony", sa.Text, primary_key=True),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False, index=True),
        sa.Column("challenge", sa.LargeBinary, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        schema="identity",
    )
    _guard("passkey_challenge")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON identity.passkey_challenge TO {WEB}")


def _lock(table: str) -> None:
    op.execute(f"ALTER TABLE identity.{table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")


def _guard(table: str) -> None:
    _lock(table)
    op.execute(f"CREATE POLICY {table}_own ON identity.{table} TO {WEB} USING ({OWN}) WITH CHECK ({OWN})")
