"""This room's parts of the copy that a person takes of all their data."""
