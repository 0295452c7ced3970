"""The register of devices that send pictures: where each stands, and how it writes."""
