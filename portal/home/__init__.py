"""The first page, before and after signing in."""
