"""How long a draft is kept, how many, and when it may be written over."""

from datetime import timedelta

# Long enough for a holiday; what nobody has finished by then is no visit any more that somebody remembers.
DRAFT_KEPT_FOR = timedelta(days=90)
# Of one form; far more than any form of ours has.
MOST_FIELDS = 40
# Far more than anybody has begun at once; whoever has so many is told before the next is typed, and finishes or discards some.
MOST_DRAFTS = 200
# What arrives after its author's session has ended is kept beyond that: it stands on no page any more.
MOST_DRAFTS_WITH_UNSENT = 300
# Over a weekend: a form that was left open is still accepted, once its session has ended, under the draft's own identity.
UNSENT_FORM_ACCEPTED_FOR = timedelta(days=3)
# One draft's forms bring no more than this while nobody is signed in: whoever found one fills nobody's list with it.
MOST_DRAFTS_OF_UNSENT_FORM = 5
