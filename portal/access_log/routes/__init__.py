"""The list of accesses, on a page and as a table to keep."""
