"""What can change in the archive."""

from archive_gateway.actions.assigning import assign_study
from archive_gateway.actions.filing import Filed, Outcome, file_received
from archive_gateway.actions.opening import note_reading, open_study
from archive_gateway.actions.packing import pack_series
from archive_gateway.actions.storing import store_file
from archive_gateway.intake import Intake

__all__ = [
    "Filed",
    "Intake",
    "Outcome",
    "assign_study",
    "file_received",
    "note_reading",
    "open_study",
    "pack_series",
    "store_file",
]
