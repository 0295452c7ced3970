"""The existing archive behind us, spoken to by DICOMweb and indexed like our own."""
