"""Of which database this process asks: for a block another one, and after it, whatever happens, that of before.

And connections that begin anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from foundation.database import process_engines


@contextmanager
def own_connections(stands_in: Engine | None = None) -> Iterator[None]:
    """What the block connects is its own, and is closed with it; other tests keep their connection.

    Args:
        stands_in: what the block asks from its beginning; who made it closes it. Without it the process is not connected.
    """
    kept = process_engines._engines
    given = process_engines.Engines(stands_in, stands_in) if stands_in is not None else None
    process_engines._engines = given
    try:
        yield
    finally:
        if process_engines._engines is not given:
            process_engines.disconnect()
        process_engines._engines = kept


def close_idle(*further: Engine) -> None:
    """Whoever asks next opens a connection of their own, for a plan keeps to the row-level security of when it was made."""
    kept = process_engines._engines
    for each in (*further, *([kept] if kept else [])):
        each.dispose()
