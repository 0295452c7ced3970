"""The places that refer, treat and dispatch."""
