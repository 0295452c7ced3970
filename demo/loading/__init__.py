"""Putting the plain values of the demo region into the database and the image store, many rows at a time."""
