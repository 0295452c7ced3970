"""The history of the tables, forward only."""
