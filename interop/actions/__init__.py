"""What can change at the wire: a copy of a record leaves the house, and that is written down."""

from interop.actions.exporting import export_record, open_patient

__all__ = ["export_record", "open_patient"]
