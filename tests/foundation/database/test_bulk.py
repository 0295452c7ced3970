"""Many rows at once; a loading of the owner's has its references checked together, at its end."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from foundation.actor import Actor
from foundation.clock import now
from foundation.database import process_engines, transactions
from foundation.database.bulk import add_rows, references_checked_together, write_rows
from foundation.database.migrations import migrate
from foundation.identifiers import new_id
from foundation.postgres.embedded.address import ADMINISTRATOR
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER
from identity.access.tables import CareRelation
from identity.patients.tables import Patient

FORCED = "SELECT relforcerowsecurity FROM pg_class WHERE oid = 'identity.care_relation'::regclass"
UNENFORCED = "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND NOT (conenforced AND convalidated)"


@pytest.fixture(scope="session")
def engines(tmp_path_factory):
    """Of a server of its own: what changes every table of the owner's is not done beside others."""
    with running(tmp_path_factory.mktemp("bulk"), durable=False) as address:
        migrate(address.url(OWNER))
        roles = {LOADER: LOADER, "owner": OWNER, "administrator": ADMINISTRATOR}
        made = {
            name: process_engines.make_engine(address.url(role), pool_size=2) for name, role in roles.items()
        }
        yield made
        for engine in made.values():
            engine.dispose()


@pytest.fixture
def as_owner(engines):
    return lambda: transactions.transaction(Actor.system("loader"), on=engines["owner"])


def a_patient():
    return {
        "id": new_id(),
        "family_name": "Иванова",
        "given_name": "Анна",
        "middle_name": "",
        "birth_date": "1980-01-01",
        "sex": "female",
        "sort_key": "иванова анна",
    }


def care(patient_id, facility_id):
    return {
        "id": new_id(),
        "patient_id": patient_id,
        "facility_id": facility_id,
        "basis": "import",
        "began_at": now(),
    }


TEXTS = st.lists(
    st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
    min_size=1,
)


@given(texts=TEXTS)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_text_is_written_as_it_is(as_owner, texts):
    (written,) = write_rows([{"text": each} for each in texts]).portions[0]

    with as_owner() as session:
        read = session.scalars(text("SELECT unnest(CAST(:texts AS text[]))"), {"texts": written}).all()

    assert read == texts


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("jsonb", [{"a": 'x\ny"z\\'}, {"b": [1, None, "{"]}, None]),
        ("bigint[]", [[1, 2], [], None, [3]]),
        ("bytea", [b"\x00\x01\xff", b"", None]),
        ("boolean", [True, False, None]),
        ("uuid", [new_id(), None]),
    ],
)
def test_every_kind_of_value_is_written_as_it_is(as_owner, kind, values):
    (written,) = write_rows([{"value": each} for each in values]).portions[0]
    asked = text(f"SELECT CAST(each AS {kind}) FROM unnest(CAST(:values AS text[])) AS each")

    with as_owner() as session:
        read = session.scalars(asked, {"values": written}).all()

    assert [bytes(each) if isinstance(each, memoryview) else each for each in read] == values


def test_within_the_block_the_order_is_free_and_afterwards_everything_refers_to_something(people, as_owner):
    facility, patient = people.facility(), a_patient()

    with as_owner() as session, references_checked_together(session):
        add_rows(session, CareRelation, [care(patient["id"], facility)])
        add_rows(session, Patient, [patient])

    with as_owner() as session:
        assert session.scalar(text(FORCED)) is True
        assert session.scalar(text(UNENFORCED)) == 0


def test_a_reference_that_leads_nowhere_ends_the_whole_loading(people, as_owner, as_administrator):
    facility, patient = people.facility(), a_patient()

    with pytest.raises(IntegrityError), as_owner() as session, references_checked_together(session):
        add_rows(session, Patient, [patient])
        add_rows(session, CareRelation, [care(new_id(), facility)])

    with as_administrator() as connection:
        kept = connection.scalar(
            text("SELECT count(*) FROM identity.patient WHERE id = :id"), {"id": patient["id"]}
        )
        assert kept == 0
        assert connection.scalar(text(FORCED)) is True
        assert connection.scalar(text(UNENFORCED)) == 0


def test_for_anybody_but_the_owner_each_row_is_checked_as_it_comes(people, as_loader):
    facility = people.facility()

    with as_loader() as session, references_checked_together(session):
        with pytest.raises(IntegrityError):
            add_rows(session, CareRelation, [care(new_id(), facility)])
        session.rollback()
