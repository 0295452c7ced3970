"""`load-services`: an operator says what can be referred to."""

import pytest
from sqlalchemy import delete, select, text

from dispatch_backend.services.tables import Service
from foundation.identifiers import new_id
from tests.registers import Loading, counts, faults


@pytest.fixture
def load(command, tmp_path):
    return Loading(command, tmp_path)


@pytest.fixture
def service(as_administrator):
    """A service that is not known yet; the test's database forgets it again."""
    code = f"T-{new_id()}"
    yield {"code": code, "kind": "test", "name_en": "Blood test", "name_ru": "Анализ крови"}
    with as_administrator() as connection:
        connection.execute(delete(Service).where(Service.code == code))


def test_services_are_entered_described_anew_and_audited(load, service, as_administrator):
    prepared = service | {"preparation_en": "Come without breakfast.", "preparation_ru": "Приходите натощак."}

    assert counts(load("load-services", prepared)) == (1, 0, 0, 0)
    assert counts(load("load-services", prepared)) == (0, 0, 1, 0)
    assert counts(load("load-services", service | {"name_en": "Blood count"})) == (0, 1, 0, 0)

    acts = text(
        "SELECT act FROM foundation.audit_event WHERE object_kind = 'service' AND reason = :code ORDER BY id"
    )
    with as_administrator() as connection:
        row = connection.execute(select(Service.__table__).where(Service.code == service["code"])).one()
        told = connection.execute(acts, {"code": service["code"]}).scalars().all()
    assert (row.name_en, row.preparation_en) == ("Blood count", "Come without breakfast.")
    assert told == ["service.registered", "service.changed"]


def test_the_kind_of_a_service_never_changes(load, service):
    load("load-services", service)

    assert faults(load("load-services", service | {"kind": "bed"})) == [(2, "kind is test and stays so")]
