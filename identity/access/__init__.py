"""Who may see whom: the care relation, and the one condition that every look-up through a person uses."""
