"""Where a member of staff begins whose work has no page of its own: what they can do here, and at which place."""
