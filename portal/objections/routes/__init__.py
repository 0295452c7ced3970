"""Cases about accesses: the citizen's pages and the privacy officer's desk."""
