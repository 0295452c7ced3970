"""What versions and their signatures have to do with each other."""

from sqlalchemy import ColumnElement

from emr.rules.canonical import fault_in
from emr.tables import EntryVersion, Signature


def signature_of_version() -> ColumnElement[bool]:
    """That the signature is the version's own: what to join `Signature` to `EntryVersion` by."""
    return (Signature.entry_id == EntryVersion.entry_id) & (Signature.number == EntryVersion.number)


def fault_of(version: EntryVersion, signed_sha256: str | None) -> str:
    """What was changed behind our back: "content", "signature", or "" where the version is as it was written."""
    return fault_in(
        version.content,
        entry_id=version.entry_id,
        number=version.number,
        content_sha256=version.content_sha256,
        previous_sha256=version.previous_sha256,
        signed_sha256=signed_sha256,
    )
