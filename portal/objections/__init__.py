"""A citizen does not recognise an access to their record: the case, the privacy officer's answer, and its term."""
