"""One line for each signed entry, drawn from its newest version."""
