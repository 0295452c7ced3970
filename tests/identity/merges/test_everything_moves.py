"""Of a record that is joined everything moves, and goes back as it was; histories hold before, between and after."""

import pytest
from sqlalchemy import text

from dispatch_backend.referrals.queries.integrity import DISPATCH_VERIFIER
from emr.summaries.queries.integrity import RECORD_VERIFIER
from tests.dispatch_backend.factories import Desk
from tests.identity.merges.whole_records import STAYS, WholeRecord, rows_of, tables_of_patients


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def whole(desk, registrar, as_actor, as_loader, as_administrator) -> WholeRecord:
    return WholeRecord(desk, registrar, as_actor, as_loader, as_administrator)


def breaks(as_loader):
    """In all that is kept here, whoever wrote it."""
    with as_loader() as session:
        return [
            each
            for verifier in (DISPATCH_VERIFIER, RECORD_VERIFIER)
            for look in verifier.looks.values()
            for each in look(session, None, at_once=100_000).broken
        ]


def test_every_table_of_patients_moves_or_stays_for_a_reason(as_administrator):
    with as_administrator() as connection:
        moves = set(connection.execute(text("SELECT table_name FROM identity.record_part")).scalars())
        every = tables_of_patients(connection)

    assert moves.isdisjoint(STAYS)
    assert every.keys() == moves | STAYS.keys()


def test_everything_moves_and_goes_back_byte_for_byte(pair, whole, people, as_administrator, as_loader):
    relative = people.patient()
    whole.of(pair.survivor, relative=relative)
    whole.of(pair.merged, relative=relative, service_code="C-NEUR")
    both = (pair.survivor.id, pair.merged.id)
    with as_administrator() as connection:
        before = rows_of(connection, *both)
        merged_before = rows_of(connection, pair.merged.id)
    broken_before = breaks(as_loader)

    merge_id = pair.join(with_accounts=True)

    with as_administrator() as connection:
        left, joined = rows_of(connection, pair.merged.id), rows_of(connection, *both)
        parts = set(connection.execute(text("SELECT table_name FROM identity.record_part")).scalars())
    # Of each kind there was something: the record was a whole one.
    assert {table for table in parts if not merged_before[table]} == set()
    # Care at the registrar's own facility is over at the one, and goes on at the other.
    assert {table for table in parts if left[table]} == {"identity.care_relation"}
    assert {table: len(rows) for table, rows in joined.items()} == {
        table: len(rows) for table, rows in before.items()
    }
    assert breaks(as_loader) == broken_before
    pair.part(merge_id)
    with as_administrator() as connection:
        after = rows_of(connection, *both)
    assert after == before
    assert breaks(as_loader) == broken_before
