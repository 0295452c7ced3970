"""Documents within a resource: FHIR Attachments, wherever a type keeps them, and the Binary that is one itself."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any

# FHIR R4, the elements of the type Attachment; beside them every one whose name ends so, such as contentAttachment.
NAMES = frozenset({"attachment", "presentedForm", "photo", "image", "document", "content"})
ENDING = "Attachment"


def is_attachment(name: str, value: Any) -> bool:
    """Whether an element of a resource is an Attachment that says where its bytes are."""
    called = name in NAMES or name.endswith(ENDING)
    return (
        called
        and isinstance(value, Mapping)
        and any(isinstance(value.get(each), str) for each in ("url", "data"))
    )


def attachments_in(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The documents of a resource, always in the same order."""
    if content.get("resourceType") == "Binary":
        return [content]
    return list(_attachments(content))


def _attachments(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        for each in value:
            yield from _attachments(each)
    elif isinstance(value, Mapping):
        # Sorted, because the database keeps a resource's elements in an order of its own.
        for name in sorted(value):
            for each in value[name] if isinstance(value[name], list) else [value[name]]:
                if is_attachment(name, each):
                    yield each
                elif name != "contained":
                    yield from _attachments(each)


def bytes_of(data: object) -> bytes | None:
    """What base64Binary holds; None where it is none."""
    if not isinstance(data, str):
        return None
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
