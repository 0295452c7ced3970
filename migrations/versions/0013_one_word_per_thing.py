"""One word per thing, FHIR's: a referral is revoked (no longer "cancelled", which is a booking's word).

What is stored in the former words, and why it stays or not:

* Events of referrals keep them: their words are under their hashes, and the rows are append-only. A referral's state
  keeps it too, because a foreign key holds it to its last event. Both are read by an alias
  (dispatch_backend/referrals/enumerations.py), so the history still verifies and is shown in today's words.
* Audit rows and notices are append-only and are read by an alias as well (portal).
* Summaries are drawn from the record and may be drawn anew, so the words in them are changed here. The name of the
  fact "withdrawn" in them stays: processes of the version before look for it until they are replaced.

The new transitions come beside the former ones, so that processes of the version before go on working on this
database until they are replaced. The former ones stay afterwards: events of the past point to them. What those
processes cannot do is read today's word: a page of theirs that shows a referral revoked meanwhile fails until they
are replaced.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# From which states, by whom: each leads to "revoked". The code says the same in dispatch_backend.referrals.rules.states.
REVOCATIONS = (
    ("booked", "dispatcher"),
    ("submitted", "dispatcher"),
    ("submitted", "doctor"),
    ("no_show", "dispatcher"),
    ("no_show", "doctor"),
)
CLOSED = "('served', 'revoked', 'cancelled')"
OPEN = "('submitted', 'booked', 'no_show')"
# The state of an entry in words of both languages, as summaries were drawn with it and as they are drawn today.
STATE_WORDS = {
    '["entered by mistake, withdrawn", "внесено по ошибке, отозвано"]': '["entered in error", "внесено по ошибке"]',
    '["revoked", "отозвано"]': '["withdrawn", "отозвано"]',
    '["added to", "дополнено"]': '["appended", "дополнено"]',
}
CHANGE_WORDS = sa.text(
    "UPDATE emr.entry_summary SET facts = jsonb_set(facts, '{state}', CAST(:today AS jsonb)) "
    "WHERE facts -> 'state' = CAST(:former AS jsonb)"
)


def upgrade() -> None:
    _transitions()
    _summaries()


def _transitions() -> None:
    table = sa.table(
        "allowed_transition",
        *(sa.column(name) for name in ("from_state", "to_state", "act", "actor_role")),
        schema="dispatch",
    )
    op.bulk_insert(
        table,
        [
            {"from_state": state, "to_state": "revoked", "act": "referral.revoked", "actor_role": role}
            for state, role in REVOCATIONS
        ],
    )
    op.execute("ALTER TABLE dispatch.referral DROP CONSTRAINT ck_referral_owned_while_open")
    op.execute(
        "ALTER TABLE dispatch.referral ADD CONSTRAINT ck_referral_owned_while_open CHECK ("
        f"CASE WHEN state IN {OPEN} THEN owner_id IS NOT NULL AND next_action_due IS NOT NULL "
        f"WHEN state IN {CLOSED} THEN owner_id IS NULL AND next_action_due IS NULL "
        "ELSE false END)"
    )


def _summaries() -> None:
    # The owner of the table stands behind its wall like everybody; for this once it does not.
    op.execute("ALTER TABLE emr.entry_summary NO FORCE ROW LEVEL SECURITY")
    for former, today in STATE_WORDS.items():
        op.execute(CHANGE_WORDS.bindparams(former=former, today=today))
    op.execute("ALTER TABLE emr.entry_summary FORCE ROW LEVEL SECURITY")
