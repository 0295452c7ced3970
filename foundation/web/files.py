"""Files that others sent, given to a browser so that none of them can act in our name."""

import codecs
import mimetypes
from email.message import Message
from io import BytesIO

from flask import Response, send_file

# What a browser shows by itself, and how such a file begins; anything else is only downloaded.
SHOWN = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "text/plain": b"",
}
PDF = "application/pdf"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"
# What would act when the downloaded file is opened in a browser is saved as text.
ACTIVE = ("html", "xml", "svg", "script")
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
# By Python's names. It has others, which take time in the square of the length, or make of bytes what nobody can send.
CHARSETS = frozenset({
    "ascii", "cp1251", "cp1252", "cp866", "iso8859-1", "iso8859-15", "iso8859-5", "koi8-r", "koi8-u", "mac-cyrillic",
    "utf-16", "utf-16-be", "utf-16-le", "utf-8", "utf-8-sig",
})  # fmt: skip
# Firefox, and most versions of Chromium, refuse to start their own PDF readers in a sandbox. So the document that holds
# the reader may load the PDF, be styled, and nothing else: no script, no picture, no request, no form, no other base.
# Scripts within a PDF run in the reader's own process and never reach the page's origin.
PDF_POLICY = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
LONGEST_NAME = 80


def file_answer(content: bytes, *, media_type: str, title: str) -> Response:
    """The bytes to look at where their type is harmless and they really begin so, else to download."""
    said, charset = _said(media_type)
    text = _text(content, charset) if said == TEXT else None
    shown = text is not None if said == TEXT else said in SHOWN and content.startswith(SHOWN[said])
    answer = send_file(
        BytesIO(text.encode() if text is not None else content),
        mimetype=said if shown else UNKNOWN,
        as_attachment=not shown,
        download_name=_name(title, said),
    )
    if shown and said == TEXT:
        answer.content_type = f"{TEXT}; charset=utf-8"
    answer.headers["Content-Security-Policy"] = PDF_POLICY if shown and said == PDF else SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _said(media_type: str) -> tuple[str, str]:
    """A media type in small letters, and the charset beside it."""
    header = Message()
    header["Content-Type"] = " ".join(media_type.split()) or UNKNOWN
    return header.get_content_type(), str(header.get_content_charset() or "utf-8")


def _text(content: bytes, charset: str) -> str | None:
    """The text; None where the bytes are none, or say so by a name that is no charset of documents."""
    try:
        known = codecs.lookup(charset).name
        return content.decode(known) if known in CHARSETS else None
    except (LookupError, ValueError):
        return None


def _name(title: str, media_type: str) -> str:
    name = "".join(each if each.isalnum() or each in " -_.," else " " for each in title)
    ending = ".txt" if any(each in media_type for each in ACTIVE) else mimetypes.guess_extension(media_type)
    stem = " ".join(name.split()).strip(". ")[:LONGEST_NAME] or "document"
    return stem if ending and stem.lower().endswith(ending) else f"{stem}{ending or '.bin'}"
