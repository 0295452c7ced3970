"""Who looked at a citizen's record."""
