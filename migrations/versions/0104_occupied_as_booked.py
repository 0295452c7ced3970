"""What a booking occupies is the slot that it names: a time that a patient was promised is never another than the one that is kept for them.

Who wrote a booking of one slot and an occupancy of another had a patient in two places by the pages, while the database saw them in one.
Rows that stand already are kept, whatever they say; if all of them agree, the database proves it here.
"""

from alembic import op

revision = "0104"
down_revision = "0103"

OCCUPIED = (
    "ALTER TABLE dispatch.slot_occupancy ADD CONSTRAINT fk_slot_occupancy_booked_slot "
    "FOREIGN KEY (booking_id, slot_id) REFERENCES dispatch.booking (id, slot_id) NOT VALID"
)
PROVED = """
    DO $$
    BEGIN
        ALTER TABLE dispatch.slot_occupancy VALIDATE CONSTRAINT fk_slot_occupancy_booked_slot;
    EXCEPTION WHEN foreign_key_violation THEN
        RAISE WARNING 'some bookings occupy another slot than the one that they name; they stay as they are';
    END $$
"""


# Forced row security hides every row from the owner of the tables, who proves it: nothing would be looked at.
TABLES = ("dispatch.slot_occupancy", "dispatch.booking")


def upgrade() -> None:
    op.execute("ALTER TABLE dispatch.booking ADD CONSTRAINT uq_booking_id_slot_id UNIQUE (id, slot_id)")
    op.execute(OCCUPIED)
    for statement in proving():
        op.execute(statement)


def proving() -> tuple[str, ...]:
    return (
        *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in TABLES),
        PROVED,
        *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in TABLES),
    )
