"""Frames decoded on our side, in a confined child: drawn for who cannot draw them, and tried for who should know."""
