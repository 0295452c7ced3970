"""Somebody whom a provider has proven and whose record was not found asks at a facility for it to be found."""
