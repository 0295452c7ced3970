"""What can change about the record."""

from emr.actions.bundles import Imported, import_bundle
from emr.actions.notes import save_note, write_note
from emr.actions.openings import (
    OpenDraft,
    open_chart,
    open_draft,
    open_entry,
    open_patient,
    search_patients,
)
from emr.actions.signatures import sign_entry
from emr.actions.summaries import redraw_all, redraw_patient, redraw_patients
from emr.rules.notes import Note

__all__ = [
    "Imported",
    "Note",
    "OpenDraft",
    "import_bundle",
    "open_chart",
    "open_draft",
    "open_entry",
    "open_patient",
    "redraw_all",
    "redraw_patient",
    "redraw_patients",
    "save_note",
    "search_patients",
    "sign_entry",
    "write_note",
]
