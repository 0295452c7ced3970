"""Figures for whoever watches the service: room on the disk, what waits to be delivered, whether the histories hold."""
