"""What must be there before the processes start: the tables, and for the demo its region, whole or not at all."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import psycopg2

from foundation.connections import url_for
from foundation.database_roles import OWNER, libpq_url
from foundation.settings import Profile, Settings
from foundation.supervisor.database import KeptDatabase
from foundation.supervisor.place import CannotStart
from foundation.supervisor.processes import DEMO_REGION, IS_EMPTY, MIGRATIONS, Process
from foundation.supervisor.programs import PROJECT
from foundation.supervisor.talk import say

REVISION = re.compile(r"""^revision(?:: \w+)? = ["'](.+)["']$""", re.MULTILINE)
REVISION_BEFORE = re.compile(r"""^down_revision(?:: .+)? = ["'](.+)["']$""", re.MULTILINE)
REACHED = "SELECT version_num FROM foundation.alembic_version"


def prepare(settings: Settings, embedded: KeptDatabase | None, *, do: Callable[[Process], None]) -> None:
    """Migrate where migrations are missing, and make the demo region where there is none.

    A region that was broken off half-way would never be completed, so it is begun anew: nobody could use it yet.
    """
    unfinished = settings.data_dir / "demo-region.unfinished"
    if unfinished.exists():
        if embedded is None:
            raise CannotStart(
                "An earlier start was broken off while it made the demo region; empty the database, then remove "
                f"{unfinished}."
            )
        embedded.empty()
    if _answer(settings, REACHED) != newest_revision(PROJECT / "migrations" / "versions"):
        do(MIGRATIONS)
    if settings.profile is Profile.DEMO and _answer(settings, IS_EMPTY) is True:
        say("Making the demo region; only the first start does this.")
        unfinished.touch()
        people_file(settings).unlink(missing_ok=True)
        do(DEMO_REGION)
    unfinished.unlink(missing_ok=True)


def people_file(settings: Settings) -> Path:
    """Where the names of the demo people are remembered, for they change only with the region."""
    return settings.data_dir / "demo-people.txt"


def newest_revision(folder: Path) -> str:
    """The revision that no other builds on, read from the files: asking Alembic would cost the start half a second."""
    sources = [path.read_text() for path in folder.glob("[0-9]*.py")]
    revisions = {found[1] for source in sources if (found := REVISION.search(source))}
    built_on = {found[1] for source in sources if (found := REVISION_BEFORE.search(source))}
    newest = revisions - built_on
    return newest.pop() if len(newest) == 1 else ""


def _answer(settings: Settings, question: str) -> object:
    """What the database answers its owner; nothing where the table is missing."""
    with (
        contextlib.closing(psycopg2.connect(libpq_url(url_for(settings, OWNER)))) as connection,
        connection.cursor() as cursor,
    ):
        try:
            cursor.execute(question)
        except psycopg2.errors.UndefinedTable:
            return None
        row = cursor.fetchone()
        return row[0] if row else None
