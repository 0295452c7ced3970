"""What the commands of all rooms share, how they tell what they are doing, and the commands of the operator."""
