"""The register of patients."""
