"""The sections of a consultation note by their LOINC codes."""

COMPLAINTS, HISTORY, EXAMINATION, DIAGNOSIS, PLAN = "10154-3", "10164-2", "29545-1", "29308-4", "18776-5"
