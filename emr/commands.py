"""Commands of this room: import-fhir, rebuild-summaries, verify-record."""

from emr.fhir_import.commands import import_fhir
from emr.summaries.commands import rebuild_summaries, verify_record

COMMANDS = (import_fhir, rebuild_summaries, verify_record)
