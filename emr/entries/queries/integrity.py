"""Whether the record still says what was written and signed."""

from typing import Any

from sqlalchemy import Row, select

from emr.entries.queries.versions import integrity_fault_of, signature_of_version
from emr.entries.tables.entries import EntryVersion
from emr.entries.tables.signatures import Signature
from foundation.database.portions import portion_after
from foundation.database.transactions import ActorSession
from foundation.hash_chain import Link, breaks_in
from foundation.verifications import Piece, Place

# A version may hold a scanned document of several megabytes.
VERSIONS_AT_ONCE = 100


def look_at_versions(session: ActorSession, goes_on: Place, *, at_once: int = VERSIONS_AT_ONCE) -> Piece:
    """The versions whose content, chain or signature does not fit, with the reason, among so many after that place."""
    before = Link.kept(goes_on)
    rows = portion_after(
        session,
        select(EntryVersion, Signature.signed_sha256).outerjoin(Signature, signature_of_version()),
        by=(EntryVersion.entry_id, EntryVersion.number),
        after=(before.chain, before.number) if before else (),
        at_once=at_once,
    )
    links = [_link(row) for row in rows]
    broken = [
        {"entry": str(each.chain), "number": each.number, "why": each.why}
        for each in breaks_in(links, before=before)
    ]
    return Piece(len(links), broken, links[-1].to_keep() if links else None)


def _link(row: Row[Any]) -> Link:
    version: EntryVersion = row.EntryVersion
    return Link(
        chain=version.entry_id,
        number=version.number,
        sha256=version.content_sha256,
        previous_sha256=version.previous_sha256,
        fault=integrity_fault_of(version, row.signed_sha256),
    )
