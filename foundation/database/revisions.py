"""Which shape of the tables this code needs, read from the migrations' files: asking Alembic would cost half a second."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent.parent.parent / "migrations" / "versions"
REVISION = re.compile(r"""^revision(?:: \w+)? = ["'](.+)["']$""", re.MULTILINE)
REVISION_BEFORE = re.compile(r"""^down_revision(?:: .+)? = ["'](.+)["']$""", re.MULTILINE)
# Where the database keeps the revision that it has reached.
REACHED = "SELECT version_num FROM foundation.alembic_version"


@dataclass(frozen=True)
class Revisions:
    """The revisions that this code knows.

    Attributes:
        newest: the one that no other builds on; empty where that is not exactly one.
        earlier: those that are not enough.
    """

    newest: str
    earlier: frozenset[str]

    def suffice(self, reached: object) -> bool:
        """Whether a database at this revision can be worked with.

        One unknown to us is a later one: migrations leave the code before them working, so that processes can be
        replaced one after the other.
        """
        return bool(self.newest and reached) and reached not in self.earlier


def known_revisions(folder: Path = FOLDER) -> Revisions:
    """Read the migrations' files."""
    sources = [path.read_text() for path in folder.glob("[0-9]*.py")]
    revisions = {found[1] for source in sources if (found := REVISION.search(source))}
    built_on = {found[1] for source in sources if (found := REVISION_BEFORE.search(source))}
    newest = revisions - built_on
    return Revisions(newest.pop() if len(newest) == 1 else "", frozenset(revisions & built_on))
