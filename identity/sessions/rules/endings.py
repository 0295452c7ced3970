"""How long signing in lasts, and what ends it."""

from datetime import timedelta

LONGEST_SESSION = timedelta(hours=8)
# The one reason of an end that nobody asked for: another session of the same browser took this one's place.
REPLACED = "replaced"
ELSEWHERE = "signed out from another device"
