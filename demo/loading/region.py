"""The whole region into an empty database: the people first, then everything that is known of them.

Drawing, hashing and the database's own checks each take seconds, so that two processes share them.
"""

import gc
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context

from demo.cards_file import write_cards
from demo.loading.dispatch import load_dispatch
from demo.loading.pictures import load_pictures
from demo.loading.population import load_population
from demo.loading.records import load_records
from demo.region import Region, Size, make_region
from foundation.actor import Actor
from foundation.children import end_with_parent
from foundation.clock import now
from foundation.database import ActorSession, make_engine, transaction
from foundation.demo_mark import leave_demo_mark
from foundation.settings import Settings

LOADER_ACTOR = Actor.system("loader")

Opening = Callable[[], AbstractContextManager[ActorSession]]


def load_region(settings: Settings, region: Region, url: str) -> dict[str, float]:
    """Load everything; how many of what, and in how many seconds.

    Args:
        url: the database's address for the loader.
    """
    began = time.monotonic()
    # Spawned, not forked: a fork would share the open connections.
    beside = ProcessPoolExecutor(
        1, mp_context=get_context("spawn"), initializer=end_with_parent, initargs=(signal.SIGKILL,)
    )
    with beside, _without_garbage_collection(), _loading(url) as opened:
        beside.submit(_get_ready)
        with opened() as session:
            # First of all, so that a region that is broken off is marked too.
            leave_demo_mark(session)
        with opened() as session:
            load_population(session, region)
        charts = beside.submit(_load_charts, settings, region.size, url)
        with opened() as session:
            referrals = load_dispatch(session, region, now())
        entries, pictures = charts.result()
    write_cards(settings.data_dir)
    return {
        "facilities": len(region.facilities) - 1,
        "staff": len(region.staff),
        "citizens": len(region.citizens),
        "entries": entries,
        "referrals": referrals,
        "pictures": pictures,
        "seconds": round(time.monotonic() - began, 1),
    }


def _get_ready() -> None:
    """Nothing: that the process beside has read this module, and all that it needs, is what was asked for."""


def _load_charts(settings: Settings, size: Size, url: str) -> tuple[int, int]:
    """Records and pictures; how many entries and how many pictures.

    The region is made once more from its size: quicker than sending it, and the same by its nature.
    """
    region = make_region(size)
    with _without_garbage_collection(), _loading(url) as opened:
        with opened() as session:
            entries = load_records(session, region)
        return entries, load_pictures(settings, region, opened)


@contextmanager
def _loading(url: str) -> Iterator[Opening]:
    """A way to open transactions of the loader, for this process."""
    engine = make_engine(url, pool_size=1)
    try:
        yield lambda: transaction(LOADER_ACTOR, on=engine)
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
