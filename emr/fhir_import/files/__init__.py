"""From what an operator names to what the import takes in: folders, archives, packed files, lines."""
