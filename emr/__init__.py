"""The doctor's desk: entries of the record, their versions and signatures, and how they read in plain words."""
