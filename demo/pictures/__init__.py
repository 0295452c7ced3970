"""Pictures for the demo: phantoms drawn by our own code, and a few that come with pydicom, given to demo patients."""
