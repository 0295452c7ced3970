"""The whole service, as `make run` starts it, used by people in a real browser."""
