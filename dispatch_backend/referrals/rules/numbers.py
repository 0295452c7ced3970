"""The number of a referral as people say it."""


def referral_number(year: int, running: int) -> str:
    """R-2026-000123: the year of sending and a running number."""
    return f"R-{year}-{running:06}"
