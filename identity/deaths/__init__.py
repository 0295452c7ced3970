"""A death is recorded at the registrar's desk, with what follows from it; and undone where it was an error."""
