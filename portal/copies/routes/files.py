"""The copy itself, as a file to keep."""

from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile

from flask import Blueprint, current_app, render_template, send_file

from foundation.clock import now, today
from foundation.csv_tables import csv_chunks
from foundation.database.transactions import ActorSession, transaction
from foundation.language.bilingual import bilingual
from foundation.personal_copies import CopyFile, CopyPart
from foundation.web.current_settings import current_settings
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.access_log.actions import export_access_log
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.forms.table import HEAD, lines_of
from portal.access_log.queries import AccessWanted
from portal.copies.actions import make_copy

blueprint = Blueprint("copy_files", __name__)

# A small copy never touches the disk.
HELD_BYTES = 1024 * 1024


def _who_looked(session: ActorSession, _address: str) -> Iterable[CopyFile]:
    portions = export_access_log(session, AccessWanted(shown=AccessLogFilter.EVERYONE))
    lines = (line for portion in portions for line in lines_of(portion))
    yield "access.csv", csv_chunks(HEAD, lines)


ACCESS_LOG = CopyPart(
    bilingual("Who looked at your record, and everything that was done with it, in words."),
    ("access.csv",),
    ("foundation.audit_event",),
    _who_looked,
)


@blueprint.get("/my/copy.zip")
@open_to(Role.PATIENT, whole=True)
def show():
    parts = (*current_app.extensions["copy_parts"](), ACCESS_LOG)
    # Closed by whoever sends it.
    file = SpooledTemporaryFile(max_size=HELD_BYTES)  # noqa: SIM115
    with transaction(current_actor()) as session:
        make_copy(session, parts, file, address=current_settings().public_url, first=_explained(parts))
    file.seek(0)
    return send_file(
        file,  # type: ignore[arg-type]  # it reads as a file does
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"my-data-{today():%Y-%m-%d}.zip",
    )


def _explained(parts: Sequence[CopyPart]) -> bytes:
    """The page that explains the files, in both languages at once: who opens it has left the service."""
    page = render_template(
        "portal/copies/files/explained.html",
        parts=parts,
        title=bilingual("What is in this copy"),
        moment=bilingual("Made %(moment)s UTC.", moment=f"{now():%Y-%m-%d %H:%M}"),
    )
    return page.encode()
