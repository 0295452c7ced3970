"""Whom a court has found incapable gives nobody a right and holds none (Civil Code, articles 29 and 188, part 1).

What stood before ends when the guardian is entered. A process of the version before ends nothing, and lets nobody give more.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB

revision = "0086"
down_revision = "0085"

OFFER, RIGHT, END = "identity.delegation_offer", "identity.delegation", "identity.delegation_end"
PAPER = "identity.guardianship"
BY_INCAPACITY = "incapacity"


def upgrade() -> None:
    _incapable()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _offers()
    _ends()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _incapable() -> None:
    """Whether a guardian acts for them, as far as whoever asks sees rights."""
    op.execute(
        f"""
        CREATE FUNCTION identity.is_incapable(of_patient uuid) RETURNS boolean LANGUAGE sql STABLE
        RETURN EXISTS (
            SELECT FROM {RIGHT} d LEFT JOIN {END} e ON e.delegation_id = d.id
            WHERE d.patient_id = of_patient AND d.kind = 'guardian' AND d.basis = '{BY_INCAPACITY}'
              AND d.ends_at > now() AND e.delegation_id IS NULL)
        """
    )


def _offers() -> None:
    op.execute(
        f"CREATE POLICY delegation_offer_of_the_capable ON {OFFER} AS RESTRICTIVE FOR INSERT TO {WEB} "
        "WITH CHECK (NOT identity.is_incapable(patient_id))"
    )
    neither = "NOT identity.is_incapable(o.patient_id) AND NOT identity.is_incapable(a.id)"
    _say_also("offers_to_actor", "AND p.recorded_death_on IS NULL", f"AND {neither}")
    _say_also("answer_offer", "o.expires_at > now()", f"AND (NOT accepted OR {neither})")


def _ends() -> None:
    """Of the rights that the ward gave or holds, each told as whom it concerns and which; nothing by another's paper or an older one."""
    op.execute(f"GRANT SELECT (id, patient_id, basis, staff_id, entered_at) ON {PAPER} TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY identity_guardianship_doorkeeper ON {PAPER} FOR SELECT TO {DOORKEEPER} USING (true)"
    )
    op.execute(
        f"""
        CREATE FUNCTION identity.end_rights_of_incapable(by_paper uuid) RETURNS jsonb
        LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        WITH ended AS (
            INSERT INTO {END} (delegation_id, patient_id, delegate_id, ended_at, reason)
            SELECT d.id, d.patient_id, d.delegate_id, now(), '{BY_INCAPACITY}'
            FROM {PAPER} g JOIN {RIGHT} d ON g.patient_id IN (d.patient_id, d.delegate_id)
            WHERE g.id = by_paper AND g.basis = '{BY_INCAPACITY}' AND g.entered_at = now()
              AND g.staff_id = foundation.actor_staff() AND d.kind = 'grant' AND d.ends_at > now()
            ON CONFLICT DO NOTHING
            RETURNING delegation_id, patient_id
        )
        SELECT coalesce(jsonb_agg(jsonb_build_array(e.patient_id, e.delegation_id)), '[]') FROM ended e
        $$
        """
    )
    function = "end_rights_of_incapable"
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _say_also(function: str, before: str, also: str) -> None:
    """Add a condition to one that stands in a function of the doorkeeper."""
    connection = op.get_bind()
    told = connection.scalar(sa.text(f"SELECT pg_get_functiondef('identity.{function}'::regproc)"))
    if told.count(before) != 1:
        raise RuntimeError(f"identity.{function} does not say once: {before}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql(told.replace(before, f"{before} {also}").replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")
