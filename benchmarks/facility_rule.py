"""The rule before there was a policy, kept as a reference: whoever works where a patient is cared for sees what doctors and
dispatchers see, on whatever basis, and a citizen everything of their own.

`simplify` puts it into a database's row security, `readable_by` into the application. Nobody but a benchmark uses either.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partialmethod
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from flask import Flask
from sqlalchemy import ColumnElement, Connection, Select, false, func, select, text

import app_factory
from foundation.actor import ActorKind
from foundation.database.combined_query import exchange_compiled_queries
from foundation.postgres.embedded.address import ServerAddress
from foundation.postgres.roles import WEB
from identity.access import queries as access
from identity.access.tables import CareRelation

# The database that keeps to it.
DATABASE = "facility_rule"
IN_CARE = """
CREATE OR REPLACE FUNCTION identity.in_care(patient uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (
    SELECT 1 FROM identity.care_relation
    WHERE patient_id = patient AND facility_id = (SELECT foundation.actor_facility())
      AND began_at <= now() + interval '1 minute' AND ends_at > now()
)
"""
POLICIES = text(
    "SELECT schemaname || '.' || tablename AS name, policyname, qual FROM pg_policies "
    "WHERE :web = ANY (roles) AND cmd = 'SELECT' AND qual IS NOT NULL"
)
PART = re.compile(r"actor_patient\('[a-z]+'::text\)")
# Of entries that the law guards more closely: for whom they open in care, and what of them a parent is not shown.
RESTRICTED = re.compile(
    r"\(\(restrictions IS NULL\) OR (?:emr\.opens\([^()]*\)|\(NOT \(restrictions && "
    r"\( SELECT identity\.hidden_from_actor\(\) AS hidden_from_actor\)\)\))\)"
)
# Whoever looks by a link was not known then, nor what the region's law opens.
NOT_KNOWN = ("_shared", "_law")
ROLES = re.compile(r"= ANY \(ARRAY\[[^]]*\]\)")
SIMPLE_ROLES = "= ANY (ARRAY['doctor'::text, 'dispatcher'::text])"


def simplify(connection: Connection) -> None:
    """Let row security keep to the simple rule."""
    connection.execute(text("DROP POLICY care_relation_own_staff ON identity.care_relation"))
    connection.execute(text(IN_CARE))
    for table, policy, condition in connection.execute(POLICIES, {"web": WEB}).all():
        if policy.endswith(NOT_KNOWN):
            connection.execute(text(f"DROP POLICY {policy} ON {table}"))
            continue
        simple = PART.sub("actor_patient()", ROLES.sub(SIMPLE_ROLES, RESTRICTED.sub("true", condition)))
        if simple != condition:
            connection.exec_driver_sql(
                f"ALTER POLICY {policy} ON {table} USING ({simple})".replace("%", "%%")
            )


def readable_by(
    session: Any, _thing: object, patient_id: Any, *, only: Any = None, **_: Any
) -> ColumnElement[bool]:
    """As `identity.access.queries.readable_by` was."""
    actor = session.actor
    if actor.kind is ActorKind.SYSTEM:
        return patient_id.is_not(None)
    if actor.kind is ActorKind.CITIZEN and actor.patient_id:
        return patient_id == actor.patient_id
    if actor.kind is not ActorKind.STAFF or not actor.facility_id:
        return false()
    cared_for = _cared_for_at(actor.facility_id)
    if only is None:
        return patient_id.in_(cared_for)
    return (patient_id == only) & cared_for.where(CareRelation.patient_id == only).exists()


def _cared_for_at(facility_id: UUID) -> Select[Any]:
    return select(CareRelation.patient_id).where(
        CareRelation.facility_id == facility_id,
        CareRelation.began_at <= func.now() + access.CLOCKS_DIFFER_BY,
        CareRelation.ends_at > func.now(),
    )


@contextmanager
def kept() -> Iterator[None]:
    """For the duration of the block the application keeps to the simple rule, in the database that does."""
    own, address = access.readable_by, ServerAddress.url
    made_under_policy = exchange_compiled_queries(WeakKeyDictionary())
    _keep()
    try:
        yield
    finally:
        access.readable_by, ServerAddress.url = own, address  # type: ignore[method-assign]
        exchange_compiled_queries(made_under_policy)


def create_web() -> Flask:
    """The service's own pages under the simple rule, for as long as the process lives."""
    _keep()
    return app_factory.create_web()


def _keep() -> None:
    access.readable_by = readable_by  # type: ignore[assignment]
    ServerAddress.url = partialmethod(ServerAddress.url, database=DATABASE)  # type: ignore[assignment,method-assign]
