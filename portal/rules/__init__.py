"""What is right in the portal: what counts as new, and how lines are gathered under their days."""
