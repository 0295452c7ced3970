"""Who decides for somebody else, and what a parent may not see of a child that decides alone, row security says too.

`identity.actor_decides_until` reckons as identity/delegations/rules/deciding.py does: a guardian decides while they are it, a parent
until the birthday from which the child does, by an own grant nobody. What is closed to the record, answered or asked to be erased
is refused by it. Rows that betray what a label closes to a parent are closed with it: a team's care, cases about such acts and
their news. A process of the version before asks for none of them.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import narrow_policy

revision = "0083"
down_revision = "0082"

ZONE = "coalesce(nullif(current_setting('app.zone', true), ''), 'UTC')"
TODAY = f"(now() AT TIME ZONE {ZONE})::date"
DECIDES = "(SELECT identity.actor_decides())"
NOTHING_HIDDEN = "(SELECT identity.hidden_from_actor()) = '{}'"
# As 0079 asked: whether a parent's child decides alone by now was for the application to say.
BEFORE = (
    "(foundation.actor_kind() = 'citizen' AND foundation.actor_delegation() IS NULL "
    "OR foundation.actor_kind() = 'delegate' AND EXISTS (SELECT 1 FROM identity.delegation d "
    "WHERE d.id = foundation.actor_delegation() AND d.kind IN ('parent', 'guardian')))"
)


def upgrade() -> None:
    _deciding()
    _closing()
    _adding()
    _seeing()


def _deciding() -> None:
    op.execute(
        f"""
        CREATE FUNCTION identity.actor_decides_until() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
        RETURN CASE
            WHEN foundation.actor_kind() = 'citizen' AND foundation.actor_delegation() IS NULL THEN 'infinity'::timestamptz
            WHEN foundation.actor_kind() = 'delegate' THEN (
                SELECT CASE d.kind
                    WHEN 'guardian' THEN d.ends_at
                    -- Where no law of today names an age, nobody decides by it.
                    WHEN 'parent' THEN least(d.ends_at, coalesce((
                        SELECT identity.birthday(p.birth_date, a.years)::timestamp AT TIME ZONE {ZONE}
                        FROM identity.age_limit a
                        WHERE a.kind = 'own_access' AND {TODAY} BETWEEN a.valid_from AND a.valid_to
                        ORDER BY a.valid_from DESC LIMIT 1
                    ), '-infinity'))
                END
                FROM identity.delegation d JOIN identity.patient p ON p.id = d.patient_id
                WHERE d.id = foundation.actor_delegation() AND d.patient_id = foundation.actor_patient('whole')
                  AND NOT EXISTS (SELECT FROM identity.delegation_end e WHERE e.delegation_id = d.id))
        END
        """
    )
    op.execute(
        "CREATE FUNCTION identity.actor_decides() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE "
        "RETURN coalesce(now() < identity.actor_decides_until(), false)"
    )


def _closing() -> None:
    """The two functions of today with another question."""
    connection = op.get_bind()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    for name in ("close_record", "lift_closure"):
        told = connection.scalar(sa.text(f"SELECT pg_get_functiondef('identity.{name}'::regproc)"))
        if told.count(BEFORE) != 1:
            raise RuntimeError(f"identity.{name} is not the function that this was written for")
        op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
        connection.exec_driver_sql(told.replace(BEFORE, "identity.actor_decides()").replace("%", "%%"))
        op.execute(f"SET LOCAL ROLE {OWNER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _adding() -> None:
    until = "(stands_until IS NULL OR stands_until <= (SELECT identity.actor_decides_until()))"
    narrow_policy("identity", "consent", "identity_consent_add", f"{DECIDES} AND {until}")
    for name in ("erasure_request", "erasure_item", "waiting_erasure"):
        narrow_policy("portal", name, f"portal_{name}_own_add", DECIDES)


def _seeing() -> None:
    op.execute(
        """
        CREATE FUNCTION portal.act_is_told(event bigint) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN EXISTS (
            SELECT FROM foundation.audit_event e
            WHERE e.id = event AND split_part(e.act, '.', 1) <> 'team'
              AND (e.object_kind <> 'entry' OR EXISTS (SELECT FROM emr.entry_summary s WHERE s.entry_id = e.object_id)))
        """
    )
    told = f"({NOTHING_HIDDEN} OR portal.act_is_told(audit_event_id))"
    for policy in ("portal_objection_own", "portal_objection_own_add"):
        narrow_policy("portal", "objection", policy, told)
    for name, policies in (("objection_step", ("own",)), ("waiting_objection", ("own", "own_add"))):
        of_case = f"EXISTS (SELECT FROM portal.objection o WHERE o.id = {name}.objection_id)"
        for policy in policies:
            narrow_policy("portal", name, f"portal_{name}_{policy}", f"({NOTHING_HIDDEN} OR {of_case})")
    news_of_case = "EXISTS (SELECT FROM portal.objection o WHERE o.id = notice.object_id)"
    narrow_policy(
        "portal",
        "notice",
        "portal_notice_own",
        f"((SELECT foundation.actor_delegation()) IS NULL OR kind <> 'objection' OR {news_of_case})",
    )
    # That there is a team at all betrays that something is labelled.
    for name in ("care_relation", "closed_care"):
        narrow_policy("identity", name, f"identity_{name}_own", f"(basis <> 'team' OR {NOTHING_HIDDEN})")
