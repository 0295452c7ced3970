"""Commands of the archive: import-dicom, assign-study, index-upstream, listen-dicom."""

from archive_gateway.routes.commands.assign import assign_study
from archive_gateway.routes.commands.imports import import_dicom
from archive_gateway.routes.commands.index import index_upstream
from archive_gateway.routes.commands.listen import listen_dicom

COMMANDS = (import_dicom, assign_study, index_upstream, listen_dicom)
