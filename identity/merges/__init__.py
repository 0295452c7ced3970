"""Two records of one person are joined at the registrar's desk, and parted again where that was an error."""
