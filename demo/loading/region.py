"""The whole region into an empty database, in one transaction: it is there whole, or not at all.

A second process stores the pictures meanwhile.
"""

import gc
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context

from demo.cards_file import write_cards
from demo.loading.dispatch import PlannedDispatch, load_dispatch, plan_dispatch, usual_terms
from demo.loading.pictures import StoredStudy, load_pictures, store_pictures
from demo.loading.population import load_population
from demo.loading.records import WrittenRecords, load_records, written_records
from demo.region import Region, Size, make_region
from emr.summaries.actions import note_drawn
from foundation.actor import Actor
from foundation.child_processes import set_parent_death_signal
from foundation.clock import now
from foundation.database.bulk import references_checked_together
from foundation.database.demo_mark import mark_as_demo
from foundation.database.process_engines import make_engine
from foundation.database.transactions import ActorSession, transaction
from foundation.settings import Settings

LOADER_ACTOR = Actor.system("loader")

BEHIND = 10

# Hears what is being done.
OnProgress = Callable[[str], None]


def load_region(settings: Settings, region: Region, url: str) -> dict[str, float]:
    """Load everything; how many of what, and in how many seconds.

    Args:
        url: the database's address for the owner of its tables.
    """
    with preparing(settings, region) as prepared:
        return prepared.load(url)


@dataclass(frozen=True)
class Prepared:
    """A region as far as it can be made without a database; another process stores its pictures."""

    settings: Settings
    region: Region
    studies: Future[list[StoredStudy]]
    at: datetime
    dispatch: PlannedDispatch
    records: WrittenRecords
    began: float

    def load(self, url: str, *, on_progress: OnProgress = lambda _sentence: None) -> dict[str, float]:
        """Enter everything; how many of what, and in how many seconds since it was begun."""
        region = self.region
        with _loading(url) as session, references_checked_together(session):
            mark_as_demo(session)
            on_progress(f"Entering {len(region.citizens)} citizens and {len(region.staff)} members of staff.")
            load_population(session, region)
            on_progress("Entering the referrals with their history.")
            referrals = load_dispatch(session, region, self.dispatch, self.at)
            on_progress(f"Entering the records of {len(region.story_people)} citizens.")
            entries = load_records(session, self.records)
            note_drawn(session)
            on_progress("Entering their pictures.")
            pictures = load_pictures(session, self.studies.result())
            # Before the database says that the region is there.
            write_cards(self.settings.data_dir)
            on_progress("Looking whether everything refers to something.")
        return {
            "facilities": len(region.facilities) - 1,
            "staff": len(region.staff),
            "citizens": len(region.citizens),
            "entries": entries,
            "referrals": referrals,
            "pictures": pictures,
            "seconds": round(time.monotonic() - self.began, 1),
        }


@contextmanager
def preparing(settings: Settings, region: Region) -> Iterator[Prepared]:
    """Make what needs no database; the pictures are stored beside the block."""
    began = time.monotonic()
    # Forked: it has read all the code that it needs, and knows the region. It never touches what this one has open.
    with (
        _without_garbage_collection(),
        ProcessPoolExecutor(1, mp_context=get_context("fork"), initializer=_begin) as storing,
    ):
        studies, at = storing.submit(_store_pictures, settings, region.size), now()
        dispatch = plan_dispatch(region, at, usual_terms())
        yield Prepared(settings, region, studies, at, dispatch, written_records(region), began)


def _begin() -> None:
    """Of two cores the pictures get what the others leave: they are needed last."""
    os.nice(BEHIND)
    set_parent_death_signal(signal.SIGKILL)


def _store_pictures(settings: Settings, size: Size) -> list[StoredStudy]:
    # The region itself would be sent while the other process works on it; its size says the same.
    return store_pictures(settings, make_region(size))


@contextmanager
def _loading(url: str) -> Iterator[ActorSession]:
    """The one transaction, of the loader as the owner of the tables."""
    engine = make_engine(url, pool_size=1)
    try:
        with transaction(LOADER_ACTOR, on=engine) as session:
            yield session
    finally:
        engine.dispose()


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Hundreds of thousands of small objects that all stay: to look for garbage among them costs seconds, and finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
