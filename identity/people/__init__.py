"""What is true of any person: names, the national identifier, how surely somebody is known."""
