"""Commands of the archive: backup, restore, bringing pictures in, what was set aside or is nobody's yet, an archive behind us, devices."""

from archive_gateway.backups.commands import backup, restore_backup
from archive_gateway.devices.commands import load_devices
from archive_gateway.dimse.commands import listen_dicom
from archive_gateway.ingestion.commands import import_dicom, list_quarantine
from archive_gateway.rendering.commands import try_pictures
from archive_gateway.studies.commands import assign_study, list_unassigned
from archive_gateway.upstream.commands import index_upstream

COMMANDS = (
    backup,
    restore_backup,
    import_dicom,
    list_quarantine,
    try_pictures,
    list_unassigned,
    assign_study,
    index_upstream,
    load_devices,
    listen_dicom,
)
