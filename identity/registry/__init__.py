"""The registrar's desk: who waits to be identified, and looking somebody up by who they are."""
