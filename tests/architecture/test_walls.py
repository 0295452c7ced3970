"""The database's own wall, asked of its catalogue: nothing with patient data stands outside it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from foundation.database import Base
from foundation.database_roles import LOGIN_ROLES

SCHEMAS = ("foundation", "identity", "dispatch", "archive", "emr", "portal", "interop")

# Tables about nobody's health: public registers, sign-ins under way, accounts without a patient.
WITHOUT_PATIENT_DATA = {
    "foundation.alembic_version",
    "foundation.outbox_message",
    "identity.facility",
    "identity.staff_member",
    "identity.staff_post",
    "identity.account",
    "identity.session_end",
    "identity.sign_in_attempt",
    "identity.logout_message",
    "dispatch.allowed_transition",
    "dispatch.service",
    "dispatch.waiting_term",
    "dispatch.slot",
    "emr.directory_resource",
}


@pytest.fixture
def catalogue(engines):
    with engines["owner"].connect() as connection:
        yield connection


def _tables(catalogue: Connection, condition: str) -> set[str]:
    rows = catalogue.execute(
        text(
            "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = ANY(:schemas) AND {condition}"
        ),
        {"schemas": list(SCHEMAS)},
    )
    return set(rows.scalars())


def test_every_table_is_behind_forced_row_security_or_holds_no_patient_data(catalogue):
    unforced = _tables(
        catalogue, "c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )

    assert unforced == WITHOUT_PATIENT_DATA


def test_no_table_outside_the_wall_has_a_column_for_a_patient(catalogue):
    with_patient = set(
        catalogue.execute(
            text(
                "SELECT table_schema || '.' || table_name FROM information_schema.columns "
                "WHERE table_schema = ANY(:schemas) AND column_name IN ('patient_id', 'snils', 'birth_date')"
            ),
            {"schemas": list(SCHEMAS)},
        ).scalars()
    )

    assert with_patient, "the question must find the tables that it is about"
    assert not with_patient & WITHOUT_PATIENT_DATA


def test_a_table_without_the_wall_would_be_found(catalogue):
    with catalogue.begin_nested() as attempt:
        catalogue.execute(text("CREATE TABLE emr.forgotten (patient_id uuid)"))
        found = _tables(
            catalogue, "c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        )
        attempt.rollback()

    assert found - WITHOUT_PATIENT_DATA == {"emr.forgotten"}


def test_every_view_asks_as_the_person_who_looks(catalogue):
    owners_view = "c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)"

    assert _tables(catalogue, owners_view) == set()


def test_no_materialized_view_keeps_patient_data_outside_the_wall(catalogue):
    assert _tables(catalogue, "c.relkind = 'm'") == set()


def test_the_service_owns_nothing_and_bypasses_nothing(catalogue):
    strong = catalogue.execute(
        text(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles) "
            "AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)"
        ),
        {"roles": list(LOGIN_ROLES)},
    ).scalars()
    owned = catalogue.execute(
        text("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = ANY(:roles)"),
        {"roles": list(LOGIN_ROLES)},
    ).scalar_one()

    assert list(strong) == []
    assert owned == 0


def test_the_service_may_not_truncate_or_refer_or_make_tables(catalogue):
    granted = catalogue.execute(
        text(
            "SELECT grantee, table_schema, table_name, privilege_type FROM information_schema.role_table_grants "
            "WHERE grantee = ANY(:roles) AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
        ),
        {"roles": list(LOGIN_ROLES)},
    ).all()

    assert granted == []


def test_only_the_doorkeeper_s_functions_run_with_other_rights_than_the_asker_s(catalogue):
    definers = catalogue.execute(
        text(
            "SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = ANY(:schemas) AND p.prosecdef ORDER BY 1"
        ),
        {"schemas": list(SCHEMAS)},
    ).scalars()

    assert list(definers) == [
        "identity.match_patient",
        "identity.session_of",
        "identity.sessions_at_provider",
        "identity.touch_session",
    ]


def test_the_tables_in_the_code_are_the_tables_that_the_migrations_made(app, catalogue):
    context = MigrationContext.configure(
        catalogue,
        opts={
            "include_schemas": True,
            "include_name": lambda name, kind, _parents: kind != "schema" or name in SCHEMAS,
            "include_object": lambda _object, name, kind, reflected, other: (
                name != "alembic_version" and kind in ("table", "column")
            ),
            "compare_type": False,
        },
    )

    assert compare_metadata(context, Base.metadata) == []
