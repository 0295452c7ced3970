"""The times that facilities offer."""
