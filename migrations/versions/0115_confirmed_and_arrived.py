"""A booking is confirmed by whoever reached the patient, and the patient arrives: two further states of it, and one way back.

The referral stays booked meanwhile; its history tells who heard or saw what. Whoever was noted as arrived by mistake is expected again
(`arrival.undone`, with a reason). Only who has arrived was served or goes; that they did not come nobody can say.

A process of the version before cannot read the new words and fails on the page of such a referral until it is replaced.
"""

import sqlalchemy as sa
from alembic import op

revision = "0115"
down_revision = "0114"

STATES = ("confirmed", "arrived")
# From, to, act, and when, as in 0110.
TRANSITIONS = (
    ("booked", "confirmed", "booking.confirmed", "before_visit"),
    *((state, "arrived", "patient.arrived", "since_day") for state in ("booked", "confirmed")),
    ("arrived", "booked", "arrival.undone", None),
    *(
        (state, "cancelled", act, None)
        for state in STATES
        for act in ("booking.cancelled", "referral.revoked")
    ),
    # Also who is there already: their doctor may have fallen ill.
    *((state, "cancelled", "referral.rebooked", "before_visit") for state in STATES),
    *((state, "fulfilled", "visit.served", "since_visit") for state in STATES),
    ("confirmed", "no_show", "visit.missed", "since_visit"),
)
BOOKING = ("dispatcher", "shift-lead")
# Act, role, and whether a reason is required: of a referral that is booked and stays so.
ACTS = (
    *(("booking.confirmed", role, False) for role in BOOKING),
    *(("patient.arrived", role, False) for role in (*BOOKING, "doctor")),
    *(("arrival.undone", role, True) for role in BOOKING),
)


def upgrade() -> None:
    states = _table("booking_state", "code", "live")
    op.bulk_insert(states, [{"code": code, "live": True} for code in STATES])
    names = ("from_state", "to_state", "act", "allowed")
    steps = _table("allowed_booking_transition", *names)
    op.bulk_insert(steps, [dict(zip(names, line, strict=True)) for line in TRANSITIONS])
    acts = _table("allowed_transition", "from_state", "to_state", "act", "actor_role", "reason_required")
    op.bulk_insert(
        acts,
        [
            {
                "from_state": "booked",
                "to_state": "booked",
                "act": act,
                "actor_role": role,
                "reason_required": required,
            }
            for act, role, required in ACTS
        ],
    )


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *map(sa.column, columns), schema="dispatch")
