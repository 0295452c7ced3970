"""How long a draft is kept, and when it may be written over."""

from datetime import timedelta

# Long enough for a holiday; what nobody has finished by then is no visit any more that somebody remembers.
KEPT = timedelta(days=90)
# Of one form; far more than any form of ours has.
MOST_FIELDS = 40
