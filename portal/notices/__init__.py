"""News for the patient, and since when they are new."""
