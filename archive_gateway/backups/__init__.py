"""A region in one folder and back: its database and its images."""
