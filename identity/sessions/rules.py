"""How long signing in lasts."""

from datetime import timedelta

LONGEST_SESSION = timedelta(hours=8)
