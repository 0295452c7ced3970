"""One entry in full readable words."""
