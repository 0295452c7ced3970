"""The history and the records that are reckoned once: what was kept is what would be made anew, or it is nobody's."""

import pytest

from demo.loading import keeping
from demo.loading.dispatch import load_dispatch, plan_dispatch, usual_terms, write_history
from demo.loading.history import keep_history, kept_history
from demo.loading.population import load_population
from demo.loading.records import NAME, TABLES, keep_records, write_records, written_records
from demo.region import Size, make_region
from dispatch_backend.loading.actions.rows import Terms
from dispatch_backend.services.actions import load_reference
from foundation.actor import Actor
from foundation.clock import now
from foundation.database import process_engines, transactions
from foundation.database.bulk import WrittenRows
from foundation.database.migrations import migrate
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER
from tests.demo.conftest import SCALE
from tests.verifying import broken_events


@pytest.fixture(scope="module")
def region():
    return make_region(Size.of(SCALE))


@pytest.fixture(scope="module")
def written(app, region):
    return write_history(region, usual_terms())


@pytest.fixture
def kept_written(region, written, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT", tmp_path / "kept")
    keep_history(written, region, usual_terms())
    return written


def test_what_was_kept_is_what_was_made(region, kept_written):
    assert kept_written.referrals > 100
    assert kept_history(region, usual_terms()) == kept_written


def test_a_history_under_other_terms_is_nobodys(region, kept_written):
    assert kept_history(region, Terms({}, [])) is None


def test_a_history_of_another_size_is_nobodys(kept_written):
    assert kept_history(make_region(Size()), usual_terms()) is None


def test_a_history_of_other_code_is_nobodys(region, kept_written, monkeypatch):
    keeping.code_read.cache_clear()
    monkeypatch.setattr(keeping, "FOLLOWS_FROM", ("demo",))

    assert kept_history(region, usual_terms()) is None
    keeping.code_read.cache_clear()


def test_records_that_were_kept_are_those_that_were_made(region, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT", tmp_path / "kept")
    made = written_records(region)
    assert keeping.kept(NAME, size=region.size) is None

    keep_records(made, region)

    facts, tables = keeping.kept(NAME, size=region.size)
    assert (facts, dict(tables)) == (made.entries, made.tables)
    assert made.tables.keys() == TABLES.keys()
    assert written_records(region) == made == write_records(region)


def test_a_value_that_would_be_read_back_as_two_is_not_kept(region, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "KEPT", tmp_path / "kept")
    parted = WrittenRows(("text",), (('{"one\ntwo"}',),))

    with pytest.raises(ValueError, match="line end"):
        keeping.keep("parted", 1, {"parted": parted}, size=region.size)


def test_terms_that_were_entered_before_are_the_ones_that_referrals_name(region, tmp_path):
    at = now()
    planned = plan_dispatch(region, at, usual_terms())
    with running(tmp_path, durable=False) as address:
        migrate(address.url(OWNER))
        engine = process_engines.make_engine(address.url(LOADER), pool_size=1)
        with transactions.transaction(Actor.system("loader"), on=engine) as session:
            load_reference(session)
            load_population(session, region)
            referrals = load_dispatch(session, region, planned, at)
            checked, broken = broken_events(session)
        engine.dispose()

    assert referrals == planned.history.referrals + len(planned.waiting)
    assert checked > referrals
    assert broken == []
