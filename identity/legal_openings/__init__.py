"""What the region's law opens beyond care: rows of data with their legal basis and dates, kept by privacy officers."""
