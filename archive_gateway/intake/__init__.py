"""How pictures come in: one file, a whole folder, or the index of an archive behind us."""

from archive_gateway.intake.taking_in import Intake, Received

__all__ = ["Intake", "Received"]
