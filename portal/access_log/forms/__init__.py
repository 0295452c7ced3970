"""What can be asked of the list of accesses, and its words."""
