"""What happened to a patient, newest first, a page at a time."""
