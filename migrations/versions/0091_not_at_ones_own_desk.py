"""Nobody who works at a registrar's desk opens, joins or parts a record of their own there; and no right is one of the incapable.

Whether a right is void for that is asked where it is used: a death that is undone, a joining of two records, and a guardian
entered in the same moment as an offer is accepted leave such rights behind.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB

revision = "0091"
down_revision = "0090"

NOT_ENDED = "NOT EXISTS (SELECT FROM identity.confirmed_identity_end e WHERE e.confirmation_id = c.id)"
VOID = "identity.is_void(d.kind, d.patient_id, d.delegate_id)"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _own_records()
    _own_joinings()
    _void_rights()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _own_records() -> None:
    """By an account that opens it, which no registrar sees, or by the number under which the register knows who acts."""
    op.execute(
        f"""
        CREATE FUNCTION identity.is_own_of_staff(of_patient uuid) RETURNS boolean LANGUAGE sql STABLE
        SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT EXISTS (SELECT FROM identity.patient_link l
                       WHERE l.account_id = foundation.actor_account() AND l.patient_id = of_patient)
            OR EXISTS (SELECT FROM identity.confirmed_identity c
                       WHERE c.account_id = foundation.actor_account() AND c.patient_id = of_patient AND {NOT_ENDED})
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION identity.bears_number_of_staff(of_patient uuid) RETURNS boolean LANGUAGE sql STABLE
        RETURN EXISTS (SELECT FROM identity.staff_member s JOIN identity.patient_identifier i
                           ON i.system = s.national_identifier_system AND i.value_digest = s.national_identifier_digest
                       WHERE s.id = foundation.actor_staff() AND i.patient_id = of_patient)
        """
    )
    op.execute(f"ALTER FUNCTION identity.is_own_of_staff OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.is_own_of_staff FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.is_own_of_staff TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
    for table, people in {
        "guardianship": ("patient_id", "delegate_id"),
        "confirmed_identity": ("patient_id",),
        "linking_code": ("patient_id",),
    }.items():
        others = " AND ".join(
            f"NOT identity.is_own_of_staff({each}) AND NOT identity.bears_number_of_staff({each})"
            for each in people
        )
        op.execute(
            f"CREATE POLICY {table}_of_others ON identity.{table} AS RESTRICTIVE FOR INSERT TO {WEB} WITH CHECK ({others})"
        )


def _own_joinings() -> None:
    own = "identity.is_own_of_staff(survivor) OR identity.is_own_of_staff(merged)"
    _say("undo_merge", "identity.in_care(survivor)", f"identity.in_care(survivor) AND NOT ({own})")


def _void_rights() -> None:
    """Of their own will nobody gives one who is found incapable; and nobody who is acts for another (Civil Code, articles 29 and 188)."""
    op.execute(
        """
        CREATE FUNCTION identity.is_void(kind text, patient uuid, delegate uuid) RETURNS boolean LANGUAGE sql STABLE
        RETURN identity.is_incapable(delegate) OR (kind = 'grant' AND identity.is_incapable(patient))
        """
    )
    _say("session_of", "d.id IS NOT NULL", f"(d.id IS NOT NULL AND NOT {VOID})")
    for function in ("represented_by_actor", "delegates_of_actor"):
        _say(function, "WHERE ", f"WHERE (g.ended_at IS NOT NULL OR NOT {VOID}) AND ")
    _say(
        "undo_death",
        "d.ends_at > now() AND g.reason",
        f"d.ends_at > now() AND NOT {VOID} AND g.reason",
    )


def _say(function: str, instead_of: str, this: str) -> None:
    """Another condition than the one that stands, once or last, in a function of the doorkeeper."""
    connection = op.get_bind()
    told = connection.scalar(sa.text(f"SELECT pg_get_functiondef('identity.{function}'::regproc)"))
    before, found, after = told.rpartition(instead_of)
    if not found:
        raise RuntimeError(f"identity.{function} does not say: {instead_of}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql((before + this + after).replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")
