"""Whether the record still says what was written and signed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, select

from emr.entries.queries.versions import integrity_fault_of, signature_of_version
from emr.entries.tables.entries import EntryVersion
from emr.entries.tables.signatures import Signature
from foundation.database.portions import in_portions
from foundation.database.transactions import ActorSession
from foundation.hash_chain import Link, breaks_in

# A version may hold a scanned document of several megabytes.
VERSIONS_AT_ONCE = 100


def broken_versions(
    session: ActorSession,
    *,
    at_once: int = VERSIONS_AT_ONCE,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> tuple[int, list[dict[str, object]]]:
    """How many versions were checked, and those whose content, chain or signature does not fit, with the reason.

    Args:
        at_once: how many versions are in memory at a time.
        on_progress: hears after each portion how many versions are done.
    """
    asked = select(EntryVersion, Signature.signed_sha256).outerjoin(Signature, signature_of_version())
    portions = in_portions(session, asked, by=(EntryVersion.entry_id, EntryVersion.number), at_once=at_once)
    checked, breaks = breaks_in((list(map(_link, portion)) for portion in portions), on_progress=on_progress)
    return checked, [{"entry": str(each.chain), "number": each.number, "why": each.why} for each in breaks]


def _link(row: Row[Any]) -> Link:
    version: EntryVersion = row.EntryVersion
    return Link(
        chain=version.entry_id,
        number=version.number,
        sha256=version.content_sha256,
        previous_sha256=version.previous_sha256,
        fault=integrity_fault_of(version, row.signed_sha256),
    )
