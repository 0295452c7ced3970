"""A citizen's images."""
