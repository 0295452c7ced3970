"""The rules of the house, as tests, so that beauty does not depend on memory."""
