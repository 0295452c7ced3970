"""What the commands of all rooms share, and the commands of the operator."""
