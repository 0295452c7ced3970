"""What the record keeps: entries, their versions and signatures, the summaries drawn from them, the directory."""

from emr.tables.directory import DirectoryResource
from emr.tables.entries import Entry, EntryVersion
from emr.tables.signatures import Signature, SignatureMeaning
from emr.tables.summaries import EntrySummary

__all__ = ["DirectoryResource", "Entry", "EntrySummary", "EntryVersion", "Signature", "SignatureMeaning"]
