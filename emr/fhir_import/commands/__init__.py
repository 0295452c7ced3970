"""What an operator types about what other systems send."""
