"""How pictures come in: one file, a whole folder, or the index of an archive behind us."""

from archive_gateway.intake.received import Described, NotDicomFile, Received, Refused
from archive_gateway.intake.taking_in import Intake

__all__ = ["Described", "Intake", "NotDicomFile", "Received", "Refused"]
