"""Whether a patient is known to have died, and how much of the day: told by their records, whose lines are drawn anew after this."""

from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE identity.patient ADD COLUMN death_date date, ADD COLUMN death_precision text "
        "CONSTRAINT ck_patient_death_precision CHECK (death_precision IN ('year', 'month', 'day', 'unknown')), "
        "ADD CONSTRAINT ck_patient_death CHECK ((death_date IS NULL) = (coalesce(death_precision, 'unknown') = 'unknown'))"
    )
