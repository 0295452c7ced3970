"""Identity's parts of the copy that a person takes of all their data, and how rows are written into one."""
