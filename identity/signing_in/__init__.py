"""From the first click to a session, and back out again."""
