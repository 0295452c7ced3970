"""Commands of the archive: import-dicom, try-pictures, assign-study, index-upstream, listen-dicom."""

from archive_gateway.dimse.commands import listen_dicom
from archive_gateway.ingestion.commands import import_dicom
from archive_gateway.rendering.commands import try_pictures
from archive_gateway.studies.commands import assign_study
from archive_gateway.upstream.commands import index_upstream

COMMANDS = (import_dicom, try_pictures, assign_study, index_upstream, listen_dicom)
