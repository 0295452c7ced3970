"""How long signing in lasts."""

from datetime import timedelta

# From the first click to the return from the provider.
LONGEST_SIGN_IN = timedelta(minutes=10)
LONGEST_SESSION = timedelta(hours=8)
