"""The wire that devices speak: DIMSE. What arrives here goes the same way as an imported file."""
