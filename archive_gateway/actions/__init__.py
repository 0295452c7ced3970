"""What can change in the archive."""

from archive_gateway.actions.assigning import assign_study
from archive_gateway.actions.opening import note_reading, open_study
from archive_gateway.actions.packing import pack_series
from archive_gateway.actions.registering import Attribution

__all__ = ["Attribution", "assign_study", "note_reading", "open_study", "pack_series"]
