"""Whether the record still says what was written and signed."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Row, select, tuple_

from emr.queries.versions import fault_of, signature_of_version
from emr.tables import EntryVersion, Signature
from foundation.database import ActorSession

# A version may hold a scanned document of several megabytes.
VERSIONS_AT_ONCE = 100


def broken_versions(
    session: ActorSession,
    *,
    at_once: int = VERSIONS_AT_ONCE,
    told: Callable[[int], None] = lambda _done: None,
) -> tuple[int, list[dict[str, object]]]:
    """How many versions were checked, and those whose content, chain or signature does not fit, with the reason.

    Args:
        at_once: how many versions are in memory at a time.
        told: hears after each portion how many versions are done.
    """
    broken: list[dict[str, object]] = []
    checked = 0
    last: EntryVersion | None = None
    for portion in _portions(session, at_once):
        for version, signed in portion:
            before = last if last and last.entry_id == version.entry_id else None
            if why := _fault(version, before, signed):
                broken.append({"entry": str(version.entry_id), "number": version.number, "why": why})
            last = version
        checked += len(portion)
        told(checked)
    return checked, broken


def _portions(session: ActorSession, at_once: int) -> Iterator[Sequence[Row[EntryVersion, str | None]]]:
    """All versions with their signatures, entry by entry; each portion begins where the one before ended.

    Not a cursor of the database: its statement would have to stand before the one that tells who asks.
    """
    place = tuple_(EntryVersion.entry_id, EntryVersion.number)
    asked = (
        select(EntryVersion, Signature.signed_sha256)
        .outerjoin(Signature, signature_of_version())
        .order_by(EntryVersion.entry_id, EntryVersion.number)
        .limit(at_once)
    )
    portion = session.execute(asked).all()
    while portion:
        yield portion
        last: EntryVersion = portion[-1].EntryVersion
        portion = session.execute(asked.where(place > tuple_(last.entry_id, last.number))).all()


def _fault(version: EntryVersion, before: EntryVersion | None, signed: str | None) -> str:
    fault = fault_of(version, signed)
    if fault != "content" and version.previous_sha256 != (before.content_sha256 if before else ""):
        return "chain"
    return fault
