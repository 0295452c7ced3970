"""A person closes their record to a facility, and opens it again; in an emergency it opens all the same, and they see it."""
