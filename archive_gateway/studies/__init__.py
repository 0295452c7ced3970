"""Studies, series and instances: the index of what the archive holds, and whose it is."""
