"""A citizen's own record: the timeline and each entry."""
