"""Entries of the record, their versions and signatures."""
