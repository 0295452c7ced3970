"""Tests are sentences; a folder a room."""
