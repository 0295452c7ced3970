"""The wire that devices speak. What arrives here goes the same way as an imported file."""
