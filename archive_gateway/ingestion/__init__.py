"""How pictures come in: one file, or a whole folder."""
