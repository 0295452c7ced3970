"""Commands of this room: import-fhir, list-conflicts, decide-conflict, rebuild-summaries, verify-record,
relabel-entries."""

from emr.fhir_import.commands.conflicts import decide_conflict, list_conflicts
from emr.fhir_import.commands.importing import import_fhir
from emr.summaries.commands import rebuild_summaries, relabel_entries, verify_record

COMMANDS = (import_fhir, list_conflicts, decide_conflict, rebuild_summaries, verify_record, relabel_entries)
