"""The register of staff and their posts."""
