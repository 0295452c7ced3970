"""Who treats the citizen in person, told to the citizen."""
