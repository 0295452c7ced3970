"""Whether the record still says what was written and signed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from emr.rules.canonical import content_digest, signed_digest
from emr.tables import EntryVersion, Signature


def broken_versions(session: Session) -> tuple[int, list[dict[str, object]]]:
    """How many versions were checked, and those whose content, chain or signature does not fit, with the reason."""
    rows = session.execute(
        select(EntryVersion, Signature.signed_sha256)
        .outerjoin(
            Signature,
            (Signature.entry_id == EntryVersion.entry_id) & (Signature.number == EntryVersion.number),
        )
        .order_by(EntryVersion.entry_id, EntryVersion.number)
    )
    broken: list[dict[str, object]] = []
    checked = 0
    last: EntryVersion | None = None
    for version, signed in rows:
        checked += 1
        before = last if last and last.entry_id == version.entry_id else None
        if why := _fault(version, before, signed):
            broken.append({"entry": str(version.entry_id), "number": version.number, "why": why})
        last = version
    return checked, broken


def _fault(version: EntryVersion, before: EntryVersion | None, signed: str | None) -> str:
    if content_digest(version.content) != version.content_sha256:
        return "content"
    if version.previous_sha256 != (before.content_sha256 if before else ""):
        return "chain"
    expected = signed_digest(
        entry_id=version.entry_id,
        number=version.number,
        content_sha256=version.content_sha256,
        previous_sha256=version.previous_sha256,
    )
    return "signature" if signed not in (None, expected) else ""
