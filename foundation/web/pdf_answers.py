"""A PDF of ours to keep, as a download."""

from flask import Response


def pdf_answer(content: bytes, *, file_name: str) -> Response:
    """The file as a download; no browser keeps a copy of its own."""
    answer = Response(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
