"""How pictures come in: one file or a whole folder, taken in, told what it is, and filed."""

from archive_gateway.intake.filing import Filed, Outcome, file_received
from archive_gateway.intake.received import Described, NotDicomFile, Received, Refused
from archive_gateway.intake.taking_in import Intake
from archive_gateway.intake.whole_studies import load_study

__all__ = [
    "Described",
    "Filed",
    "Intake",
    "NotDicomFile",
    "Outcome",
    "Received",
    "Refused",
    "file_received",
    "load_study",
]
