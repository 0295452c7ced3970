"""Making a copy of all that is kept about a person: itself an act, written down, and not too often."""

from collections.abc import Iterable, Iterator
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import RateLimited
from foundation.personal_copies import CopyFile, CopyPart
from foundation.shared_counts import SharedCounts

# It goes through all that there is of a person: whoever wants one has it, and nobody makes them one after the other.
MOST_AN_HOUR = 3
HOUR_S = 3600
_made = SharedCounts()


def open_copy(session: ActorSession) -> None:
    """The page on which one asks for the copy. The list of who looked tells of it."""
    audit.record(session, act="copy.shown", patient_id=session.actor.patient_id)


def make_copy(
    session: ActorSession, parts: Iterable[CopyPart], to: IO[bytes], *, address: str, first: bytes
) -> None:
    """Write the copy of the reader's data as a ZIP, piece by piece: no more of it is held than one piece.

    Args:
        to: where it is written; it must be open for binary writing.
        address: of the service, as files in the copy name it.
        first: the page that explains the files.

    Raises:
        RateLimited: the reader has taken several within the hour.
    """
    if _made.incr(f"copies/{session.actor.account_id}", HOUR_S) > MOST_AN_HOUR:
        raise RateLimited("You have taken several copies within an hour. Try again later.")
    audit.record(session, act="copy.made", patient_id=session.actor.patient_id)
    with ZipFile(to, "w", ZIP_DEFLATED) as archive:
        archive.writestr("index.html", first)
        for name, pieces in _files(session, parts, address):
            with archive.open(name, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)


def _files(session: ActorSession, parts: Iterable[CopyPart], address: str) -> Iterator[CopyFile]:
    for part in parts:
        yield from part.files(session, address)
