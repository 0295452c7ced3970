"""A FHIR Attachment as a document that people open: what it is called, of what type, how large, where its bytes are."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from emr.content.rules.attachments import bytes_of
from emr.content.rules.references import contained_in
from emr.content.rules.texts import sanitized_text

STORED = re.compile(r"Binary/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A Binary of the same record. `size` in bytes."""

    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """A document as a page lists it.

    Attributes:
        position: its place among the documents of its version, from 1.
        size: in bytes; None where they are not here.
        elsewhere: the address that the sender gave, where the bytes are not here; "" where there is none.
    """

    position: int
    title: str
    media_type: str
    size: int | None
    elsewhere: str


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of a document, with the type that its sender says they are of."""

    title: str
    media_type: str
    content: bytes


def stored_id(attachment: Mapping[str, Any]) -> UUID | None:
    """The entry that holds the bytes, where that is one of ours."""
    found = STORED.fullmatch(str(attachment.get("url")))
    return UUID(found[1]) if found and "data" not in attachment else None


def own_data(attachment: Mapping[str, Any], content: Mapping[str, Any]) -> bytes | None:
    """The bytes that stand in the entry itself: in the attachment, or in a Binary contained beside it."""
    written = attachment.get("url")
    within = contained_in(content).get(written) if isinstance(written, str) else None
    return bytes_of(attachment.get("data")) or bytes_of((within or {}).get("data"))


def link_of(
    position: int,
    attachment: Mapping[str, Any],
    content: Mapping[str, Any],
    stored: Mapping[UUID, StoredDocument],
) -> DocumentLink:
    """What is said of a document before it is opened."""
    own = own_data(attachment, content)
    there = stored.get(key) if (key := stored_id(attachment)) else None
    size = len(own) if own is not None else there.size if there else None
    address = sanitized_text(attachment.get("url"))
    return DocumentLink(
        position=position,
        title=title_of(attachment, content),
        media_type=media_type_of(attachment) or (there.media_type if there else ""),
        size=size,
        elsewhere=address if size is None and address.startswith(("http://", "https://")) else "",
    )


def title_of(attachment: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    return sanitized_text(attachment.get("title")) or sanitized_text(content.get("description"))


def media_type_of(attachment: Mapping[str, Any]) -> str:
    return sanitized_text(attachment.get("contentType"))
